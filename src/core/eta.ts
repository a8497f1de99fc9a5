/**
 * How long it takes: for each torrent and for the whole queue, from the rates that were measured, the sizes, the limit,
 * and what is ahead. What cannot be told stays unknown; what can only be told from below says so.
 */

import type { Plan, WaitReason } from './action.ts';
import { owesNothing, seedTimeOwed, untilDoneMs } from './duty.ts';
import type { LinkRates } from './link-rates.ts';
import type { Infohash, ManagedTorrent, Metainfo } from './metainfo.ts';
import type { Policy } from './policy.ts';
import { fetchedBytesOf, provedBytesOf } from './progress.ts';
import { queueOf } from './queue.ts';
import type { Job, RtorrentTorrent, Snapshot } from './snapshot.ts';
import { formatDuration } from './units.ts';

/** A time from the look on. */
export interface Span {
  readonly ms: number;
  /** It may take longer, by what nobody can tell: how long others seed, or when a failure ends. */
  readonly isLeast: boolean;
}

export interface TorrentEta {
  /** Until it is handed to rtorrent; undefined where that cannot be told. 0 where it is there. */
  readonly start: Span | undefined;
  /** Until all of it is on the remote and its space is free again. */
  readonly end: Span | undefined;
}

export interface QueueEta {
  readonly torrents: ReadonlyMap<Infohash, TorrentEta>;
  /** Until the last one is done that will be; undefined where nothing can be told. */
  readonly whole: Span | undefined;
}

/** Reasons that end when a person acts, or nobody knows when. */
const endless: ReadonlySet<WaitReason['kind']> = new Set<WaitReason['kind']>([
  'stopped',
  'stalled',
  'partly-wanted',
  'file-too-large',
  'window-too-small',
  'private-oversize',
  'oversize-off',
  'path-taken',
  'shared-files',
  'place-unknown',
  'remote-unseen',
  'remote-conflict',
  'rtorrent-unseen',
  'disk-unseen',
  'low-diskspace',
]);

/** A transfer shows its rate after so long: a login goes before its first byte. */
const leastTransferMs = 3_000;

/** That something takes longer than this tells nobody anything. */
const leastTellingMs = 1_000;

const now: Span = { ms: 0, isLeast: false };

/** `3h 20m`, `>3h 20m` where it may take longer, `-` where it cannot be told. */
export function spanText(span: Span | undefined): string {
  return span === undefined ? '-' : `${span.isLeast ? '>' : ''}${formatDuration(span.ms)}`;
}

/**
 * Lets time run over the queue in a coarse picture: both links at their measured rates, one torrent after the other on
 * each; a torrent starts once those before it have freed the space for it.
 */
export function etaOf(snapshot: Snapshot, plan: Plan, policy: Policy, rates: LinkRates): QueueEta {
  const { space } = plan;
  const queue = new Queue(rates, space?.roomBytes ?? 0);
  const all = space === undefined ? [] : toursOf(snapshot, plan, policy, space.limitBytes);
  const torrents = new Map<Infohash, TorrentEta>();
  for (const tour of readyFirst(all.filter(({ isLoaded }) => isLoaded))) {
    torrents.set(tour.infohash, queue.goOn(tour));
  }
  const waiting = all.filter(({ isLoaded }) => !isLoaded);
  // Whole ones first: those in parts get what the others leave.
  for (const tour of [
    ...waiting.filter((one) => !one.isInParts),
    ...waiting.filter((one) => one.isInParts),
  ]) {
    torrents.set(tour.infohash, queue.begin(tour));
  }
  const ends = [...torrents.values()].map(({ end }) => end);
  const known = ends.filter((end) => end !== undefined);
  const last = known.reduce<Span | undefined>(
    (latest, end) => (latest === undefined ? end : later(latest, end)),
    undefined,
  );
  const isAllKnown = known.length === snapshot.managed.size;
  // What is known of it ends any moment, and of the rest nothing is known.
  const isIdle = last !== undefined && last.ms < leastTellingMs && !isAllKnown;
  return { torrents, whole: isIdle ? undefined : last && { ...last, isLeast: last.isLeast || !isAllKnown } };
}

