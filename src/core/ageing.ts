/**
 * Ageing: who has waited for so long that nobody overtakes it any more, so that a stream of small torrents starves no large
 * one, and how much room is kept for it.
 */

import type { Action, WaitReason } from './action.ts';
import { growthCeiling } from './budget.ts';
import type { Candidate } from './decide.ts';
import { isClaimed, rootPath } from './overlap.ts';
import type { ClaimedRoots } from './overlap.ts';
import { comparePriorities } from './priority.ts';
import { selectOrWait } from './select.ts';
import type { Situation } from './situation.ts';
import type { Surroundings } from './surroundings.ts';

/** The one that is not overtaken, by those that are as urgent as it is or less. */
export interface Overdue {
  readonly situation: Situation;
  /** What it needs beyond what it takes already. */
  readonly needBytes: number;
}

/**
 * The one that has waited longest of those that have waited for too long, among the most urgent; undefined where none has.
 * One at a time: otherwise a long queue would be worked through by age alone. Nothing is kept for what could not have it
 * even when all that moves is gone (`attainableBytes`), for what waits for its place, or for a turn.
 */
export function overdueIn(
  candidates: { readonly 'load-whole': readonly Situation[]; readonly 'load-parts': readonly Situation[] },
  isTurnTaken: boolean,
  attainableBytes: number,
  claimed: ClaimedRoots,
  around: Surroundings,
): Overdue | undefined {
  const { snapshot, policy } = around;
  const hasWaitedLong = ({ managed }: Situation): boolean =>
    snapshot.takenAtMs - managed.addedAtMs >= policy.mostWaitMs;
  const whole = candidates['load-whole'].filter(hasWaitedLong);
  const inParts = isTurnTaken ? [] : candidates['load-parts'].filter(hasWaitedLong);
  const longest = [
    ...whole.map((situation) => ({ situation, need: needWhole })),
    ...inParts.map((situation) => ({ situation, need: needInParts })),
  ].sort((one, other) => compare(one.situation, other.situation));
  // What lies here of torrents that are not loaded goes away only when they are.
  const waiting = [...candidates['load-whole'], ...candidates['load-parts']];
  const heldBytes = waiting.reduce((sum, { committedBytes }) => sum + committedBytes, 0);
  for (const { situation, need } of longest) {
    if (!hasPlace(situation, claimed)) continue;
    const needBytes = need(situation, claimed, around);
    if (needBytes !== undefined && needBytes + heldBytes <= attainableBytes) return { situation, needBytes };
  }
  return undefined;
}

/** How much of what a torrent takes does not come back by itself: only a person can make room where it does not. */
export function heldForGood(
  { allocatedBytes, committedBytes }: Situation,
  decision: Action | WaitReason | Candidate,
): number {
  // It makes way for others, but for the data that it may keep.
  if (decision.kind === 'stall') return allocatedBytes;
  const isEndless = decision.kind === 'ratio' && !Number.isFinite(decision.terms.mostSeedTimeMs);
  return isEndless || keepsItsSpace.has(decision.kind) ? committedBytes : 0;
}

const keepsItsSpace: ReadonlySet<string> = new Set<WaitReason['kind']>([
  'retry',
  'paused',
  'stopped',
  'partly-wanted',
  'shared-files',
  'place-unknown',
  'remote-conflict',
]);

function needWhole(
  { managed, local, committedBytes }: Situation,
  _: ClaimedRoots,
  { blockBytes }: Surroundings,
): number | undefined {
  const all = new Set(managed.metainfo.files.map((file) => file.index));
  return Math.max(0, growthCeiling(managed, all, local, blockBytes) - committedBytes);
}

/** For its next file alone; undefined where it wants something else than room. */
function needInParts(situation: Situation, claimed: ClaimedRoots, around: Surroundings): number | undefined {
  const { space, blockBytes } = around;
  const window = { budgetBytes: situation.allocatedBytes, limitBytes: space.limitBytes, blockBytes };
  const decision = selectOrWait(situation, window, claimed, around);
  return decision.kind === 'space' ? decision.needBytes : undefined;
}

function hasPlace({ managed, directory }: Situation, claimed: ClaimedRoots): boolean {
  const { metainfo } = managed;
  return directory !== undefined && !isClaimed(claimed, rootPath(metainfo, directory), metainfo.infohash);
}

/** Equals by infohash, so that the order of the snapshot does not matter. */
function compare(one: Situation, other: Situation): number {
  return (
    comparePriorities(one.priority, other.priority) ||
    one.managed.addedAtMs - other.managed.addedAtMs ||
    (one.managed.metainfo.infohash < other.managed.metainfo.infohash ? -1 : 1)
  );
}
