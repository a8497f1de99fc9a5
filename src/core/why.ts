/** Why a torrent is where it is: one sentence, then the facts that led to it, in the order of its way to the remote. */

import type { Plan } from './action.ts';
import type { ByteString } from './bytes.ts';
import { displayText, printableText } from './bytes.ts';
import { selectedFiles } from './budget.ts';
import { standingOf } from './duty.ts';
import type { QueueEta, Span } from './eta.ts';
import { explainAction, explainFailure, explainWait, nameOf } from './explain.ts';
import type { ManagedTorrent, Metainfo } from './metainfo.ts';
import { contentFiles, pieceRangeOf } from './metainfo.ts';
import { closedMode } from './parts.ts';
import { pieceTotal } from './pieces.ts';
import { remoteDirectoryOf, remotePathOf } from './place.ts';
import type { Policy } from './policy.ts';
import { provedBytesOf } from './progress.ts';
import { queueOf } from './queue.ts';
import type { Situation } from './situation.ts';
import { situations } from './situation.ts';
import type { LedgerView, RtorrentTorrent, Snapshot } from './snapshot.ts';
import { explainWindow, windowOf } from './torrent-window.ts';
import { countOf, formatBytes, formatDuration, formatRate } from './units.ts';
import { isPaused, priorityOf } from './wishes.ts';

export interface Fact {
  /** A word or two on what it is about. */
  readonly about: string;
  readonly detail: string;
}

export interface Why {
  /** What happens to it next, or what it waits for. */
  readonly sentence: string;
  readonly facts: readonly Fact[];
}

/** Says all that the look knows of one managed torrent. */
export function whyOf(
  managed: ManagedTorrent,
  world: {
    readonly snapshot: Snapshot;
    readonly plan: Plan;
    readonly policy: Policy;
    readonly eta: QueueEta;
  },
): Why {
  const { snapshot, plan, policy, eta } = world;
  const { infohash } = managed.metainfo;
  const situation = situationOf(managed, snapshot);
  const facts: (Fact | undefined)[] = [
    torrentFact(managed),
    fact('.torrent', managed.torrentPaths.map(displayText).join(', ')),
    wishFact(managed, snapshot),
    ...(situation === undefined ? [] : hereFacts(situation, snapshot, policy)),
    ...spaceFacts(situation, plan),
    queueFact(managed, snapshot, plan),
    windowFact(managed, snapshot),
    ...thereFacts(managed, snapshot),
    ...jobFacts(managed, snapshot),
    failureFact(managed, snapshot),
    intentFact(managed, snapshot),
    fact('on the remote', whenText(eta.torrents.get(infohash)?.end)),
  ];
  return { sentence: sentenceOf(managed, world), facts: facts.filter((one) => one !== undefined) };
}

function sentenceOf(
  { metainfo: { infohash } }: ManagedTorrent,
  { snapshot, plan }: { readonly snapshot: Snapshot; readonly plan: Plan },
): string {
  const wait = plan.waits.find(({ managed }) => managed.metainfo.infohash === infohash);
  if (wait !== undefined) return explainWait(wait.reason, snapshot.takenAtMs);
  const actions = plan.actions.filter(({ managed }) => managed.metainfo.infohash === infohash);
  return actions.map((action) => `next pass: ${explainAction(action)}`).join('; ');
}

function situationOf(managed: ManagedTorrent, snapshot: Snapshot): Situation | undefined {
  const { rtorrent, disk } = snapshot;
  if (!rtorrent.seen || !disk.seen) return undefined;
  const all = situations({ ...snapshot, rtorrent: rtorrent.value, disk: disk.value });
  return all.find((one) => one.managed === managed);
}

function fact(about: string, detail: string): Fact {
  return { about, detail };
}

function torrentFact({ metainfo }: ManagedTorrent): Fact {
  const { totalBytes, pieceCount, pieceLengthBytes, isPrivate, infohash } = metainfo;
  const parts = [
    formatBytes(totalBytes),
    countOf(contentFiles(metainfo).length, 'file'),
    `${countOf(pieceCount, 'piece')} of ${formatBytes(pieceLengthBytes)}`,
    ...(isPrivate ? ['private'] : []),
    infohash.toLowerCase(),
  ];
  return fact('torrent', parts.join(', '));
}

function wishFact(managed: ManagedTorrent, { ledger: { wishes }, takenAtMs }: Snapshot): Fact {
  const paused = isPaused(managed.metainfo.infohash, wishes) ? ', paused' : '';
  const lasted = formatDuration(takenAtMs - managed.addedAtMs);
  return fact('managed', `for ${lasted}, priority ${priorityOf(managed, wishes)}${paused}`);
}

