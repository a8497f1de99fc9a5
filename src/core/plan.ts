/** The plan: what a pass does about every managed torrent, decided from one snapshot and nothing else. */

import type { Action, Plan, WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import { measureSpace } from './budget.ts';
import { heldForGood, overdueIn } from './ageing.ts';
import type { Candidate } from './decide.ts';
import { decide } from './decide.ts';
import { Draft } from './draft.ts';
import { loadAsFits } from './load.ts';
import type { ClaimedRoots } from './overlap.ts';
import { claim, claimedRoots, rootPath } from './overlap.ts';
import { byProgress, keepsTurn, partsMode } from './parts.ts';
import type { Policy } from './policy.ts';
import { queueOf } from './queue.ts';
import { selectOrWait } from './select.ts';
import { setAside, stalled, wantsOthersToGo } from './set-aside.ts';
import type { Situation } from './situation.ts';
import { situations } from './situation.ts';
import type { DiskView, RtorrentView, Snapshot } from './snapshot.ts';
import type { Surroundings } from './surroundings.ts';
import { allocatedOf, tidy } from './tidy.ts';
import { isEnding } from './under-way.ts';
import { moveWindows } from './window.ts';

const candidateKinds: ReadonlySet<string> = new Set<Candidate['kind']>([
  'load-whole',
  'load-parts',
  'restart',
  'window',
  'stall',
]);

/** Decides. Pure: the same snapshot, however its maps are ordered, gives the same plan. */
export function plan(snapshot: Snapshot, policy: Policy): Plan {
  const { rtorrent, disk } = snapshot;
  if (!rtorrent.seen) {
    return waitForAll(snapshot, {
      kind: 'rtorrent-unseen',
      reason: rtorrent.reason,
      remedy: rtorrent.remedy,
    });
  }
  if (!disk.seen) {
    return waitForAll(snapshot, { kind: 'disk-unseen', reason: disk.reason, remedy: disk.remedy });
  }
  return planAll(snapshot, policy, rtorrent.value, disk.value);
}

function planAll(snapshot: Snapshot, policy: Policy, view: RtorrentView, disk: DiskView): Plan {
  const { managed, ledger, jobs } = snapshot;
  const all = situations({ managed, rtorrent: view, disk, ledger, jobs });
  const space = measureSpace(disk, policy, all);
  const around: Surroundings = { snapshot, view, managed, policy, space, blockBytes: disk.blockBytes };
  const draft = new Draft(jobs, policy);
  const candidates: Record<Candidate['kind'], Situation[]> = {
    'load-whole': [],
    'load-parts': [],
    restart: [],
    window: [],
    stall: [],
  };
  let heldForGoodBytes = 0;
  let isTurnTaken = jobs.some((job) => job.kind === 'stream' && !isEnding(job));
  for (const situation of all) {
    const decision = decide(situation, around);
    if (isCandidate(decision)) candidates[decision.kind].push(situation);
    else draft.add(situation, decision);
    heldForGoodBytes += heldForGood(situation, decision);
    isTurnTaken ||=
      situation.loaded?.mode === partsMode && decision.kind !== 'window' && keepsTurn(decision.kind);
  }
  restartAsFits(candidates.restart, all, space, draft);
  const claimed = claimedRoots(view, managed);
  for (const { managed: mine, directory, jobs: underWay } of all) {
    // What is being sent stays as it is, though rtorrent may not hold it any more.
    if (underWay.length > 0 && directory !== undefined)
      claim(claimed, rootPath(mine.metainfo, directory), mine.metainfo.infohash);
  }
  const hasTurn = isTurnTaken || candidates.window.length > 0;
  const overdue = overdueIn(candidates, hasTurn, space.limitBytes - heldForGoodBytes, claimed, around);
  const roomBytes = loadAsFits(candidates['load-whole'], overdue, claimed, around, draft);
  isTurnTaken = moveWindows(candidates.window, roomBytes, around, draft, candidates.stall) || isTurnTaken;
  selectOne(candidates['load-parts'], isTurnTaken, roomBytes, claimed, around, draft);
  makeWayForOthers(candidates.stall, around, draft);
  return draft.finish(space);
}

function isCandidate(decision: Action | WaitReason | Candidate): decision is Candidate {
  return candidateKinds.has(decision.kind);
}

/** The guard closes all unfinished torrents at once: they start again as far as the disk can hold all that they want. */
function restartAsFits(
  candidates: readonly Situation[],
  all: readonly Situation[],
  space: Space,
  draft: Draft,
): void {
  const growing = all.filter(({ loaded }) => loaded?.isActive === true);
  let roomBytes = space.freeBytes - space.reserveBytes;
  for (const one of growing) roomBytes -= one.committedBytes - one.allocatedBytes;
  for (const situation of candidates) {
    const needBytes = situation.committedBytes - situation.allocatedBytes;
    const isRoom = needBytes <= roomBytes;
    draft.add(
      situation,
      isRoom ? startOf(situation) : { kind: 'low-diskspace', needBytes, roomBytes: Math.max(0, roomBytes) },
    );
    if (isRoom) roomBytes -= needBytes;
  }
}

function startOf({ managed, directory, loaded }: Situation): Action | WaitReason {
  if (directory !== undefined) return { kind: 'start', managed, directory };
  return { kind: 'place-unknown', reported: loaded?.reportedDirectory ?? managed.metainfo.name };
}

/** One a look, and only where another waits: what frees no room for anybody may as well stay and hope. */
function makeWayForOthers(candidates: readonly Situation[], around: Surroundings, draft: Draft): void {
  const isWanted = draft.hasWait(wantsOthersToGo);
  candidates.forEach((situation, index) => {
    draft.add(situation, isWanted && index === 0 ? setAside(situation, around) : stalled(situation, around));
  });
}

/** One torrent at a time is fetched in parts: the one that was begun, else the one with the fewest bytes to go. */
function selectOne(
  candidates: readonly Situation[],
  isTurnTaken: boolean,
  roomBytes: number,
  claimed: ClaimedRoots,
  around: Surroundings,
  draft: Draft,
): void {
  const { space, blockBytes } = around;
  const inOrder = [...candidates].sort(byProgress);
  const decisions = new Map<Situation, Action | WaitReason>();
  let isTaken = isTurnTaken;
  for (const situation of inOrder) {
    const budgetBytes = situation.allocatedBytes + roomBytes - space.deficitBytes;
    const window = { budgetBytes, limitBytes: space.limitBytes, blockBytes };
    const decision = selectOrWait(situation, window, claimed, around);
    const wantsTurn = decision.kind === 'select' || decision.kind === 'tidy' || decision.kind === 'stream';
    const waitsForTurn = isTaken && (wantsTurn || decision.kind === 'space');
    decisions.set(situation, waitsForTurn ? { kind: 'oversize-turn' } : decision);
    isTaken ||= wantsTurn;
  }
  if (!isTaken) makeWay(inOrder, roomBytes, claimed, around, decisions);
  for (const situation of inOrder)
    draft.add(situation, decisions.get(situation) ?? { kind: 'oversize-turn' });
}

/**
 * Where the leftovers of several torrents keep each other's files from fitting, one gives way: the last that has anything which
 * may go, if another could go on once all that may go of the others is gone. Whole files stay, so that the first in order is not
 * always the one that can.
 */
function makeWay(
  inOrder: readonly Situation[],
  roomBytes: number,
  claimed: ClaimedRoots,
  around: Surroundings,
  decisions: Map<Situation, Action | WaitReason>,
): void {
  const { space, blockBytes } = around;
  const waiting = inOrder.filter((situation) => decisions.get(situation)?.kind === 'space');
  const tidyings = waiting.toReversed().flatMap((situation) => {
    const tidying = tidy(situation, around, undefined);
    return tidying?.kind === 'tidy'
      ? [{ situation, tidying, bytes: allocatedOf(situation, tidying.files) }]
      : [];
  });
  for (const chosen of waiting) {
    const others = tidyings.filter(({ situation }) => situation !== chosen);
    const freedBytes = others.reduce((sum, { bytes }) => sum + bytes, 0);
    const budgetBytes = chosen.allocatedBytes + roomBytes + freedBytes - space.deficitBytes;
    const window = { budgetBytes, limitBytes: space.limitBytes, blockBytes };
    const [last] = others;
    if (last === undefined || selectOrWait(chosen, window, claimed, around).kind === 'space') continue;
    decisions.set(last.situation, last.tidying);
    return;
  }
}

function waitForAll(snapshot: Snapshot, reason: WaitReason): Plan {
  const inOrder = queueOf(snapshot.managed, snapshot.ledger.wishes);
  const waits = inOrder.map((managed) => ({ managed, reason }));
  return { actions: [], waits, space: undefined };
}
