/** A pass: looks, decides, acts and looks again, until nothing is left that can be done now. */

import type { Action, Outcome, Plan } from '../core/action.ts';
import { contentOf } from '../core/content.ts';
import { plan } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { nextFailure } from '../core/retry.ts';
import type { Failure, Snapshot } from '../core/snapshot.ts';
import type { HistoryEvent } from '../ports/ledger.ts';
import { act, isShort, outcomeOf } from './act.ts';
import { Jobs } from './jobs.ts';
import { observe } from './observe.ts';
import type { Ports } from './ports.ts';
import { proveContent, ship } from './transfer.ts';

/** While transfers run, what becomes free or complete meanwhile is used after this long. */
const lookAgainMs = 10_000;
/** Looks in a row that find the world moved under every action: then another process drives it, and we stop. */
const mostStaleLooks = 5;

export interface PassResult {
  /** The last look, in which nothing could be done any more. */
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly done: number;
  readonly failed: number;
}

/**
 * Runs one pass. It waits for the transfers that it started; what a purge frees is spent after the next look. `signal`
 * ends it early: transfers are ended, resumable. Rejects with a `Fault` only where it cannot read or remember. `decide` is
 * for tests, which watch the planner or put a broken one in its place.
 */
export async function runPass(
  ports: Ports,
  policy: Policy,
  signal: AbortSignal,
  decide: typeof plan = plan,
): Promise<PassResult> {
  const pass = new Pass(ports, policy, signal, decide);
  try {
    return await pass.run();
  } finally {
    await pass.end();
  }
}

class Pass {
  private readonly ports: Ports;
  private readonly policy: Policy;
  private readonly signal: AbortSignal;
  private readonly jobs = new Jobs();
  private readonly decide: typeof plan;
  private readonly count = { done: 0, stale: 0, failed: 0 };

  constructor(ports: Ports, policy: Policy, signal: AbortSignal, decide: typeof plan) {
    this.ports = ports;
    this.policy = policy;
    this.signal = signal;
    this.decide = decide;
  }

  async run(): Promise<PassResult> {
    let staleLooks = 0;
    for (;;) {
      const snapshot = await observe(this.ports, this.policy, this.jobs.list());
      const decided = this.decide(snapshot, this.policy);
      const result = (): PassResult => ({
        snapshot,
        plan: decided,
        done: this.count.done,
        failed: this.count.failed,
      });
      if (this.isStopped()) return result();
      const before = { ...this.count };
      for (const action of decided.actions) {
        if (this.isStopped()) return result();
        await this.carryOut(action, snapshot);
      }
      const moved = this.count.done + this.count.failed > before.done + before.failed;
      staleLooks = moved || this.count.stale === before.stale ? 0 : staleLooks + 1;
      if (staleLooks >= mostStaleLooks) return result();
      if (decided.actions.some(isShort)) continue;
      if (this.jobs.list().length === 0) return result();
      await this.untilSomethingEnds();
    }
  }

  private isStopped(): boolean {
    return this.signal.aborted;
  }

  async end(): Promise<void> {
    await this.jobs.stop();
  }

  private async carryOut(action: Action, snapshot: Snapshot): Promise<void> {
    const startedAtMs = this.ports.clock.nowMs();
    const finish = async (outcome: Outcome): Promise<void> => {
      await this.conclude(action, outcome, startedAtMs, snapshot);
    };
    if (isShort(action)) {
      await finish(await act(action, this.ports));
      return;
    }
    this.jobs.start(
      action,
      startedAtMs,
      (watch) =>
        outcomeOf(() =>
          action.kind === 'ship'
            ? ship(action, this.ports, snapshot.ledger, watch)
            : proveContent(action, this.ports, this.policy, snapshot.ledger, watch),
        ),
      finish,
      (job) => {
        this.ports.reporter.progressed(action.managed, job);
      },
    );
  }

  /** Writes down what became of an action: a failure rests before it is tried again, a success forgets it. */
  private async conclude(
    action: Action,
    found: Outcome,
    startedAtMs: number,
    snapshot: Snapshot,
  ): Promise<void> {
    // What we ended ourselves has not failed.
    const outcome: Outcome =
      found.kind === 'failed' && this.isStopped()
        ? { kind: 'stale', detail: 'ended by a signal; it goes on next time' }
        : found;
    const { ledger, clock, reporter } = this.ports;
    const { infohash } = action.managed.metainfo;
    const previous = snapshot.ledger.failures.get(infohash);
    this.count[outcome.kind] += 1;
    reporter.acted(action, outcome, clock.nowMs() - startedAtMs);
    if (outcome.kind === 'failed') {
      const failed = { step: action.kind, message: outcome.message, remedy: outcome.remedy };
      await ledger.recordFailure(infohash, nextFailure(previous, failed, clock.nowMs()));
    }
    if (outcome.kind !== 'done') return;
    if (previous !== undefined && mends(action, previous)) await ledger.clearFailure(infohash);
    await ledger.recordEvent(eventOf(action, outcome.detail, startedAtMs, clock.nowMs()));
  }

  /** Waits for a transfer to end, or for the time to look again, or for the signal. */
  private async untilSomethingEnds(): Promise<void> {
    const wake = new AbortController();
    const stop = (): void => {
      wake.abort();
    };
    if (this.isStopped()) return;
    this.signal.addEventListener('abort', stop);
    try {
      await Promise.race([this.jobs.next(), this.ports.clock.sleep(lookAgainMs, wake.signal)]);
    } finally {
      this.signal.removeEventListener('abort', stop);
      wake.abort();
    }
  }
}

/** Only the step that failed can show that the trouble is over, or the end: otherwise two steps could go round for ever. */
function mends(action: Action, { step }: Failure): boolean {
  return action.kind === step || action.kind === 'purge' || action.kind === 'retire';
}

/** What the history keeps of an action that was done. */
function eventOf(action: Action, detail: string, startedAtMs: number, nowMs: number): HistoryEvent {
  const { metainfo } = action.managed;
  return {
    atMs: nowMs,
    infohash: metainfo.infohash,
    name: metainfo.name,
    action: action.kind,
    ...contentOf(action),
    tookMs: Math.max(0, nowMs - startedAtMs),
    detail,
  };
}
