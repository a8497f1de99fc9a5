/** One world, from its seed to its end: first a time of trouble, in which nothing unsafe may happen, then a time of calm. */

import type { WaitReason } from '../../src/core/action.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Moment } from '../../src/driver/monitor.ts';
import { Checks } from './checks.ts';
import type { Interference } from './driver-run.ts';
import { runDriver } from './driver-run.ts';
import { slowEvents, suddenEvents } from './events.ts';
import { roughly } from './faults.ts';
import { Finding } from './finding.ts';
import { calm, isForEver, judgeEnd } from './liveness.ts';
import type { DrawnWorld } from './options.ts';
import { drawWorld } from './options.ts';
import { Random } from './random.ts';
import { buildWorld } from './world-spec.ts';
import type { World } from './world.ts';

/** What a canary, or a test, puts between the driver and the world. */
export type Tampering = Pick<Interference, 'decide' | 'wrap'> & {
  readonly policy?: (policy: Policy) => Policy;
};

export interface Verdict {
  readonly seed: number;
  /** Undefined where all held. */
  readonly finding: string | undefined;
  readonly fingerprint: number;
  readonly last: readonly string[];
}

/** Once all trouble is over, the end has to come within so many hourly passes. */
const mostCalmPasses = 160;
/** So many passes in a row in which nothing moves: longer than the longest rest. */
const stillPasses = 10;
const hourMs = 3_600_000;
/** In calm, a daemon is started each hour and stopped after this long. */
const calmDaemonMs = 600_000;

/** Runs the world of that seed. Never rejects: an invariant that broke is the verdict's finding. */
export async function simulate(seed: number, tampering: Tampering = {}): Promise<Verdict> {
  const drawn = drawWorld(seed);
  const world = buildWorld(drawn.spec);
  let finding: string | undefined;
  try {
    await live(world, drawn, new Random(seed + 1), tampering);
  } catch (error) {
    finding = error instanceof Finding ? error.message : String((error as Error).stack);
  }
  return { seed, finding, fingerprint: world.trace.fingerprint, last: world.trace.last() };
}

async function live(world: World, drawn: DrawnWorld, random: Random, tampering: Tampering): Promise<void> {
  const { roughness, passes, isDaemon } = drawn;
  const { decide, wrap } = tampering;
  const checks = new Checks(world);
  const policy = tampering.policy?.(world.settings.policy) ?? world.settings.policy;
  const rough: Interference = {
    onPoint: roughly(world, random, roughness),
    policy,
    ...(decide && { decide }),
    ...(wrap && { wrap }),
  };
  for (let pass = 0; pass < passes; pass += 1) {
    for (let count = 0; count < 3 && random.chance(roughness.between); count += 1) {
      const words = random.pick([...slowEvents, ...suddenEvents])(world, random);
      if (words !== undefined) world.note(words);
      checks.everything();
    }
    const daemonMs = isDaemon ? random.pick([20_000, 300_000, 900_000]) : undefined;
    world.note(`${isDaemon ? 'daemon' : 'pass'} ${pass}`);
    const end = await runDriver(world, checks, { ...rough, ...(daemonMs && { daemonMs }) });
    world.note(end.kind);
    world.pass(random.pick([60_000, 600_000, hourMs, hourMs, 4 * hourMs]));
  }
  calm(world);
  const gentle = { ...rough, onPoint: () => undefined, ...(isDaemon && { daemonMs: calmDaemonMs }) };
  judgeEnd(world, await untilStill(world, checks, gentle));
}

/** Passes as cron starts them, or short lives of a daemon, until nothing is left, or nothing has moved for long. */
export async function untilStill(world: World, checks: Checks, interference: Interference): Promise<Moment> {
  let still = 0;
  let before = '';
  for (let pass = 0; pass < mostCalmPasses; pass += 1) {
    world.note(`calm pass ${pass}`);
    const end = await runDriver(world, checks, interference);
    if (end.kind === 'gave-up') throw new Finding(`in calm weather a pass gives up: ${end.fault.message}`);
    if (end.kind === 'killed') continue;
    if (end.moment === undefined) throw new Finding('in calm weather a daemon sees nothing');
    const { plan } = end.moment;
    const now = JSON.stringify(
      [progressOf(world), plan.waits.map(({ reason }) => lasting(reason))],
      withoutTimes,
    );
    still = now === before ? still + 1 : 0;
    before = now;
    if (plan.actions.length === 0 && (plan.waits.length === 0 || still >= stillPasses)) {
      return end.moment;
    }
    world.pass(hourMs);
  }
  throw new Finding(`after ${mostCalmPasses} calm passes there is still no end: ${before}`);
}

/** Grows while anything gets on. */
function progressOf(world: World): number {
  let progress = world.retired.size;
  for (const receipts of world.ledger.receipts.values()) progress += receipts.size;
  for (const files of world.ledger.pieces.values())
    for (const pieces of files.values()) progress += pieces.size;
  for (const { have } of world.rtorrent.torrents.values()) for (const bit of have) progress += bit;
  return progress;
}

/** What time alone makes of a wait that it cannot end is no movement. */
function lasting(reason: WaitReason): unknown {
  // Of the dead that make way in turn for what cannot start, nothing arrives whichever it is.
  if (['downloading', 'batch', 'stalled'].includes(reason.kind)) return 'nothing arrives';
  return reason.kind === 'ratio' && isForEver(reason.terms) ? { ...reason, seededMs: 0 } : reason;
}

/** A failure's count and times change with every attempt, though nothing moves. */
function withoutTimes(key: string, value: unknown): unknown {
  return key === 'failure' ? key : value;
}
