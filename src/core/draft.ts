/** A plan in the making: sorts decisions into actions and waits, and hands out the slots for transfers. */

import type { Action, Plan, Wait, WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import type { ByteString } from './bytes.ts';
import type { ManagedTorrent } from './metainfo.ts';
import type { Policy } from './policy.ts';
import type { Situation } from './situation.ts';
import type { Job } from './snapshot.ts';

/** What takes nothing and frees space comes first; what takes space comes last. */
const order: readonly Action['kind'][] = [
  'retire',
  'purge',
  'tidy',
  'place',
  'prove',
  'ship',
  'unload',
  'start',
  'load',
  'select',
];

export class Draft {
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
