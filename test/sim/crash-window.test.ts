/** The driver is killed at every point of the scenarios about torrents that are fetched in parts. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comesToTheSameEnd } from './crash-check.ts';
import { runScenario } from './crash.ts';
import { longWindowScenarios, thousandFiles, windowScenarios } from './window-scenarios.ts';

comesToTheSameEnd(windowScenarios);
comesToTheSameEnd(longWindowScenarios, 17);

describe('without an accident', () => {
  it('a thousand files go through a quarter of their space', async () => {
    const { end } = await runScenario(thousandFiles);
    assert.equal(end.split('\n').filter((line) => line.startsWith('a/file-')).length, 1_000);
  });
});
