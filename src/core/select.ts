/** Selecting: which files of a torrent that is too large are fetched next, packed by pieces within the space left. */

import type { Select, Stream, Tidy, WaitReason } from './action.ts';
import type { Window } from './budget.ts';
import { growthCeiling, mapsOfWhole } from './budget.ts';
import { selectionFootprint, sumOf, wholeFootprint } from './footprint.ts';
import type { ManagedTorrent, Metainfo, MetainfoFile } from './metainfo.ts';
import { contentFiles, pieceRangeOf } from './metainfo.ts';
import type { ClaimedRoots } from './overlap.ts';
import { isClaimed, rootPath } from './overlap.ts';
import { without } from './roll.ts';
import type { Situation } from './situation.ts';
import type { LocalTorrent } from './snapshot.ts';
import { streamOrWait } from './stream.ts';
import type { Surroundings } from './surroundings.ts';
import { tidy, unfinishedFiles } from './tidy.ts';

const nothing: ReadonlySet<number> = new Set();

/** What a torrent of which nothing is here needs to begin. */
interface Beginning {
  readonly limitBytes: number;
  readonly blockBytes: number;
  /** With less than this no file of it fits. */
  readonly leastBytes: number;
  /** Of the first file that could fit within the limit; undefined where none could. */
  readonly needBytes: number | undefined;
}

/** Many wait for their turn, and it is the same for each at each look: told by the metainfo, the limit and the block alone. */
const beginnings = new WeakMap<Metainfo, Beginning>();

/** The next batch of files of a torrent that is not in rtorrent, or why there is none. */
export function selectOrWait(
  situation: Situation,
  window: Window,
  claimed: ClaimedRoots,
  around: Surroundings,
): Select | Stream | Tidy | WaitReason {
  const { managed, directory, local, receipts, allocatedBytes, uploadedBytes } = situation;
  const { metainfo } = managed;
  if (directory === undefined) return { kind: 'place-unknown', reported: metainfo.name };
  const root = rootPath(metainfo, directory);
  if (isClaimed(claimed, root, metainfo.infohash)) return { kind: 'path-taken', path: root };
  if (around.policy.oversize === 'off' && receipts.size === 0) {
    const needBytes = wholeFootprint(metainfo, window.blockBytes);
    return { kind: 'oversize-off', needBytes, limitBytes: window.limitBytes };
  }
  const outright = waitToBegin(situation, window);
  if (outright !== undefined) return outright;
  const wanted = contentFiles(metainfo).filter((file) => !receipts.has(file.index));
  if (wanted.some(({ index }) => situation.pieces.has(index))) {
    // A part of it went to the remote already: it is streamed to its end, whatever would fit now.
    return streamOrWait(situation, wanted, metainfo.totalBytes, window, around);
  }
  const batch = nextBatch(managed, wanted, local, window);
  if (batch.length > 0) {
    const ceiling = growthCeiling(managed, new Set(batch), local, window.blockBytes);
    const reservedBytes = ceiling - allocatedBytes;
    return { kind: 'select', managed, directory, files: batch, reservedBytes, uploadedBytes };
  }
  const possible = wanted.find((file) => isPossible(metainfo, file, window));
  const least = possible ?? smallest(wanted);
  if (least === undefined) return { kind: 'space', needBytes: 0, roomBytes: window.budgetBytes };
  const needBytes = aloneBytes(metainfo, least, window);
  if (possible === undefined) {
    return streamOrWait(situation, wanted, needBytes, window, around);
  }
  const kept = without(local, unfinishedFiles(situation));
  const [next] = nextBatch(managed, wanted, kept, window);
  const tidying = next === undefined ? undefined : tidy(situation, around, metainfo.files[next]);
  const roomBytes = Math.max(0, window.budgetBytes - allocatedBytes);
  return (
    tidying ?? crowdedOut(managed, possible, wanted, kept, window) ?? { kind: 'space', needBytes, roomBytes }
  );
}

/** Of a torrent of which nothing is here or on the remote: the wait for room, where there is too little for any file of it. */
function waitToBegin(
  { managed: { metainfo }, local, receipts, pieces }: Situation,
  window: Window,
): WaitReason | undefined {
  const isUntouched = receipts.size === 0 && pieces.size === 0 && (local?.files.length ?? 0) === 0;
  if (!isUntouched) return undefined;
  const { leastBytes, needBytes } = beginningOf(metainfo, window);
  const roomBytes = Math.max(0, window.budgetBytes);
  return needBytes === undefined || leastBytes <= roomBytes
    ? undefined
    : { kind: 'space', needBytes, roomBytes };
}

