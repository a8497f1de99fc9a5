/** Which torrents are fetched in parts: those that are too large for the disk, and those of which parts have gone. */

import type { Space } from './budget.ts';
import { wholeFootprint } from './footprint.ts';
import type { Situation } from './situation.ts';

/** `d.custom` value by which a torrent that was loaded to be fetched in parts is known again. */
export const partsMode = 'file';

/**
 * Whether the torrent is fetched in parts. A torrent that is complete here is not, however large: it is shipped as
 * it stands. One of which files were shipped and deleted already never becomes whole again.
 */
export function isFetchedInParts(situation: Situation, space: Space, blockBytes: number): boolean {
  const { loaded, receipts, managed } = situation;
  if (loaded?.mode === partsMode) return true;
  if (loaded?.isComplete === true) return false;
  if (loaded === undefined && receipts.size > 0) return true;
  return wholeFootprint(managed.metainfo, blockBytes) > space.limitBytes;
}
