/** What a turn asks of the world: little, and of a world in which nothing happens next to nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';
import type { Infohash } from '../../../src/core/metainfo.ts';
import type { Retire } from '../../../src/core/action.ts';
import type { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { Turn } from '../../../src/driver/engine.ts';
import { Engine } from '../../../src/driver/engine.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import { Nudge } from '../../../src/driver/nudge.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import type { RemotePort } from '../../../src/ports/remote.ts';
import type { Place } from '../../../src/ports/seedbox.ts';
import { Checks } from '../../sim/checks.ts';
import { SimLedger } from '../../sim/sim-ledger.ts';
import { SimRemote } from '../../sim/sim-remote.ts';
import { SimRtorrent } from '../../sim/sim-rtorrent.ts';
import { simClock, simReporter } from '../../sim/sim-runtime.ts';
import { SimSeedbox } from '../../sim/sim-seedbox.ts';
import { quiet } from '../../sim/timers.ts';
import { buildWorld } from '../../sim/world-spec.ts';
import type { World } from '../../sim/world.ts';
import { downloads, makePolicy, makeReceipt } from '../../support/world.ts';

const kib = 1024;

/** An engine over a simulated world, and what it asked in its last turn. */
function engineOver(
  world: World,
  changes: {
    readonly remote?: Partial<RemotePort>;
    readonly decide?: typeof plan;
    readonly policy?: () => Policy;
    readonly nudge?: Nudge;
    readonly signal?: AbortSignal;
  } = {},
): { turn: () => Promise<readonly string[]>; engine: Engine; ports: Ports } {
  let asked: string[] = [];
  const checks = new Checks(world);
  const note = <P extends object>(name: string, port: P): P =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...values: readonly unknown[]): unknown => {
          const places = key === 'measure' ? ` of ${(values[1] as readonly Place[]).length}` : '';
          asked.push(`${name}.${String(key)}${places}`);
          return Reflect.apply(method, target, values) as unknown;
        };
      },
    });
  const ports: Ports = {
    rtorrent: note('rtorrent', new SimRtorrent(world, () => undefined)),
    remote: note('remote', Object.assign(new SimRemote(world, checks, () => undefined), changes.remote)),
    seedbox: note('seedbox', new SimSeedbox(world, checks, () => undefined)),
    ledger: new SimLedger(world.ledger),
    clock: simClock(world),
    reporter: simReporter(world),
  };
  const {
    decide,
    policy = () => world.settings.policy,
    nudge = new Nudge(),
    signal = new AbortController().signal,
  } = changes;
  const drive = {
    ports,
    policy,
    signal,
    monitor: new Monitor(),
    nudge,
    ...(decide && { decide }),
  };
  const engine = new Engine(drive);
  return {
    engine,
    ports,
    turn: async () => {
      asked = [];
      await engine.turn();
      return asked;
    },
  };
}

/** Three loaded, of which nothing comes; and one that finds no room. */
async function idleWorld(): Promise<{ world: World; turn: () => Promise<readonly string[]> }> {
  const swarm = { downBytesPerSecond: 0, upBytesPerSecond: 0 };
  const world = buildWorld({
    policy: makePolicy({ spaceLimitBytes: 200 * kib }),
    torrents: [40, 50, 60, 190].map((size) => ({ name: `t${size}`, files: [size * kib], swarm })),
  });
  const { turn } = engineOver(world);
  await turn();
  await turn();
  return { world, turn };
}

test('a turn in which nothing happened asks rtorrent once, no disk but the filesystem, and no remote', async () => {
  const { turn } = await idleWorld();
  for (let count = 0; count < 3; count += 1) {
    assert.deepEqual(await turn(), ['seedbox.scan', 'rtorrent.observe', 'seedbox.measure of 0']);
  }
});

