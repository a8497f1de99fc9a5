/** The driver is killed between every two calls of a port, and in the middle of them, in every named scenario. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScenario } from './crash.ts';
import { queueScenarios } from './queue-scenarios.ts';
import { streamScenarios } from './stream-scenarios.ts';
import { scenarios } from './scenarios.ts';
import { thousandFiles, windowScenarios } from './window-scenarios.ts';

describe('killed at any point, the driver comes to the same end', () => {
  for (const scenario of [...scenarios, ...queueScenarios, ...streamScenarios, ...windowScenarios]) {
    it(scenario.name, async () => {
      const clean = await runScenario(scenario);
      assert.ok(clean.points > 50);
      for (let point = 1; point <= clean.points; point += 1) {
        const { end, last } = await runScenario(scenario, point);
        if (scenario.endMayDiffer !== undefined) continue;
        assert.equal(end, clean.end, `killed at point ${point}\n${last.slice(-40).join('\n')}`);
      }
    });
  }
});

describe('without an accident', () => {
  it('a thousand files go through a quarter of their space', async () => {
    const { end } = await runScenario(thousandFiles);
    assert.equal(end.split('\n').filter((line) => line.startsWith('a/file-')).length, 1_000);
  });
});
