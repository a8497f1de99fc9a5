/** Stalls: torrents of which nothing arrives any more, told by marks that are kept of how far each had come, and when. */

import type { ByteString } from './bytes.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import type { Policy } from './policy.ts';
import type { Rests } from './retry.ts';
import { nextFailure, stallStep } from './retry.ts';
import type { Failure, LedgerView, ProgressMark, RtorrentTorrent, RtorrentView } from './snapshot.ts';

/** A tracker that cannot be reached is no sign of a dead torrent: peers are found again when it is back. */
const outagePatienceMs = 24 * 3_600_000;
/** Marks are not written more often than this, nor than a quarter of the time-out. */
const longestGrainMs = 10 * 60_000;
/** Rests of what was set aside: long, for a swarm changes slowly. */
const rests: Rests = { firstMs: 3_600_000, longestMs: 24 * 3_600_000 };

/** Since when nothing has arrived, where that is longer than the user has patience for; undefined otherwise. */
export function stalledSinceMs(
  loaded: RtorrentTorrent,
  mark: ProgressMark | undefined,
  processId: number,
  { stallTimeoutMs }: Policy,
  nowMs: number,
): number | undefined {
  if (mark === undefined || !isFetching(loaded) || !isOf(mark, loaded, processId)) return undefined;
  const patienceMs = isOutage(loaded.message) ? Math.max(outagePatienceMs, stallTimeoutMs) : stallTimeoutMs;
  return nowMs - mark.atMs >= patienceMs ? mark.atMs : undefined;
}

/** Marks to be written, undefined for one to be forgotten; and the torrents that get on again after they were set aside. */
export interface ProgressChange {
  readonly marks: ReadonlyMap<Infohash, ProgressMark | undefined>;
  readonly moving: readonly Infohash[];
}

/**
 * Compares what is seen with the marks. The time of a mark begins anew with every byte that arrives, and whenever rtorrent
 * was started again or the torrent was not running: its peers have to be found first.
 */
export function progressChange(
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
  { progress, failures }: Pick<LedgerView, 'progress' | 'failures'>,
  { stallTimeoutMs }: Policy,
  nowMs: number,
): ProgressChange {
  const marks = new Map<Infohash, ProgressMark | undefined>();
  const moving: Infohash[] = [];
  const grainMs = Math.min(longestGrainMs, stallTimeoutMs / 4);
  const { processId } = view;
  for (const infohash of managed.keys()) {
    const loaded = view.torrents.get(infohash);
    const mark = progress.get(infohash);
    if (loaded === undefined || !isFetching(loaded) || !Number.isFinite(stallTimeoutMs)) {
      if (mark !== undefined) marks.set(infohash, undefined);
      continue;
    }
    const bytes = loaded.receivedBytes;
    const isSame = mark?.processId === processId && mark.atMs <= nowMs;
    if (isSame && (mark.bytes === bytes || nowMs - mark.atMs < grainMs)) continue;
    marks.set(infohash, { bytes, atMs: nowMs, processId });
    if (isSame && bytes > mark.bytes && failures.get(infohash)?.step === stallStep) moving.push(infohash);
  }
  return { marks, moving };
}

/** The record of one more stall in a row. */
export function nextStall(previous: Failure | undefined, message: string, nowMs: number): Failure {
  const before = previous?.step === stallStep ? previous : undefined;
  return nextFailure(before, { step: stallStep, message, remedy: undefined }, nowMs, rests);
}

/** Running, and lacking something that it wants. */
function isFetching({ isActive, isComplete, isHashing, isPartiallyDone }: RtorrentTorrent): boolean {
  return isActive && !isComplete && !isHashing && !isPartiallyDone;
}

function isOf(mark: ProgressMark, { receivedBytes }: RtorrentTorrent, processId: number): boolean {
  return mark.bytes === receivedBytes && mark.processId === processId;
}

/** `Tracker: [Couldn't connect to server]`, say; what a tracker answers is `Tracker: [Failure reason "…"]`. */
export function isOutage(message: ByteString): boolean {
  return message.startsWith('Tracker: [') && !message.includes('Failure reason');
}
