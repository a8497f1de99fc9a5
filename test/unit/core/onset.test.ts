/** Onsets: a problem lasts from the look that saw it first until it has been gone for long. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastingSinceMs, onsetChanges } from '../../../src/core/onset.ts';
import type { Onset } from '../../../src/core/snapshot.ts';

const hour = 3_600_000;

/** Looks at so many milliseconds, each with the ids that it saw; answers what is remembered after the last one. */
function remembered(looks: readonly (readonly [atMs: number, ids: string, isAllSeen?: boolean])[]) {
  const known = new Map<string, Onset>();
  for (const [atMs, ids, isAllSeen = true] of looks) {
    for (const [id, onset] of onsetChanges(ids.split(' ').filter(Boolean), known, isAllSeen, atMs)) {
      if (onset === undefined) known.delete(id);
      else known.set(id, onset);
    }
  }
  return Object.fromEntries([...known].map(([id, { sinceMs, goneAtMs }]) => [id, [sinceMs, goneAtMs]]));
}

test('it begins with the look that sees it first, and nothing is written while it lasts', () => {
  assert.deepEqual(
    remembered([
      [5, 'a'],
      [7, 'a b'],
      [9, 'a b'],
    ]),
    { a: [5, undefined], b: [7, undefined] },
  );
  const known = new Map([['a', { sinceMs: 5, goneAtMs: undefined }]]);
  assert.equal(onsetChanges(['a'], known, true, 9).size, 0);
});

test('what comes back soon was never over; what is gone for long is forgotten, and begins anew', () => {
  assert.deepEqual(
    remembered([
      [5, 'a'],
      [10, ''],
      [hour, 'a'],
    ]),
    { a: [5, undefined] },
  );
  assert.deepEqual(
    remembered([
      [5, 'a'],
      [10, ''],
      [20, ''],
    ]),
    { a: [5, 10] },
  );
  assert.deepEqual(
    remembered([
      [5, 'a'],
      [10, ''],
      [2 * hour, ''],
    ]),
    {},
  );
  assert.deepEqual(
    remembered([
      [5, 'a'],
      [10, ''],
      [2 * hour, 'a'],
    ]),
    { a: [2 * hour, undefined] },
  );
});

test('where not all was seen, nothing is taken for gone', () => {
  assert.deepEqual(
    remembered([
      [5, 'a'],
      [10, 'dark', false],
      [9 * hour, 'a dark', false],
    ]),
    {
      a: [5, undefined],
      dark: [10, undefined],
    },
  );
});

test('a clock that was set back makes nothing last from the future', () => {
  assert.equal(lastingSinceMs({ sinceMs: 100, goneAtMs: undefined }, 50), 50);
  assert.equal(lastingSinceMs({ sinceMs: 1, goneAtMs: 9 * hour }, 50), 50);
});
