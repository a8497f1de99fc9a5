/** The plan: what a pass does about every managed torrent, decided from one snapshot and nothing else. */

import type { Action, Plan, Wait, WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import { measureSpace } from './budget.ts';
import type { ByteString } from './bytes.ts';
import type { Surroundings } from './decide.ts';
import { decide } from './decide.ts';
import { loadOrWait } from './load.ts';
import type { ManagedTorrent } from './metainfo.ts';
import { claimedRoots } from './overlap.ts';
import { partsMode } from './parts.ts';
import type { Policy } from './policy.ts';
import { selectOrWait } from './select.ts';
import type { Situation } from './situation.ts';
import { bySize, situations } from './situation.ts';
import type { DiskView, Job, RtorrentView, Snapshot } from './snapshot.ts';

/** What takes nothing and frees space comes first; what takes space comes last. */
const order: readonly Action['kind'][] = [
  'retire',
  'purge',
  'place',
  'prove',
  'ship',
  'unload',
  'start',
  'load',
  'select',
];

/** A torrent that waits for one of these keeps its space, but not the turn: each torrent fails alone. */
const stuck: ReadonlySet<string> = new Set<WaitReason['kind']>([
  'retry',
  'stopped',
  'remote-conflict',
  'shared-files',
  'place-unknown',
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
  const whole: Situation[] = [];
  const inParts: Situation[] = [];
  let isTurnTaken = false;
  for (const situation of all) {
    const decision = decide(situation, around);
    if (decision.kind === 'candidate') (decision.inParts ? inParts : whole).push(situation);
    else draft.add(situation, decision);
    isTurnTaken ||= situation.loaded?.mode === partsMode && !stuck.has(decision.kind);
  }
  let roomBytes = space.roomBytes;
  const claimed = claimedRoots(view, managed);
  for (const situation of whole) {
    const decision = loadOrWait(situation, roomBytes, claimed, disk.blockBytes);
    if (decision.kind === 'load') roomBytes -= decision.reservedBytes;
    draft.add(situation, decision);
  }
  selectOne(inParts, isTurnTaken, roomBytes, around, draft);
  return draft.finish(space);
}

/** One torrent at a time is fetched in parts: the one that was begun, else the one with the fewest bytes to go. */
function selectOne(
  candidates: readonly Situation[],
  isTurnTaken: boolean,
  roomBytes: number,
  around: Surroundings,
  draft: Draft,
): void {
  let isTaken = isTurnTaken;
  for (const situation of [...candidates].sort(byProgress)) {
    const budgetBytes = situation.allocatedBytes + roomBytes;
    const window = { budgetBytes, limitBytes: around.space.limitBytes, blockBytes: around.blockBytes };
    const decision = selectOrWait(situation, window);
    const isPossible = decision.kind === 'select' || decision.kind === 'space';
    draft.add(situation, isTaken && isPossible ? { kind: 'oversize-turn' } : decision);
    isTaken ||= isPossible;
  }
}

/** Begun before not begun, then the fewest bytes to go; candidates come sorted by size and infohash. */
function byProgress(one: Situation, other: Situation): number {
  const hasBegun = (situation: Situation): number =>
    situation.receipts.size > 0 || situation.allocatedBytes > 0 ? 0 : 1;
  const bytesToGo = ({ managed, receipts }: Situation): number =>
    managed.metainfo.files.reduce((sum, file) => sum + (receipts.has(file.index) ? 0 : file.lengthBytes), 0);
  return hasBegun(one) - hasBegun(other) || bytesToGo(one) - bytesToGo(other);
}

/** A plan in the making: sorts decisions into actions and waits, and hands out the slots for transfers. */
class Draft {
  private readonly actions: Action[] = [];
  private readonly waits: Wait[] = [];
  private readonly jobs: readonly Job[];
  private readonly policy: Policy;
  /** Names on the remote that a transfer under way, or one that is decided, writes to. */
  private readonly busy = new Set<ByteString>();

  constructor(jobs: readonly Job[], policy: Policy) {
    this.jobs = jobs;
    this.policy = policy;
    for (const { name } of jobs) this.busy.add(name);
  }

  add({ managed }: Situation, decision: Action | WaitReason): void {
    if (!('managed' in decision)) this.waits.push({ managed, reason: decision });
    else if (decision.kind !== 'ship' && decision.kind !== 'prove') this.actions.push(decision);
    else if (this.mayTransfer(managed)) {
      this.busy.add(managed.metainfo.name);
      this.actions.push(decision);
    } else this.waits.push({ managed, reason: { kind: 'transfer-slot' } });
  }

  /** Two torrents of one name never transfer at once: the second one has to see what the first one put there. */
  private mayTransfer({ metainfo }: ManagedTorrent): boolean {
    const decided = this.actions.filter(({ kind }) => kind === 'ship' || kind === 'prove').length;
    return this.jobs.length + decided < this.policy.maxTransfers && !this.busy.has(metainfo.name);
  }

  finish(space: Space): Plan {
    const actions = [...this.actions].sort(
      (one, other) => order.indexOf(one.kind) - order.indexOf(other.kind),
    );
    return { actions, waits: this.waits, space };
  }
}

function waitForAll(snapshot: Snapshot, reason: WaitReason): Plan {
  const waits = bySize(snapshot.managed.values()).map((managed) => ({ managed, reason }));
  return { actions: [], waits, space: undefined };
}
