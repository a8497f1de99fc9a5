/** Loading: which torrents are handed to rtorrent whole, smallest first, as long as they fit. */

import type { Load, WaitReason } from './action.ts';
import { growthCeiling } from './budget.ts';
import { wholeFootprint } from './footprint.ts';
import type { ClaimedRoots } from './overlap.ts';
import { claim, isClaimed, rootPath } from './overlap.ts';
import type { Situation } from './situation.ts';

/** Loads or the reason to wait, for one torrent that is not in rtorrent, given the room that is still left. */
export function loadOrWait(
  situation: Situation,
  roomBytes: number,
  claimed: ClaimedRoots,
  blockBytes: number,
): Load | WaitReason {
  const { managed, directory, committedBytes } = situation;
  const { metainfo } = managed;
  if (directory === undefined) return { kind: 'place-unknown', reported: metainfo.name };
  const root = rootPath(metainfo, directory);
  if (isClaimed(claimed, root, metainfo.infohash)) return { kind: 'path-taken', path: root };
  const needBytes = Math.max(0, ceilingOf(situation, blockBytes) - committedBytes);
  if (needBytes > roomBytes) return { kind: 'space', needBytes, roomBytes };
  claim(claimed, root, metainfo.infohash);
  return { kind: 'load', managed, directory, reservedBytes: needBytes };
}

/** What it takes once it is complete; most candidates have nothing here, and are many. */
function ceilingOf({ managed, local }: Situation, blockBytes: number): number {
  const { metainfo } = managed;
  if (local === undefined || local.files.length === 0) return wholeFootprint(metainfo, blockBytes);
  return growthCeiling(managed, new Set(metainfo.files.map((file) => file.index)), local, blockBytes);
}
