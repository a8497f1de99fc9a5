/** States for each scenario that it comes to the same end, at whatever point of it the driver is killed. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScenario } from './crash.ts';
import type { Scenario } from './scenarios.ts';

/**
 * Kills the driver between every two calls of a port, and in the middle of them. With a `usualStep` at every so-many-th point, for
 * long scenarios: a prime, so that it meets each call of a loop in turn. `CRASH_STEP=1` has them killed at every point as well.
 */
export function comesToTheSameEnd(scenarios: readonly Scenario[], usualStep = 1): void {
  const step = Math.min(usualStep, Number(process.env['CRASH_STEP'] ?? usualStep));
  const often = step === 1 ? 'at any point' : `every ${step} points`;
  describe(`killed ${often}, the driver comes to the same end`, () => {
    for (const scenario of scenarios) {
      it(scenario.name, async () => {
        const clean = await runScenario(scenario);
        assert.ok(clean.points > 50);
        for (let point = 1; point <= clean.points; point += step) {
          const { end, last } = await runScenario(scenario, point);
          if (scenario.endMayDiffer !== undefined) continue;
          assert.equal(end, clean.end, `killed at point ${point}\n${last.slice(-40).join('\n')}`);
        }
      });
    }
  });
}
