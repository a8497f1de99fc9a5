/** Rests after failures: they grow, they end, and a clock that is set back does not make them last. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Failure } from '../../../src/core/snapshot.ts';
import { isResting, mends, nextFailure, stallStep } from '../../../src/core/retry.ts';
import { nowMs } from '../../support/world.ts';

const minute = 60_000;
const failed = { step: 'ship', message: 'the remote is full', remedy: 'make room there' };

function failuresInARow(count: number): readonly Failure[] {
  const failures: Failure[] = [];
  for (let index = 0; index < count; index += 1) failures.push(nextFailure(failures.at(-1), failed, nowMs));
  return failures;
}

describe('nextFailure', () => {
  it('counts, doubles the rest, and stops at six hours', () => {
    const failures = failuresInARow(9);
    assert.deepEqual(
      failures.map(({ count }) => count),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.deepEqual(
      failures.map(({ retryAtMs }) => (retryAtMs - nowMs) / minute),
      [5, 10, 20, 40, 80, 160, 320, 360, 360],
    );
  });

  it('remembers when the first of the row was', () => {
    const first = nextFailure(undefined, failed, nowMs - 5 * minute);
    const second = nextFailure(first, failed, nowMs);
    assert.deepEqual([first.sinceMs, second.sinceMs], [nowMs - 5 * minute, nowMs - 5 * minute]);
  });

  it('keeps the rest within its bounds for ever', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (count) => {
        const previous = { ...failed, count, sinceMs: nowMs, atMs: nowMs, retryAtMs: nowMs };
        const restMs = nextFailure(previous, failed, nowMs).retryAtMs - nowMs;
        assert.ok(restMs >= 5 * minute && restMs <= 360 * minute);
      }),
    );
  });

  it('records what failed last, not what failed before', () => {
    const next = nextFailure(
      failuresInARow(1)[0],
      { step: 'load', message: 'no answer', remedy: undefined },
      7,
    );
    assert.deepEqual(next, {
      step: 'load',
      message: 'no answer',
      remedy: undefined,
      count: 2,
      sinceMs: nowMs,
      atMs: 7,
      retryAtMs: 7 + 10 * minute,
    });
  });
});

describe('isResting', () => {
  const failure = nextFailure(undefined, failed, nowMs);

  it('lasts from the failure to the moment of the next try', () => {
    assert.equal(isResting(failure, nowMs), true);
    assert.equal(isResting(failure, failure.retryAtMs - 1), true);
    assert.equal(isResting(failure, failure.retryAtMs), false);
  });

  it('is over when the clock was set back behind the failure', () => {
    assert.equal(isResting(failure, nowMs - 1), false);
  });

  it('is never without a failure', () => {
    assert.equal(isResting(undefined, nowMs), false);
  });
});

describe('mends', () => {
  const after = (step: string) => ({ ...nextFailure(undefined, { ...failed, step }, nowMs) });

  it('is the step that failed, or the end', () => {
    assert.equal(mends('ship', after('ship')), true);
    assert.equal(mends('load', after('ship')), false);
    assert.equal(mends('select', after('roll')), true);
    assert.equal(mends('purge', after('ship')), true);
    assert.equal(mends('set-aside', after('set-aside')), false);
    assert.equal(mends('retire', after(stallStep)), true);
  });

  it('is not what is purged of a torrent that was set aside: it rests, for others to have their turn', () => {
    assert.equal(mends('purge', after(stallStep)), false);
    assert.equal(mends('select', after(stallStep)), false);
  });
});
