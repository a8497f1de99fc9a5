/** One life of the driver's process in the simulated world: a pass as cron starts it, or a daemon, to its end or its death. */

import type { Plan } from '../../src/core/action.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import { plan } from '../../src/core/plan.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { runDaemon } from '../../src/driver/daemon.ts';
import type { Drive } from '../../src/driver/engine.ts';
import type { Moment } from '../../src/driver/monitor.ts';
import { Monitor } from '../../src/driver/monitor.ts';
import { Nudge } from '../../src/driver/nudge.ts';
import { runPass } from '../../src/driver/pass.ts';
import type { Ports } from '../../src/driver/ports.ts';
import type { Checks } from './checks.ts';
import { Finding, Killed } from './finding.ts';
import { SimLedger } from './sim-ledger.ts';
import { SimRemote } from './sim-remote.ts';
import { SimRtorrent } from './sim-rtorrent.ts';
import { simClock, simReporter } from './sim-runtime.ts';
import { SimSeedbox } from './sim-seedbox.ts';
import { quiet } from './timers.ts';
import type { World } from './world.ts';

type Decide = (snapshot: Snapshot, policy: Policy) => Plan;

/** Where a run may be interfered with. */
export interface Interference {
  /** Called before and after every call of a port, and at the seams within one; may throw a `Fault` or `Killed`. */
  readonly onPoint: (label: string, hands: Hands) => void;
  readonly decide?: Decide;
  readonly policy?: Policy;
  /** The daemon runs, and is told to stop after this long; a pass by default. */
  readonly daemonMs?: number;
  /** Puts something of its own between the driver and the world: how the canaries are made. */
  readonly wrap?: (ports: Ports, world: World) => Ports;
}

/** What others can do to the process. */
export interface Hands {
  readonly abort: () => void;
  readonly nudge: () => void;
}

export type RunEnd =
  /** With its last look; undefined for a daemon that could never look. */
  | { readonly kind: 'ended'; readonly moment: Moment | undefined }
  | { readonly kind: 'killed' }
  | { readonly kind: 'gave-up'; readonly fault: Fault };

/** More looks than this in one life, and it goes round in circles: a run looks each second, and a slow transfer takes hours. */
const mostLooks = 30_000;
/** A short day: its second half has a policy of its own. */
const dayMs = 200_000;
/** What a call takes. */
const callMs = 5;

export async function runDriver(world: World, checks: Checks, interference: Interference): Promise<RunEnd> {
  const life = { isDead: false };
  const controller = new AbortController();
  const nudge = new Nudge();
  const monitor = new Monitor();
  const point = (label: string): void => {
    if (life.isDead) throw new Killed();
    world.pass(callMs);
    try {
      interference.onPoint(label, { abort: () => controller.abort(), nudge: nudge.give });
    } catch (error) {
      if (error instanceof Killed) life.isDead = true;
      world.note(error instanceof Error ? `${label}: ${error.message}` : label);
      throw error;
    }
    checks.everything();
  };
  let looks = 0;
  const decide: Decide = (snapshot, policy) => {
    looks += 1;
    if (looks > mostLooks) throw new Finding(`${mostLooks} looks in one life, and no end`);
    const decided = (interference.decide ?? plan)(snapshot, policy);
    checks.planned(decided, snapshot);
    return decided;
  };
  const plain = portsOf(world, checks, point);
  const ports = guardAll(interference.wrap?.(plain, world) ?? plain, world, checks, point);
  checks.beginPass();
  world.onChange = () => checks.everything();
  const policy = interference.policy ?? world.settings.policy;
  // What a user writes for some hours of the day, or a reload brings, comes and goes under a daemon.
  const byNight = { ...policy, maxTransfers: 1, bandwidthBytesPerSecond: 1 };
  const isNight = (): boolean => interference.daemonMs !== undefined && world.elapsedMs % dayMs > dayMs / 2;
  const policyByTheClock = (): Policy => (isNight() ? byNight : policy);
  const drive: Drive = { ports, policy: policyByTheClock, signal: controller.signal, monitor, nudge, decide };
  const running = interference.daemonMs === undefined ? runPass(drive) : liveAsDaemon(interference.daemonMs);
  return await untilEnd(world, running, life);

  async function liveAsDaemon(lifeMs: number): Promise<Moment | undefined> {
    const callOff = world.timers.at(world.elapsedMs + lifeMs, () => controller.abort());
    await runDaemon(drive);
    callOff();
    return monitor.current();
  }
}

/** The ports over the world, with nothing in between. */
export function portsOf(world: World, checks: Checks, point: (label: string) => void): Ports {
  return {
    rtorrent: new SimRtorrent(world, point),
    remote: new SimRemote(world, checks, point),
    seedbox: new SimSeedbox(world, checks, point),
    ledger: new SimLedger(world.ledger),
    clock: simClock(world),
    reporter: simReporter(world),
  };
}

/** Lets time pass whenever the driver has nothing to do but wait. */
async function untilEnd(
  world: World,
  running: Promise<Moment | undefined>,
  life: { isDead: boolean },
): Promise<RunEnd> {
  const state: { end?: RunEnd; broken?: unknown } = {};
  running.then(
    (moment) => (state.end = { kind: 'ended', moment }),
    (error: unknown) => {
      if (error instanceof Fault) state.end = { kind: 'gave-up', fault: error };
      else if (!(error instanceof Killed)) state.broken = error;
    },
  );
  for (;;) {
    await quiet();
    if (state.broken !== undefined) throw state.broken as Error;
    const end = life.isDead ? ({ kind: 'killed' } as const) : state.end;
    if (end !== undefined) {
      // With the process all ends that it had begun and nobody waited for.
      life.isDead = true;
      world.timers.clear();
      return end;
    }
    const timer = world.timers.next();
    if (timer === undefined) throw new Finding('the driver waits for nothing, for ever');
    world.pass(Math.max(0, timer.atMs - world.elapsedMs));
    timer.wake();
  }
}

function guardAll(ports: Ports, world: World, checks: Checks, point: (label: string) => void): Ports {
  const guard = <P extends object>(name: string, port: P): P =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        const label = `${name}.${String(key)}`;
        return async (...values: readonly unknown[]): Promise<unknown> => {
          const infohash = infohashIn(values[0]);
          point(`${label} before`);
          checks.called(label, infohash, directoryIn(values));
          world.note(label);
          const answer: unknown = await Reflect.apply(method, target, values);
          point(`${label} after`);
          return answer;
        };
      },
    });
  const { rtorrent, remote, seedbox, ledger, clock, reporter } = ports;
  return {
    rtorrent: guard('rtorrent', rtorrent),
    remote: guard('remote', remote),
    seedbox: guard('seedbox', seedbox),
    ledger: guard('ledger', ledger),
    clock,
    reporter,
  };
}

/** The torrent that a call is about, by its first argument. */
function infohashIn(value: unknown): Infohash | undefined {
  if (typeof value === 'string') return value as Infohash;
  if (typeof value !== 'object' || value === null) return undefined;
  const { managed, metainfo } = value as {
    managed?: { metainfo: { infohash: Infohash } };
    metainfo?: { infohash: Infohash };
  };
  return metainfo?.infohash ?? managed?.metainfo.infohash;
}

/** Where a torrent is loaded, by the call's arguments. */
function directoryIn([first, second]: readonly unknown[]): ByteString | undefined {
  if (typeof second === 'string') return second as ByteString;
  return typeof first === 'object' && first !== null
    ? (first as { directory?: ByteString }).directory
    : undefined;
}