test('only of what may have changed the disk is measured again', async () => {
  const { world, turn } = await idleWorld();
  const [loaded] = world.rtorrent.torrents.values();
  assert.ok(loaded !== undefined);
  loaded.isStarted = false;
  world.rtorrent.close(loaded);
  assert.ok((await turn()).includes('seedbox.measure of 1'));
  world.pass(11 * 60_000);
  assert.ok((await turn()).includes('seedbox.measure of 4'), 'what was seen long ago is measured again');
});

test('nothing is done on the strength of what was seen a while ago', async () => {
  const { world, turn } = await idleWorld();
  const [first] = world.rtorrent.torrents.keys();
  assert.ok(first !== undefined);
  world.rtorrent.erase(first);
  const asked = await turn();
  assert.ok(asked.includes('rtorrent.load'));
  const looks = asked.filter((call) => call.startsWith('seedbox.measure'));
  assert.deepEqual(looks, ['seedbox.measure of 1', 'seedbox.measure of 4']);
});

/** One that is complete and owes nothing, on its way to a slow remote. */
async function shippingWorld(
  changes: Parameters<typeof engineOver>[1] = {},
): Promise<{ world: World; engine: Engine; ports: Ports; infohash: Infohash }> {
  const world = buildWorld({
    torrents: [{ name: 'one', files: [64 * kib], role: 'managed' }],
    remoteBytesPerSecond: 1,
  });
  const { engine, ports } = engineOver(world, changes);
  await engine.turn();
  while (world.rtorrent.torrents.values().next().value?.completeSinceMs === undefined) world.pass(1_000);
  const [infohash] = world.rtorrent.torrents.keys();
  assert.ok(infohash !== undefined);
  return { world, engine, ports, infohash };
}

test('a pause ends what is under way, which has not failed, and a resumption goes on with it', async () => {
  const { engine, ports, infohash } = await shippingWorld();
  assert.deepEqual(
    (await engine.turn()).plan.actions.map(({ kind }) => kind),
    ['ship'],
  );
  await ports.ledger.setPaused(infohash, true);
  await engine.turn();
  await quiet();
  const paused = await engine.turn();
  assert.deepEqual(paused.snapshot.jobs, []);
  assert.deepEqual(
    paused.plan.waits.map(({ reason }) => reason.kind),
    ['paused'],
  );
  assert.deepEqual(paused.count, { done: 0, stale: 1, failed: 0 });
  assert.equal(paused.snapshot.ledger.failures.size, 0);
  await ports.ledger.setPaused(infohash, false);
  assert.deepEqual(
    (await engine.turn()).plan.actions.map(({ kind }) => kind),
    ['ship'],
  );
  await engine.end();
});

test('the end of what is under way wakes the loop, and so does a signal', async () => {
  let given = 0;
  const give = (): void => {
    given += 1;
  };
  const controller = new AbortController();
  const nudge = Object.assign(new Nudge(), { give });
  const { engine, ports, infohash } = await shippingWorld({ nudge, signal: controller.signal });
  await engine.turn();
  await ports.ledger.setPaused(infohash, true);
  assert.equal(given, 0);
  await engine.turn();
  await quiet();
  assert.equal(given, 1, 'it has ended');
  controller.abort();
  assert.equal(given, 2);
  await engine.end();
});

test('a new limit of bandwidth ends what is sent, which goes on with the new one; no other change does', async () => {
  const usual = makePolicy({ bandwidthBytesPerSecond: 5 });
  let policy = usual;
  const limits: number[] = [];
  const { world, engine, ports } = await shippingWorld({ policy: () => policy });
  const { ship } = ports.remote;
  ports.remote.ship = (order) => {
    limits.push(order.bandwidthBytesPerSecond);
    return ship(order);
  };
  /** What is under way at a look that follows what the turn before it began, or ended. */
  const jobsNow = async (): Promise<readonly string[]> => {
    await engine.turn();
    await quiet();
    return (await engine.turn()).snapshot.jobs.map(({ kind }) => kind);
  };
  assert.deepEqual(await jobsNow(), ['ship']);
  policy = { ...usual, maxTransfers: 9 };
  assert.deepEqual(await jobsNow(), ['ship']);
  assert.deepEqual(limits, [5]);
  policy = { ...usual, bandwidthBytesPerSecond: 7 };
  assert.deepEqual(await jobsNow(), []);
  assert.deepEqual(await jobsNow(), ['ship']);
  assert.deepEqual(limits, [5, 7]);
  assert.equal(world.ledger.failures.size, 0, 'what was ended has not failed');
  await engine.end();
});

