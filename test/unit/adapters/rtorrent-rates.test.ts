/** Rates: a mean over a minute is told right while less than that has passed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateSince } from '../../../src/adapters/rtorrent-rates.ts';

const loadedAtMs = 1_800_000_000_000;

for (const [elapsedMs, rate] of [
  [20_000, 3_000],
  [59_999, 1_000],
  [60_000, 1_000],
  [3_600_000, 1_000],
  // Too early to divide by.
  [1_000, 30_000],
  [0, 30_000],
  // The clock was set back.
  [-1, 1_000],
] as const) {
  test(`1000 B/s over a minute are ${rate} B/s, ${elapsedMs} ms after the load`, () => {
    assert.equal(rateSince(loadedAtMs, loadedAtMs + elapsedMs, 1_000), rate);
  });
}

test('where the time of the load is not told, the rate is as it is told', () => {
  assert.equal(rateSince(undefined, loadedAtMs, 1_000), 1_000);
});
