/** Thousands of worlds, each from its seed: nothing unsafe in trouble, an end in calm, the same run for the same seed. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planInAnyOrder } from './permute.ts';
import type { Verdict } from './simulate.ts';
import { simulate } from './simulate.ts';

const worlds = 2_000;

function expectGreen({ seed, finding, last }: Verdict): void {
  assert.equal(finding, undefined, `seed ${seed}: ${finding ?? ''}\n${last.slice(-40).join('\n')}`);
}

describe('the simulator', () => {
  it(`finds nothing in ${worlds} worlds`, async () => {
    for (let seed = 1; seed <= worlds; seed += 1) expectGreen(await simulate(seed));
  });

  it('runs the same world for the same seed', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const [one, other] = [await simulate(seed), await simulate(seed)];
      assert.equal(one.fingerprint, other.fingerprint, `seed ${seed}`);
      assert.deepEqual(one, other);
    }
  });

  it('runs another world for another seed', async () => {
    const prints = new Set<number>();
    for (let seed = 1; seed <= 40; seed += 1) prints.add((await simulate(seed)).fingerprint);
    assert.equal(prints.size, 40);
  });

  it('sees the same plan for the same snapshot in another order', async () => {
    for (let seed = 1; seed <= 300; seed += 1) expectGreen(await simulate(seed, { decide: planInAnyOrder }));
  });
});