for (const kind of ['unreachable', 'garbled'] as const) {
  test(`a transfer that begins while rtorrent is away has not failed: ${kind}`, async () => {
    const { engine, ports } = await shippingWorld();
    const look = ports.rtorrent.look.bind(ports.rtorrent);
    Object.assign(ports.rtorrent, {
      look: () => Promise.reject(new Fault(kind, 'rtorrent does not answer')),
    });
    const first = await engine.turn();
    await quiet();
    Object.assign(ports.rtorrent, { look });
    const next = await engine.turn();
    // It may end within the turn that began it.
    assert.equal(first.count.stale + next.count.stale, 1);
    assert.equal(next.snapshot.ledger.failures.size, 0);
    assert.deepEqual(
      next.plan.actions.map((action) => action.kind),
      ['ship'],
    );
    await engine.end();
  });
}

/** Two that are to be loaded; rtorrent has gone since it was looked at, or goes as it is handed the first. */
async function turnsAround(changes: Partial<Ports['rtorrent']>): Promise<readonly Turn[]> {
  const torrents = ['one', 'other'].map((name) => ({ name, files: [40 * kib] }));
  const world = buildWorld({ policy: makePolicy(), torrents });
  const { engine, ports } = engineOver(world);
  const { look, load } = ports.rtorrent;
  Object.assign(ports.rtorrent, changes);
  const first = await engine.turn();
  Object.assign(ports.rtorrent, { look, load });
  return [first, await engine.turn(), await engine.turn()];
}

const away = (): Promise<never> => Promise.reject(new Fault('unreachable', 'rtorrent does not answer'));

test('what met no rtorrent at all has not failed, and is done as soon as it is back', async () => {
  const [first, next, last] = await turnsAround({ look: away });
  assert.deepEqual(
    first?.plan.actions.map(({ kind }) => kind),
    ['load', 'load'],
  );
  assert.equal(next?.snapshot.ledger.failures.size, 0);
  assert.deepEqual(
    next.plan.actions.map(({ kind }) => kind),
    ['load', 'load'],
  );
  assert.equal(last?.snapshot.rtorrent.seen && last.snapshot.rtorrent.value.torrents.size, 2);
});

test('what rtorrent may have died of rests, and is not handed to it again at once', async () => {
  const [, next] = await turnsAround({ load: away });
  assert.equal(next?.snapshot.ledger.failures.size, 2);
  assert.deepEqual(next.plan.actions, []);
});

test('no deletion waits for the word of the remote about another', async () => {
  const torrents = ['one', 'other'].map((name) => ({ name, files: [40 * kib] }));
  const world = buildWorld({ policy: makePolicy(), torrents });
  let asked = 0;
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  // Neither is answered before both have asked; then nothing is there, so that nothing is deleted.
  const list: RemotePort['list'] = async () => {
    asked += 1;
    if (asked === torrents.length) answer();
    await answered;
    return new Map();
  };
  const decide: typeof plan = ({ managed }) => {
    const actions = [...managed.values()].map((one): Retire => {
      const receipts = [makeReceipt(one.metainfo, 0)];
      return { kind: 'retire', managed: one, directory: downloads, receipts };
    });
    return { actions, waits: [], space: undefined };
  };
  await engineOver(world, { remote: { list }, decide }).turn();
  assert.equal(asked, torrents.length);
});