function hereFacts(situation: Situation, snapshot: Snapshot, policy: Policy): readonly (Fact | undefined)[] {
  const { loaded, local, directory, allocatedBytes, committedBytes } = situation;
  const more = Math.max(0, committedBytes - allocatedBytes);
  const grows = more === 0 ? '' : `, may take ${formatBytes(more)} more`;
  return [
    fact('rtorrent', loaded === undefined ? 'not loaded' : loadedText(loaded, situation)),
    loaded === undefined || loaded.message === ''
      ? undefined
      : fact('rtorrent says', displayText(loaded.message)),
    loaded?.isComplete === true ? dutyFact(loaded, situation, snapshot, policy) : uploadFact(situation),
    fact(
      'disk here',
      local === undefined && allocatedBytes === 0
        ? 'nothing of it'
        : `${formatBytes(allocatedBytes)} allocated${grows}`,
    ),
    fact('directory', directory === undefined ? 'not known' : displayText(directory)),
  ];
}

function loadedText(loaded: RtorrentTorrent, { detail, managed }: Situation): string {
  const { totalBytes, pieceCount, files } = managed.metainfo;
  const state = loaded.isHashing
    ? 'being checked'
    : !loaded.isActive
      ? 'stopped'
      : loaded.isComplete
        ? 'seeding'
        : 'downloading';
  const parts = [
    state,
    `${formatBytes(loaded.completedBytes)} of ${formatBytes(totalBytes)} here`,
    `down ${formatRate(loaded.downRateBytesPerSecond)}`,
    `up ${formatRate(loaded.upRateBytesPerSecond)}`,
  ];
  if (loaded.mode === closedMode) parts.push('closed to be deleted here');
  else if (loaded.mode !== '') parts.push(`loaded in parts (${displayText(loaded.mode)})`);
  if (detail !== undefined) {
    parts.push(`${pieceTotal(detail.pieces)} of ${countOf(pieceCount, 'piece')}`);
    parts.push(`${selectedFiles(detail).size} of ${countOf(files.length, 'file')} wanted now`);
  }
  return parts.join(', ');
}

/** Of what owes nothing yet: it counts once it is complete. */
function uploadFact({ managed: { metainfo }, loaded, uploadedBytes }: Situation): Fact | undefined {
  const bytes = loaded?.uploadedBytes ?? uploadedBytes;
  if (bytes === 0) return undefined;
  return fact('uploaded', `${formatBytes(bytes)}, ratio ${(bytes / metainfo.totalBytes).toFixed(2)}`);
}

function dutyFact(
  loaded: RtorrentTorrent,
  { managed }: Situation,
  { takenAtMs }: Snapshot,
  { duty }: Policy,
): Fact {
  const { isDone, ratio, seededMs, terms } = standingOf(managed.metainfo, loaded, duty, takenAtMs);
  const asked: string[] = [];
  if (terms.requiredRatio > 0) asked.push(`ratio ${ratio.toFixed(2)} of ${terms.requiredRatio.toFixed(2)}`);
  if (terms.requiredSeedTimeMs > 0) {
    asked.push(`seeded ${formatDuration(seededMs)} of ${formatDuration(terms.requiredSeedTimeMs)}`);
  }
  if (asked.length === 0) return fact('duty', `none; ratio ${ratio.toFixed(2)}`);
  const joined = asked.join(terms.match === 'all' ? ' and ' : ' or ');
  return fact('duty', `${isDone ? 'done' : 'not done yet'}: ${joined}`);
}

function spaceFacts(situation: Situation | undefined, { space }: Plan): readonly Fact[] {
  if (space === undefined) return [fact('space', 'not known')];
  const { limitBytes, allocatedBytes, promisedBytes, roomBytes } = space;
  const all = `limit ${formatBytes(limitBytes)}, allocated ${formatBytes(allocatedBytes)}, reserved ${formatBytes(promisedBytes)}, free ${formatBytes(roomBytes)}`;
  const total = situation?.managed.metainfo.totalBytes ?? 0;
  const isOver = total > limitBytes ? '; it is larger than the limit' : '';
  return [fact('space', `${all}${isOver}`)];
}

