/** What a turn asks of the world: little, and of a world in which nothing happens next to nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../src/driver/engine.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import { Nudge } from '../../../src/driver/nudge.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import type { Place } from '../../../src/ports/seedbox.ts';
import { Checks } from '../../sim/checks.ts';
import { SimLedger } from '../../sim/sim-ledger.ts';
import { SimRemote } from '../../sim/sim-remote.ts';
import { SimRtorrent } from '../../sim/sim-rtorrent.ts';
import { simClock, simReporter } from '../../sim/sim-runtime.ts';
import { SimSeedbox } from '../../sim/sim-seedbox.ts';
import { buildWorld } from '../../sim/world-spec.ts';
import type { World } from '../../sim/world.ts';
import { makePolicy } from '../../support/world.ts';

const kib = 1024;

/** An engine over a simulated world, and what it asked in its last turn. */
function engineOver(world: World): { turn: () => Promise<readonly string[]> } {
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
    remote: note('remote', new SimRemote(world, checks, () => undefined)),
    seedbox: note('seedbox', new SimSeedbox(world, checks, () => undefined)),
    ledger: new SimLedger(world.ledger),
    clock: simClock(world),
    reporter: simReporter(world),
  };
  const { policy } = world.settings;
  const { signal } = new AbortController();
  const drive = { ports, policy: () => policy, signal, monitor: new Monitor(), nudge: new Nudge() };
  const engine = new Engine(drive);
  return {
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
  world.pass(6 * 60_000);
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
