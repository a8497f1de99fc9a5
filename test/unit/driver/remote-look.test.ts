/** Looks at the remote: one is good for a while as long as nothing is done, and a remote that is down has its rest. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { Fault } from '../../../src/core/fault.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { RemoteLook } from '../../../src/driver/remote-look.ts';

const [a, b] = [asByteString('a'), asByteString('b')];

/** A look at a remote that holds one byte under each path, on a clock that is set by hand. */
function makeLook(): {
  readonly look: RemoteLook;
  readonly asked: string[];
  readonly world: { nowMs: number; fault: Fault | undefined };
} {
  const world: { nowMs: number; fault: Fault | undefined } = { nowMs: 1_000_000, fault: undefined };
  const asked: string[] = [];
  const list = (paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>> => {
    asked.push(paths.join());
    return world.fault === undefined
      ? Promise.resolve(new Map(paths.map((path) => [path, 1])))
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

  it('does not ask the same again within ten seconds', async () => {
    const { look, asked, world } = makeLook();
    const first = await look.list([a]);
    world.nowMs += 9_999;
    assert.equal(await look.list([a]), first);
    world.nowMs += 1;
    await look.list([a]);
    assert.deepEqual(asked, ['a', 'a']);
  });

  it('asks again once something was done, something else is wanted, or the clock was set back', async () => {
    const { look, asked, world } = makeLook();
    await look.list([a]);
    look.forget();
    await look.list([a]);
    await look.list([a, b]);
    world.nowMs -= 60_000;
    await look.list([a, b]);
    assert.deepEqual(asked, ['a', 'a', 'a,b', 'a,b']);
  });

  it('lets a remote that does not answer rest, longer each time, and remembers nothing from before', async () => {
    const { look, asked, world } = makeLook();
    await look.list([a]);
    world.nowMs += 10_000;
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