function beginningOf(metainfo: Metainfo, { limitBytes, blockBytes }: Window): Beginning {
  const known = beginnings.get(metainfo);
  if (known?.limitBytes === limitBytes && known.blockBytes === blockBytes) return known;
  const window = { limitBytes, blockBytes };
  const files = contentFiles(metainfo);
  const possible = files.find((file) => isPossible(metainfo, file, window));
  const beginning = {
    limitBytes,
    blockBytes,
    leastBytes: files.reduce((least, file) => {
      return Math.min(least, Math.max(file.lengthBytes, spanBytes(metainfo, file)));
    }, Number.POSITIVE_INFINITY),
    needBytes: possible && aloneBytes(metainfo, possible, window),
  };
  beginnings.set(metainfo, beginning);
  return beginning;
}

/** Whether the file could be fetched if nothing else were here. */
function isPossible(
  metainfo: Metainfo,
  file: MetainfoFile,
  window: Pick<Window, 'limitBytes' | 'blockBytes'>,
): boolean {
  const { limitBytes } = window;
  return spanBytes(metainfo, file) <= limitBytes && aloneBytes(metainfo, file, window) <= limitBytes;
}

/**
 * What looks whole and is not proved is never deleted to make room, though it may lack its ends, which went with its neighbours.
 * Where it leaves too little even of the whole limit, no time brings room for the rest.
 */
function crowdedOut(
  managed: ManagedTorrent,
  { index, path }: MetainfoFile,
  wanted: readonly MetainfoFile[],
  kept: LocalTorrent | undefined,
  { limitBytes, blockBytes }: Window,
): WaitReason | undefined {
  const keptBytes = kept?.allocatedBytes ?? 0;
  const most = { budgetBytes: limitBytes, limitBytes, blockBytes };
  if (keptBytes === 0 || nextBatch(managed, wanted, kept, most).length > 0) return undefined;
  const needBytes = growthCeiling(managed, new Set([index]), kept, blockBytes);
  return { kind: 'file-too-large', path, needBytes, limitBytes, keptBytes };
}

/**
 * The first run of neighbouring files that fits, as long as it can be: neighbours share their border pieces, so a run
 * fetches little that nobody asked for. A file that can never fit is stepped over. `staying` are files that are selected
 * already and stay so: the run has to fit beside them.
 */
export function nextBatch(
  managed: ManagedTorrent,
  wanted: readonly MetainfoFile[],
  local: LocalTorrent | undefined,
  window: Window,
  staying: ReadonlySet<number> = nothing,
): readonly number[] {
  const allocatedBytes = local?.allocatedBytes ?? 0;
  // What is here already may stay and be finished, however low the limit has become; but no more comes beside it.
  const mostHereBytes = allocatedBytes + mapsOfWhole(managed, local, window.blockBytes);
  const budgetBytes = staying.size > 0 ? window.budgetBytes : Math.max(window.budgetBytes, mostHereBytes);
  const takenBytes =
    staying.size > 0 ? growthCeiling(managed, staying, local, window.blockBytes) : allocatedBytes;
  for (const [start, file] of wanted.entries()) {
    const there = local?.files[file.index]?.allocatedBytes ?? 0;
    // Cheap and never too strict: what can be told from the file alone, before the torrent is gone through.
    const sharedBytes = staying.size > 0 ? 2 * managed.metainfo.pieceLengthBytes : 0;
    const leastBytes = takenBytes + Math.max(0, file.lengthBytes - there - sharedBytes);
    if (Math.max(leastBytes, spanBytes(managed.metainfo, file)) > budgetBytes) continue;
    const length = longestRun(wanted.length - start, (count) =>
      fits(wanted.slice(start, start + count).map((file) => file.index)),
    );
    if (length > 0) return wanted.slice(start, start + length).map((file) => file.index);
  }
  return [];

  function fits(indices: readonly number[]): boolean {
    return growthCeiling(managed, new Set([...staying, ...indices]), local, window.blockBytes) <= budgetBytes;
  }
}

/** The largest count up to `most` that fits, where every count below one that fits, fits too. */
function longestRun(most: number, fits: (count: number) => boolean): number {
  if (!fits(1)) return 0;
  let low = 1;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The pieces that hold the file, in bytes: no less is fetched with it. */
function spanBytes(metainfo: Metainfo, file: MetainfoFile): number {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return 0;
  const { pieceLengthBytes, totalBytes } = metainfo;
  return Math.min((range.last + 1) * pieceLengthBytes, totalBytes) - range.first * pieceLengthBytes;
}

function aloneBytes(
  metainfo: Metainfo,
  file: MetainfoFile,
  { blockBytes }: Pick<Window, 'blockBytes'>,
): number {
  return sumOf(selectionFootprint(metainfo, new Set([file.index]), blockBytes));
}

function smallest(files: readonly MetainfoFile[]): MetainfoFile | undefined {
  return files.reduce<MetainfoFile | undefined>(
    (least, file) => (least === undefined || file.lengthBytes < least.lengthBytes ? file : least),
    undefined,
  );
}