/** What is left to do for one torrent. */
interface Tour {
  readonly infohash: Infohash;
  readonly isLoaded: boolean;
  readonly isInParts: boolean;
  /** It will not move by itself. */
  readonly isEndless: boolean;
  readonly fetchBytes: number;
  readonly shipBytes: number;
  /** Of those, what transfers are sending that show a rate of their own. */
  readonly sending: Sending;
  /** Space that it takes or will take, and gives back at its end. */
  readonly heldBytes: number;
  /** As much has to be free for it to start. */
  readonly needBytes: number;
  /** By its own rate, where it is being fetched; undefined where nothing comes. */
  readonly fetchMs: number | undefined;
  /** All that was chosen of it is here, and it goes on once that has left. */
  readonly isBetweenParts: boolean;
  /** Before it may be shipped, once it is fetched: for its ratio. */
  readonly seed: Span | undefined;
  /** It rests until then. */
  readonly restMs: number;
}

interface Sending {
  readonly bytes: number;
  /** Until the last of them has gone, by their own rates. */
  readonly ms: number;
}

function toursOf(snapshot: Snapshot, plan: Plan, policy: Policy, limitBytes: number): readonly Tour[] {
  const reasons = new Map(plan.waits.map(({ managed, reason }) => [managed.metainfo.infohash, reason]));
  const jobs = Map.groupBy(snapshot.jobs, ({ infohash }) => infohash);
  const loaded = snapshot.rtorrent.seen ? snapshot.rtorrent.value.torrents : undefined;
  return queueOf(snapshot.managed, snapshot.ledger.wishes).map((managed) => {
    const { infohash, totalBytes } = managed.metainfo;
    const torrent = loaded?.get(infohash);
    const reason = reasons.get(infohash);
    const isInParts = isInPartsMode(torrent) || totalBytes > limitBytes;
    const heldBytes = Math.min(totalBytes, limitBytes);
    return {
      ...tourOf(managed, torrent, reason, jobs.get(infohash) ?? [], snapshot, policy),
      heldBytes,
      // In parts it begins with what there is, as soon as that is enough for one of its files.
      needBytes: !isInParts ? heldBytes : reason?.kind === 'space' ? reason.needBytes : 1,
      isInParts,
    };
  });
}

function tourOf(
  { metainfo }: ManagedTorrent,
  torrent: RtorrentTorrent | undefined,
  reason: WaitReason | undefined,
  jobs: readonly Job[],
  { ledger, takenAtMs }: Snapshot,
  policy: Policy,
): Omit<Tour, 'heldBytes' | 'needBytes' | 'isInParts'> {
  const provedBytes = provedBytesOf(metainfo, ledger.receipts.get(metainfo.infohash));
  const fetchedBytes = fetchedBytesOf(metainfo, torrent?.completedBytes ?? 0, provedBytes);
  const sentBytes = jobs.reduce(
    (sum, job) => sum + (job.kind === 'ship' ? job.doneBytes : job.totalBytes),
    0,
  );
  const fetchBytes = torrent?.isComplete === true ? 0 : Math.max(0, metainfo.totalBytes - fetchedBytes);
  const rate = torrent?.downRateBytesPerSecond ?? 0;
  return {
    infohash: metainfo.infohash,
    isLoaded: torrent !== undefined,
    isEndless: reason !== undefined && endless.has(reason.kind),
    fetchBytes,
    shipBytes: Math.max(0, metainfo.totalBytes - provedBytes - sentBytes),
    sending: sendingBy(jobs, takenAtMs),
    fetchMs: rate === 0 ? undefined : (fetchBytes / rate) * 1000,
    isBetweenParts: isInPartsMode(torrent) && torrent?.isPartiallyDone === true,
    seed: seedSpan(metainfo, torrent, policy, takenAtMs),
    restMs: reason?.kind === 'retry' ? Math.max(0, reason.failure.retryAtMs - takenAtMs) : 0,
  };
}

