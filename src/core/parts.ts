/** Which torrents are fetched in parts: those that are too large for the disk, and those of which parts have gone. */

import type { WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import { wholeFootprint } from './footprint.ts';
import type { Policy } from './policy.ts';
import { comparePriorities } from './priority.ts';
import type { Situation } from './situation.ts';

/** `d.custom` value by which a torrent that was loaded to be fetched in parts is known again. */
export const partsMode = 'file';

/** The same for one of which a file is streamed: pieces that it claims to have may be gone. */
export const streamMode = 'stream';

/** The same for one that was closed to be purged: nobody stopped it by hand. */
export const closedMode = 'closed';

/**
 * Whether the torrent is fetched in parts. A torrent that is complete here is not, however large: it is shipped as
 * it stands. One of which files or pieces were shipped and deleted already never becomes whole again. One that is downloading
 * whole is measured by the user's limit alone: what the filesystem has may come back, and much of it may be here.
 */
export function isFetchedInParts(
  situation: Situation,
  space: Space,
  policy: Policy,
  blockBytes: number,
): boolean {
  const { loaded, receipts, pieces, managed } = situation;
  if (loaded?.mode === partsMode) return true;
  if (loaded?.isComplete === true) return false;
  if (loaded === undefined && (receipts.size > 0 || pieces.size > 0)) return true;
  const limitBytes = loaded?.isActive === true ? policy.spaceLimitBytes : space.limitBytes;
  return wholeFootprint(managed.metainfo, blockBytes) > limitBytes;
}

/** The urgent first, then what has begun, then the fewest bytes to go; candidates come sorted by size and infohash. */
export function byProgress(one: Situation, other: Situation): number {
  const hasBegun = (situation: Situation): number =>
    situation.receipts.size > 0 || situation.allocatedBytes > 0 ? 0 : 1;
  const bytesToGo = ({ managed: { metainfo }, receipts }: Situation): number =>
    receipts.size === 0
      ? metainfo.totalBytes
      : metainfo.files.reduce((sum, file) => sum + (receipts.has(file.index) ? 0 : file.lengthBytes), 0);
  return (
    comparePriorities(one.priority, other.priority) ||
    hasBegun(one) - hasBegun(other) ||
    bytesToGo(one) - bytesToGo(other)
  );
}

/** A torrent that waits for one of these keeps its space, but not the turn: each torrent fails alone. */
const stuck: ReadonlySet<string> = new Set<WaitReason['kind']>([
  'retry',
  'paused',
  'stopped',
  'remote-conflict',
  'shared-files',
  'place-unknown',
]);

export function keepsTurn(decision: string): boolean {
  return !stuck.has(decision);
}
