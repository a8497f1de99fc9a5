/** A pass: looks, decides, acts and looks again, until nothing is left that can be done now. */

import type { Drive, Turn } from './engine.ts';
import { Engine } from './engine.ts';
import type { Moment } from './monitor.ts';
import { Pace } from './pace.ts';

/** Looks in a row that find the world moved under every action: then another process drives it, and we stop. */
const mostStaleLooks = 5;

/** The last look, in which nothing could be done any more, and what came of all actions. */
export interface PassResult extends Moment {
  readonly done: number;
  readonly failed: number;
}

/**
 * Runs one pass. It waits for the transfers that it started; what a purge frees is spent after the next look. Rejects with
 * a `Fault` only where it cannot read or remember.
 */
export async function runPass(drive: Drive): Promise<PassResult> {
  const engine = new Engine(drive);
  try {
    return await untilDone(engine, drive);
  } finally {
    await engine.end();
  }
}

async function untilDone(engine: Engine, drive: Drive): Promise<PassResult> {
  const total = { done: 0, failed: 0 };
  const { clock } = drive.ports;
  const pace = new Pace();
  let staleLooks = 0;
  for (;;) {
    const startedAtMs = clock.nowMs();
    const turn = await engine.turn();
    const { snapshot, plan, count } = turn;
    total.done += count.done;
    total.failed += count.failed;
    staleLooks = isStale(turn) ? staleLooks + 1 : 0;
    const isOver = plan.actions.length === 0 && snapshot.jobs.length === 0;
    if (engine.isStopped() || isOver || staleLooks >= mostStaleLooks) return { snapshot, plan, ...total };
    await drive.nudge.pause(clock, pace.after(turn, clock.nowMs() - startedAtMs - turn.waitedMs));
  }
}

function isStale({ count }: Turn): boolean {
  return count.stale > 0 && count.done + count.failed === 0;
}