function sendingBy(jobs: readonly Job[], nowMs: number): Sending {
  let sending: Sending = { bytes: 0, ms: 0 };
  for (const { kind, startedAtMs, doneBytes, totalBytes } of jobs) {
    const elapsedMs = nowMs - startedAtMs;
    if (kind !== 'ship' || doneBytes === 0 || elapsedMs < leastTransferMs) continue;
    const leftBytes = totalBytes - doneBytes;
    const ms = Math.max(sending.ms, (leftBytes / doneBytes) * elapsedMs);
    sending = { bytes: sending.bytes + leftBytes, ms };
  }
  return sending;
}

function isInPartsMode(torrent: RtorrentTorrent | undefined): boolean {
  return torrent !== undefined && torrent.mode !== '';
}

/** How long it goes on seeding: known where it uploads, from below where it does not yet. */
function seedSpan(
  metainfo: Metainfo,
  torrent: RtorrentTorrent | undefined,
  { duty }: Policy,
  nowMs: number,
): Span | undefined {
  if (isInPartsMode(torrent)) return now;
  if (owesNothing(metainfo, duty)) return now;
  if (torrent?.isComplete !== true) return seedTimeOwed(metainfo, duty);
  const ms = untilDoneMs(metainfo, torrent, duty, nowMs);
  return Number.isFinite(ms) ? { ms, isLeast: false } : undefined;
}

/** Those that are ready to be shipped first come first. */
function readyFirst(tours: readonly Tour[]): readonly Tour[] {
  const readyMs = ({ fetchBytes, fetchMs, seed }: Tour): number =>
    (fetchBytes === 0 ? 0 : (fetchMs ?? Number.MAX_VALUE)) + (seed?.ms ?? Number.MAX_VALUE);
  return tours.toSorted((one, other) => readyMs(one) - readyMs(other));
}

/** A link that does one thing after the other, and what comes early in the time before what comes late. */
class Link {
  private readonly gaps: { readonly fromMs: number; readonly toMs: number }[] = [];
  private endMs = 0;

  /** When work that is ready then and takes so long is done. */
  take(readyMs: number, takesMs: number): number {
    const index = this.gaps.findIndex(({ fromMs, toMs }) => Math.max(fromMs, readyMs) + takesMs <= toMs);
    const gap = this.gaps[index];
    if (gap === undefined) {
      const beginMs = Math.max(readyMs, this.endMs);
      if (beginMs > this.endMs) this.gaps.push({ fromMs: this.endMs, toMs: beginMs });
      this.endMs = beginMs + takesMs;
      return this.endMs;
    }
    const beginMs = Math.max(gap.fromMs, readyMs);
    const rests = [
      { fromMs: gap.fromMs, toMs: beginMs },
      { fromMs: beginMs + takesMs, toMs: gap.toMs },
    ].filter(({ fromMs, toMs }) => toMs - fromMs >= leastGapMs);
    this.gaps.splice(index, 1, ...rests);
    return beginMs + takesMs;
  }
}

/** Nothing worth an estimate is done in less. */
const leastGapMs = 1000;

/** The links and the space, as they are used up along the queue. */
class Queue {
  private readonly rates: LinkRates;
  private roomBytes: number;
  /** From when on that room is there. */
  private roomAt: Span = now;
  /** When all that is given to the link from the swarm so far is here. */
  private fetched: Span | undefined = now;
  private readonly remoteLink = new Link();
  /** Space that comes back, in the order in which it does; what never comes back is not here. */
  private readonly releases: { readonly at: Span; readonly bytes: number }[] = [];
  private next = 0;

  constructor(rates: LinkRates, roomBytes: number) {
    this.rates = rates;
    this.roomBytes = roomBytes;
  }