/** What is ahead of one that waits for its turn. */
function queueFact(managed: ManagedTorrent, snapshot: Snapshot, plan: Plan): Fact | undefined {
  if (!snapshot.rtorrent.seen || snapshot.rtorrent.value.torrents.has(managed.metainfo.infohash))
    return undefined;
  const waiting = new Set<string>(['space', 'oversize-turn', 'path-taken']);
  const inLine = new Set(
    plan.waits.flatMap(({ managed: one, reason }) =>
      waiting.has(reason.kind) ? [one.metainfo.infohash] : [],
    ),
  );
  if (!inLine.has(managed.metainfo.infohash)) return undefined;
  const queue = queueOf(snapshot.managed, snapshot.ledger.wishes).filter(({ metainfo }) =>
    inLine.has(metainfo.infohash),
  );
  const index = queue.findIndex(({ metainfo }) => metainfo.infohash === managed.metainfo.infohash);
  const [first] = queue;
  const ahead =
    index === 0 || first === undefined ? '' : `, after ${nameOf(first)}${index > 1 ? ' and others' : ''}`;
  return fact('queue', `${index + 1} of ${queue.length} that wait for space${ahead}`);
}

/** Of one that goes through piece by piece, or file by file. */
function windowFact({ metainfo }: ManagedTorrent, snapshot: Snapshot): Fact | undefined {
  const text = explainWindow(windowOf(metainfo, snapshot));
  return text === undefined ? undefined : fact('window', text);
}

function thereFacts(
  { metainfo }: ManagedTorrent,
  { ledger, remote, takenAtMs }: Snapshot,
): readonly (Fact | undefined)[] {
  const receipts = ledger.receipts.get(metainfo.infohash);
  const files = contentFiles(metainfo);
  const proved = receipts?.size ?? 0;
  const latestMs = Math.max(...[...(receipts?.values() ?? [])].map(({ provedAtMs }) => provedAtMs));
  const when = proved === 0 ? '' : `, the last ${formatDuration(takenAtMs - latestMs)} ago`;
  const bytes = formatBytes(provedBytesOf(metainfo, receipts));
  const directory = remoteDirectoryOf(metainfo, ledger.placements);
  const place: ByteString | undefined =
    directory === '' && files[0] !== undefined
      ? remotePathOf(metainfo, files[0], ledger.placements)
      : directory;
  const isMoved = ledger.placements.has(metainfo.infohash) ? ', since something else has its name' : '';
  return [
    fact('proved', `${proved} of ${countOf(files.length, 'file')} (${bytes})${when}`),
    ...streamedFacts(metainfo, ledger),
    fact('place there', `${displayText(place)}${isMoved}`),
    remote.seen ? undefined : fact('remote', `not seen: ${printableText(remote.reason)}`),
  ];
}

/** A file larger than the disk goes piece by piece. */
function streamedFacts(metainfo: Metainfo, ledger: LedgerView): readonly Fact[] {
  return [...(ledger.pieces.get(metainfo.infohash) ?? [])].flatMap(([index, { pieces }]) => {
    const file = metainfo.files[index];
    const range = file && pieceRangeOf(metainfo, file);
    if (file === undefined || range === undefined) return [];
    const all = countOf(range.last - range.first + 1, 'piece');
    return fact('streamed', `${pieceTotal(pieces)} of ${all} of ${displayText(file.path)} are on the remote`);
  });
}

function jobFacts({ metainfo }: ManagedTorrent, { jobs, takenAtMs }: Snapshot): readonly Fact[] {
  return jobs
    .filter(({ infohash }) => infohash === metainfo.infohash)
    .map(({ kind, doneBytes, totalBytes, startedAtMs }) =>
      fact(
        'under way',
        `${kind}, ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}, for ${formatDuration(takenAtMs - startedAtMs)}`,
      ),
    );
}

function failureFact({ metainfo }: ManagedTorrent, { ledger, takenAtMs }: Snapshot): Fact | undefined {
  const failure = ledger.failures.get(metainfo.infohash);
  if (failure === undefined) return undefined;
  const ago = formatDuration(takenAtMs - failure.atMs);
  const remedy = failure.remedy === undefined ? '' : ` — ${printableText(failure.remedy)}`;
  return fact('failure', `${ago} ago: ${explainFailure(failure, takenAtMs)}${remedy}`);
}

/**
 * What it has that only the ledger knows. Whether the step came to its end cannot be told, nor whether anything comes next: it
 * may rest. Of what is under way just now `jobFacts` tell.
 */
function intentFact({ metainfo }: ManagedTorrent, { ledger, jobs, takenAtMs }: Snapshot): Fact | undefined {
  const intent = ledger.intents.get(metainfo.infohash);
  if (intent === undefined || jobs.some(({ infohash }) => infohash === metainfo.infohash)) return undefined;
  const ago = formatDuration(takenAtMs - intent.atMs);
  return fact('last step', `${intent.step}, ${ago} ago; remembered until it is loaded again or retired`);
}

function whenText(span: Span | undefined): string {
  if (span === undefined) return 'at a time that cannot be told';
  return span.isLeast
    ? `in ${formatDuration(span.ms)} at the earliest`
    : `in about ${formatDuration(span.ms)}`;
}
