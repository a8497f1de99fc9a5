/** Looks at the remote: each path is good for a while as long as nothing is done about it, and a remote that is down has its rest. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { Fault } from '../../../src/core/fault.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { RemoteLook } from '../../../src/driver/remote-look.ts';

const [a, b, c, d] = [asByteString('a'), asByteString('b'), asByteString('c'), asByteString('d')];

/** A look at a remote that holds one byte under each path but one, on a clock that is set by hand. */
function makeLook(): {
  readonly look: RemoteLook;
  readonly asked: string[];
  readonly world: { nowMs: number; fault: Fault | undefined; absent?: ByteString; latencyMs?: number };
} {
  const world: ReturnType<typeof makeLook>['world'] = { nowMs: 1_000_000, fault: undefined };
  const asked: string[] = [];
  const list = (paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>> => {
    asked.push(paths.join());
    world.nowMs += world.latencyMs ?? 0;
    return world.fault === undefined
      ? Promise.resolve(new Map(paths.filter((path) => path !== world.absent).map((path) => [path, 1])))
      : Promise.reject(world.fault);
  };
  const clock = { nowMs: () => world.nowMs, sleep: () => Promise.resolve() };
  return { look: new RemoteLook({ remote: { list }, clock } as unknown as Ports), asked, world };
}

describe('RemoteLook', () => {
  it('asks nothing where nothing is wanted', async () => {
    const { look, asked } = makeLook();
    assert.equal((await look.list([])).size, 0);
    assert.deepEqual(asked, []);
  });

  it('does not ask for the same path again within thirty seconds', async () => {
    const { look, asked, world } = makeLook();
    const first = await look.list([a]);
    world.nowMs += 29_999;
    assert.deepEqual(await look.list([a]), first);
    world.nowMs += 1;
    await look.list([a]);
    assert.deepEqual(asked, ['a', 'a']);
  });

  it('tells what it has seen since a moment, and for how long it was waited', async () => {
    const { look, world } = makeLook();
    const beganAtMs = world.nowMs;
    world.latencyMs = 300;
    await look.list([a]);
    assert.deepEqual([look.hasSeenSince(beganAtMs, [a]), look.waitedMs], [true, 300]);
    assert.equal(look.hasSeenSince(beganAtMs, [a, b]), false);
    assert.equal(look.hasSeenSince(beganAtMs + 1, [a]), false);
    look.forget([a]);
    assert.equal(look.hasSeenSince(beganAtMs, [a]), false);
    world.fault = new Fault('failed', 'no answer');
    await assert.rejects(look.list([b]));
    assert.equal(look.waitedMs, 600);
  });

  it('asks for what is new alone, and with it for what will be old soon', async () => {
    const { look, asked, world } = makeLook();
    await look.list([a]);
    assert.deepEqual([...(await look.list([a, b])).keys()], [a, b]);
    world.nowMs += 14_999;
    await look.list([a, b, c]);
    world.nowMs += 1;
    await look.list([a, b, c, d]);
    assert.deepEqual(asked, ['a', 'b', 'c', 'a,b,d']);
  });

  it('remembers what was not there, and forgets what nobody asks for any more', async () => {
    const { look, asked, world } = makeLook();
    world.absent = a;
    assert.equal((await look.list([a, b])).has(a), false);
    assert.equal((await look.list([a])).has(a), false);
    await look.list([a, b]);
    assert.deepEqual(asked, ['a,b', 'b']);
  });

  it('asks again about what was done, about all where that is not known, and where the clock was set back', async () => {
    const { look, asked, world } = makeLook();
    await look.list([a, b]);
    look.forget([a]);
    await look.list([a, b]);
    look.forget();
    await look.list([a, b]);
    world.nowMs -= 60_000;
    await look.list([a, b]);
    assert.deepEqual(asked, ['a,b', 'a', 'a,b', 'a,b']);
  });

  it('believes what a transfer has just seen', async () => {
    const { look, asked } = makeLook();
    look.learn(new Map([[a, { sizeBytes: 7 }]]));
    assert.deepEqual(await look.list([a]), new Map([[a, { sizeBytes: 7 }]]));
    assert.deepEqual(asked, []);
  });

  it('lets a remote that does not answer rest, longer each time, and remembers nothing from before', async () => {
    const { look, asked, world } = makeLook();
    await look.list([a]);
    world.nowMs += 30_000;
    world.fault = new Fault('unreachable', 'no route to host');
    const moments: number[] = [];
    for (let second = 0; second < 200; second += 1) {
      const before = asked.length;
      await assert.rejects(look.list([a]), world.fault);
      if (asked.length > before) moments.push(second);
      world.nowMs += 1_000;
    }
    assert.deepEqual(moments, [0, 2, 6, 14, 30, 62, 122, 182]);
    world.fault = undefined;
    world.nowMs += 60_000;
    assert.equal((await look.list([a])).size, 1);
  });
});