  /** One that is in rtorrent: it goes at its own pace. */
  goOn(tour: Tour): TorrentEta {
    const { fetchBytes, fetchMs, isBetweenParts } = tour;
    const ready =
      fetchBytes === 0
        ? now
        : fetchMs !== undefined
          ? { ms: fetchMs, isLeast: false }
          : isBetweenParts
            ? this.timeOf(fetchBytes, 'down')
            : undefined;
    if (ready !== undefined) this.fetched = plus(this.fetched, this.timeOf(fetchBytes, 'down'));
    return { start: now, end: this.finish(tour, now, ready) };
  }

  /** One that waits for its turn. */
  begin(tour: Tour): TorrentEta {
    const start = this.makeRoom(tour.needBytes);
    if (tour.isEndless || start === undefined) return { start: undefined, end: undefined };
    const at = { ms: Math.max(start.ms, tour.restMs), isLeast: start.isLeast || tour.restMs > 0 };
    this.fetched = plus(laterOf(this.fetched, at), this.timeOf(tour.fetchBytes, 'down'));
    this.roomBytes = Math.max(0, this.roomBytes - tour.heldBytes);
    return { start: at, end: this.finish(tour, at, this.fetched) };
  }

  /** From all of it here to all of it there. */
  private finish(tour: Tour, start: Span, fetched: Span | undefined): Span | undefined {
    if (tour.isEndless || fetched === undefined || tour.seed === undefined) return undefined;
    const ready = plus(fetched, tour.seed);
    // In parts it is shipped while it is fetched: the slower link decides.
    const begins = tour.isInParts ? start : ready;
    const { sending, shipBytes } = tour;
    const takes = this.timeOf(shipBytes - sending.bytes, 'ship');
    if (ready === undefined || begins === undefined || takes === undefined) return undefined;
    // What is being sent has its share of the link: it waits for no other.
    const linkMs = this.timeOf(sending.bytes, 'ship')?.ms ?? sending.ms;
    if (linkMs > 0) this.remoteLink.take(0, linkMs);
    const restMs = takes.ms === 0 ? 0 : this.remoteLink.take(Math.max(begins.ms, sending.ms), takes.ms);
    const sent = { ms: Math.max(begins.ms, sending.ms, restMs), isLeast: begins.isLeast };
    const rested = { ms: tour.restMs, isLeast: tour.restMs > 0 };
    const end = later(later(sent, ready), rested);
    this.release(end, tour.heldBytes);
    return end;
  }

  /** When so much is free; undefined where it never is, as far as can be told. */
  private makeRoom(bytes: number): Span | undefined {
    while (this.roomBytes < bytes) {
      const release = this.releases[this.next];
      if (release === undefined) return undefined;
      this.next += 1;
      this.roomBytes += release.bytes;
      this.roomAt = later(this.roomAt, release.at);
    }
    return this.roomAt;
  }

  /** They come nearly in order. */
  private release(at: Span, bytes: number): void {
    let index = this.releases.length;
    while (index > this.next && (this.releases[index - 1]?.at.ms ?? 0) > at.ms) index -= 1;
    this.releases.splice(index, 0, { at, bytes });
  }

  private timeOf(bytes: number, link: 'down' | 'ship'): Span | undefined {
    if (bytes === 0) return now;
    const rate = link === 'down' ? this.rates.downBytesPerSecond : this.rates.shipBytesPerSecond;
    return rate === undefined || rate <= 0 ? undefined : { ms: (bytes / rate) * 1000, isLeast: false };
  }
}

function later(one: Span, other: Span): Span {
  return { ms: Math.max(one.ms, other.ms), isLeast: one.isLeast || other.isLeast };
}

function laterOf(one: Span | undefined, other: Span | undefined): Span | undefined {
  return one === undefined || other === undefined ? undefined : later(one, other);
}

function plus(one: Span | undefined, other: Span | undefined): Span | undefined {
  return one === undefined || other === undefined
    ? undefined
    : { ms: one.ms + other.ms, isLeast: one.isLeast || other.isLeast };
}
