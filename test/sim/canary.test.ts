/** A simulator that finds nothing may be blind: each broken planner, and each pair of broken hands, has to be found out. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canaries, firstCatch } from './canary.ts';
import { simulate } from './simulate.ts';

const most = 1_000;

describe('the simulator finds out a driver that', () => {
  for (const canary of canaries) {
    it(canary.name, async (context) => {
      const caught = await firstCatch(canary, most, simulate);
      assert.ok(caught !== undefined, `not within ${most} worlds`);
      context.diagnostic(`seed ${caught.seed}: ${caught.finding}`);
    });
  }
});
