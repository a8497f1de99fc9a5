/**
 * How long it takes: for each torrent and for the whole queue, from the rates that were measured, the sizes, the limit,
 * and what is ahead. What cannot be told stays unknown; what can only be told from below says so.
 */

import type { Plan, WaitReason } from './action.ts';
import { owesNothing, untilDoneMs } from './duty.ts';
import type { Infohash, ManagedTorrent, Metainfo } from './metainfo.ts';
import type { Policy } from './policy.ts';
import { fetchedBytesOf, provedBytesOf } from './progress.ts';
import { inQueueOrder } from './queue.ts';
import type { Job, RtorrentTorrent, Snapshot } from './snapshot.ts';
import { formatDuration } from './units.ts';

/** What the links have been seen to carry, all torrents together; undefined where nothing has been seen yet. */
export interface LinkRates {
  readonly downBytesPerSecond: number | undefined;
  readonly shipBytesPerSecond: number | undefined;
}

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

/** Rates are the mean over so many samples: long enough to be calm, short enough to follow a change of the line. */
const mostSamples = 30;
/** So many of the last transfers tell the rate of the next ones, where no sample caught one. */
const transfersThatCount = 10;

const now: Span = { ms: 0, isLeast: false };

/** `3h 20m`, `>3h 20m` where it may take longer, `-` where it cannot be told. */
export function spanText(span: Span | undefined): string {
  return span === undefined ? '-' : `${span.isLeast ? '>' : ''}${formatDuration(span.ms)}`;
}

/** The mean over what was carried lately, counting only moments in which something was. */
export function linkRatesOf(
  samples: readonly { readonly downBytesPerSecond: number; readonly shipBytesPerSecond: number }[],
): LinkRates {
  return {
    downBytesPerSecond: meanOfBusy(samples.map(({ downBytesPerSecond }) => downBytesPerSecond)),
    shipBytesPerSecond: meanOfBusy(samples.map(({ shipBytesPerSecond }) => shipBytesPerSecond)),
  };
}

/** As the last transfers went, the newest first. Undefined where none is known. */
export function shipRateOf(
  transfers: readonly { readonly bytes: number; readonly tookMs: number }[],
): number | undefined {
  const last = transfers.filter(({ tookMs }) => tookMs > 0).slice(0, transfersThatCount);
  const tookMs = last.reduce((sum, one) => sum + one.tookMs, 0);
  const bytes = last.reduce((sum, one) => sum + one.bytes, 0);
  return tookMs === 0 ? undefined : (bytes / tookMs) * 1000;
}

function meanOfBusy(rates: readonly number[]): number | undefined {
  const busy = rates.filter((rate) => rate > 0).slice(-mostSamples);
  return busy.length === 0 ? undefined : busy.reduce((sum, rate) => sum + rate, 0) / busy.length;
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
  return { torrents, whole: last && { ...last, isLeast: last.isLeast || !isAllKnown } };
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
  /** Space that it takes or will take, and gives back at its end. */
  readonly heldBytes: number;
  /** By its own rate, where it is being fetched; undefined where nothing comes. */
  readonly fetchMs: number | undefined;
  /** Before it may be shipped, once it is fetched: for its ratio. */
  readonly seed: Span | undefined;
  /** It rests until then. */
  readonly restMs: number;
}

function toursOf(snapshot: Snapshot, plan: Plan, policy: Policy, limitBytes: number): readonly Tour[] {
  const reasons = new Map(plan.waits.map(({ managed, reason }) => [managed.metainfo.infohash, reason]));
  const jobs = Map.groupBy(snapshot.jobs, ({ infohash }) => infohash);
  const loaded = snapshot.rtorrent.seen ? snapshot.rtorrent.value.torrents : undefined;
  return inQueueOrder(snapshot.managed.values(), snapshot.ledger.wishes).map((managed) => {
    const { infohash, totalBytes } = managed.metainfo;
    const torrent = loaded?.get(infohash);
    return {
      ...tourOf(managed, torrent, reasons.get(infohash), jobs.get(infohash) ?? [], snapshot, policy),
      heldBytes: Math.min(totalBytes, limitBytes),
      isInParts: isInPartsMode(torrent) || totalBytes > limitBytes,
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
): Omit<Tour, 'heldBytes' | 'isInParts'> {
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
    fetchMs: rate === 0 ? undefined : (fetchBytes / rate) * 1000,
    seed: seedSpan(metainfo, torrent, policy, takenAtMs),
    restMs: reason?.kind === 'retry' ? Math.max(0, reason.failure.retryAtMs - takenAtMs) : 0,
  };
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
  if (torrent?.isComplete !== true) return { ms: 0, isLeast: true };
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
    const { fetchBytes, fetchMs } = tour;
    const ready =
      fetchBytes === 0 ? now : fetchMs === undefined ? undefined : { ms: fetchMs, isLeast: false };
    if (ready !== undefined) this.fetched = plus(this.fetched, this.timeOf(fetchBytes, 'down'));
    return { start: now, end: this.finish(tour, now, ready) };
  }

  /** One that waits for its turn. */
  begin(tour: Tour): TorrentEta {
    const start = this.makeRoom(tour.heldBytes, tour.isInParts);
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
    const takes = this.timeOf(tour.shipBytes, 'ship');
    if (ready === undefined || begins === undefined || takes === undefined) return undefined;
    const sent = { ms: this.remoteLink.take(begins.ms, takes.ms), isLeast: begins.isLeast };
    const rested = { ms: tour.restMs, isLeast: tour.restMs > 0 };
    const end = later(later(sent, ready), rested);
    this.release(end, tour.heldBytes);
    return end;
  }

  /** When so much is free; undefined where it never is, as far as can be told. */
  private makeRoom(bytes: number, isContentWithLess: boolean): Span | undefined {
    while (this.roomBytes < bytes) {
      const release = this.releases[this.next];
      if (release === undefined) return isContentWithLess && this.roomBytes > 0 ? this.roomAt : undefined;
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
