/** Loading: which torrents are handed to rtorrent whole in the order of the queue, as long as they fit. */

import type { Load, WaitReason } from './action.ts';
import type { Overdue } from './ageing.ts';
import { growthCeiling, mapsOfWhole } from './budget.ts';
import type { Draft } from './draft.ts';
import { wholeFootprint } from './footprint.ts';
import type { ClaimedRoots } from './overlap.ts';
import { claim, isClaimed, rootPath } from './overlap.ts';
import { comparePriorities } from './priority.ts';
import type { Situation } from './situation.ts';
import type { Surroundings } from './surroundings.ts';

/** Whole torrents in the order of the queue, but for the one that is overdue; answers with the room that is left. */
export function loadAsFits(
  candidates: readonly Situation[],
  overdue: Overdue | undefined,
  claimed: ClaimedRoots,
  { space, blockBytes }: Surroundings,
  draft: Draft,
): number {
  let { roomBytes } = space;
  // What is fetched in parts takes its room when all whole ones have theirs.
  let keptBytes = overdue === undefined || candidates.includes(overdue.situation) ? 0 : overdue.needBytes;
  for (const situation of overdueFirst(candidates, overdue)) {
    const isBehind = overdue !== undefined && isBehindOf(situation, overdue);
    const openBytes = isBehind ? Math.max(0, roomBytes - keptBytes) : roomBytes;
    const decision = loadOrWait(situation, openBytes, claimed, blockBytes);
    if (decision.kind === 'load') roomBytes -= decision.reservedBytes;
    if (decision.kind === 'space' && situation === overdue?.situation) keptBytes = decision.needBytes;
    if (decision.kind === 'space' && isBehind && decision.needBytes <= roomBytes) {
      const other = overdue.situation.managed.metainfo.name;
      draft.add(situation, { kind: 'room-kept', needBytes: decision.needBytes, roomBytes, other });
    } else draft.add(situation, decision);
  }
  return overdue !== undefined && candidates.includes(overdue.situation)
    ? Math.max(0, roomBytes - keptBytes)
    : roomBytes;
}

/** The one that is overdue comes before all that are no more urgent than it. */
function overdueFirst(candidates: readonly Situation[], overdue: Overdue | undefined): readonly Situation[] {
  if (overdue === undefined || !candidates.includes(overdue.situation)) return candidates;
  const others = candidates.filter((one) => one !== overdue.situation);
  const at = others.findIndex((one) => isBehindOf(one, overdue));
  return at === -1 ? [...others, overdue.situation] : others.toSpliced(at, 0, overdue.situation);
}

function isBehindOf(situation: Situation, overdue: Overdue): boolean {
  return (
    situation !== overdue.situation && comparePriorities(situation.priority, overdue.situation.priority) >= 0
  );
}

/** Loads or the reason to wait, for one torrent that is not in rtorrent, given the room that is still left. */
export function loadOrWait(
  situation: Situation,
  roomBytes: number,
  claimed: ClaimedRoots,
  blockBytes: number,
): Load | WaitReason {
  const { managed, directory, committedBytes, uploadedBytes } = situation;
  const { metainfo } = managed;
  if (directory === undefined) return { kind: 'place-unknown', reported: metainfo.name };
  const root = rootPath(metainfo, directory);
  if (isClaimed(claimed, root, metainfo.infohash)) return { kind: 'path-taken', path: root };
  const needBytes = Math.max(0, ceilingOf(situation, blockBytes) - committedBytes);
  const isRoom = needBytes <= roomBytes || needBytes <= mapsOfWhole(managed, situation.local, blockBytes);
  if (!isRoom) return { kind: 'space', needBytes, roomBytes };
  claim(claimed, root, metainfo.infohash);
  return { kind: 'load', managed, directory, reservedBytes: Math.min(needBytes, roomBytes), uploadedBytes };
}

/** What it takes once it is complete; most candidates have nothing here, and are many. */
function ceilingOf({ managed, local }: Situation, blockBytes: number): number {
  const { metainfo } = managed;
  if (local === undefined || local.files.length === 0) return wholeFootprint(metainfo, blockBytes);
  return growthCeiling(managed, new Set(metainfo.files.map((file) => file.index)), local, blockBytes);
}
