/** A plan in the making: sorts decisions into actions and waits, and hands out the slots for transfers. */

import type { Action, Plan, ProveContent, Ship, Stream, Wait, WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import type { ByteString } from './bytes.ts';
import type { Infohash, ManagedTorrent, Metainfo } from './metainfo.ts';
import type { Policy } from './policy.ts';
import type { Situation } from './situation.ts';
import type { Job } from './snapshot.ts';
import { isEnding, waitForJobs } from './under-way.ts';

/**
 * What runs on beside all others comes first; then what takes a moment; then what the remote is asked about once more; and last
 * what reads the disk, or goes on for long. None needs another one's room: what is freed is spent after the next look.
 */
const order: readonly Action['kind'][] = [
  'prove',
  'ship',
  'place',
  'unload',
  'start',
  'extend',
  'load',
  'retire',
  'purge',
  'tidy',
  'set-aside',
  'select',
  'roll',
  'stream',
];

export class Draft {
  private readonly actions: Action[] = [];
  private readonly waits: Wait[] = [];
  private readonly jobs: readonly Job[];
  private readonly policy: Policy;
  /** Names on the remote that a transfer under way, or one that is decided, writes to, and for which torrents. */
  private readonly busy = new Map<ByteString, Set<Infohash>>();

  constructor(jobs: readonly Job[], policy: Policy) {
    this.jobs = jobs;
    this.policy = policy;
    for (const job of jobs) this.occupy(job);
  }

  add({ managed, jobs }: Situation, decision: Action | WaitReason): void {
    if (!('managed' in decision)) this.waits.push({ managed, reason: decision });
    else if (!this.takes(decision)) {
      this.waits.push({ managed, reason: waitForJobs(jobs) ?? { kind: 'transfer-slot' } });
    }
  }

  /** Takes the action, but for a transfer that there is no slot for. */
  takes(action: Action): boolean {
    if (isTransfer(action)) {
      const { managed } = action;
      if (!this.mayTransfer(managed, action.kind)) return false;
      this.occupy(managed.metainfo);
    }
    this.actions.push(action);
    return true;
  }

  /**
   * Shipping loads the link and proving the disks: each has its own slots; one stream at a time fetches. As many of each as
   * have slots may be at their end besides. Two torrents of one name never transfer at once: the second one has to see
   * what the first one put there.
   */
  private mayTransfer({ metainfo }: ManagedTorrent, kind: Job['kind']): boolean {
    const jobs = this.jobs.filter((one) => one.kind === kind);
    const begun = this.actions.filter((one) => one.kind === kind).length;
    const ending = jobs.filter(isEnding).length;
    const holders = [...(this.busy.get(metainfo.name) ?? [])];
    const isAlone = holders.every((infohash) => infohash === metainfo.infohash);
    const most = kind === 'stream' ? 1 : this.policy.maxTransfers;
    return jobs.length - ending + begun < most && jobs.length + begun < 2 * most && isAlone;
  }

  private occupy({ name, infohash }: Pick<Metainfo, 'name' | 'infohash'>): void {
    this.busy.set(name, new Set([...(this.busy.get(name) ?? []), infohash]));
  }

  /** Whether any torrent waits for something of this kind. */
  hasWait(isSuch: (reason: WaitReason) => boolean): boolean {
    return this.waits.some(({ reason }) => isSuch(reason));
  }

  finish(space: Space): Plan {
    const actions = [...this.actions].sort(
      (one, other) => order.indexOf(one.kind) - order.indexOf(other.kind),
    );
    return { actions, waits: this.waits, space };
  }
}

function isTransfer(action: Action): action is Ship | ProveContent | Stream {
  return action.kind === 'ship' || action.kind === 'prove' || action.kind === 'stream';
}
