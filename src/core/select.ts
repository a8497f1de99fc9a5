/** Selecting: which files of a torrent that is too large are fetched next, packed by pieces within the space left. */

import type { Select, WaitReason } from './action.ts';
import { growthCeiling } from './budget.ts';
import { selectionFootprint, sumOf } from './footprint.ts';
import type { ManagedTorrent, MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import type { Situation } from './situation.ts';
import type { LocalTorrent } from './snapshot.ts';

/** What a choice of files has to keep within. */
export interface Window {
  /** The most that this torrent may take on disk now, what it takes already included. */
  readonly budgetBytes: number;
  /** The most that it could ever take, with nothing else about. */
  readonly limitBytes: number;
  readonly blockBytes: number;
}

/** The next batch of files of a torrent that is not in rtorrent, or why there is none. */
export function selectOrWait(situation: Situation, window: Window): Select | WaitReason {
  const { managed, directory, local, receipts, allocatedBytes } = situation;
  if (directory === undefined) return { kind: 'place-unknown', reported: managed.metainfo.name };
  const wanted = contentFiles(managed.metainfo).filter((file) => !receipts.has(file.index));
  const batch = nextBatch(managed, wanted, local, window);
  if (batch.length > 0) {
    const ceiling = growthCeiling(managed, new Set(batch), local, window.blockBytes);
    return { kind: 'select', managed, directory, files: batch, reservedBytes: ceiling - allocatedBytes };
  }
  const possible = wanted.filter((file) => aloneBytes(managed, file, window) <= window.limitBytes);
  const least = smallest(possible.length > 0 ? possible : wanted);
  if (least === undefined) return { kind: 'space', needBytes: 0, roomBytes: window.budgetBytes };
  const needBytes = aloneBytes(managed, least, window);
  return possible.length > 0
    ? { kind: 'space', needBytes, roomBytes: Math.max(0, window.budgetBytes - allocatedBytes) }
    : { kind: 'file-too-large', path: least.path, needBytes, limitBytes: window.limitBytes };
}

/**
 * The first run of neighbouring files that fits, as long as it can be: neighbours share their border pieces, so a run
 * fetches little that nobody asked for. A file that can never fit is stepped over.
 */
export function nextBatch(
  managed: ManagedTorrent,
  wanted: readonly MetainfoFile[],
  local: LocalTorrent | undefined,
  window: Window,
): readonly number[] {
  for (let start = 0; start < wanted.length; start += 1) {
    const length = longestRun(wanted.length - start, (count) =>
      fits(wanted.slice(start, start + count).map((file) => file.index)),
    );
    if (length > 0) return wanted.slice(start, start + length).map((file) => file.index);
  }
  return [];

  function fits(indices: readonly number[]): boolean {
    return growthCeiling(managed, new Set(indices), local, window.blockBytes) <= window.budgetBytes;
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

function aloneBytes({ metainfo }: ManagedTorrent, file: MetainfoFile, window: Window): number {
  return sumOf(selectionFootprint(metainfo, new Set([file.index]), window.blockBytes));
}

function smallest(files: readonly MetainfoFile[]): MetainfoFile | undefined {
  return files.reduce<MetainfoFile | undefined>(
    (least, file) => (least === undefined || file.lengthBytes < least.lengthBytes ? file : least),
    undefined,
  );
}
