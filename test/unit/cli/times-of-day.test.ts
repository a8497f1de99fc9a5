/** The policy by the clock on the wall: what is in force, and the same object as long as nothing changes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timed } from '../../../src/cli/times-of-day.ts';
import { policyAt, policyInForce } from '../../../src/cli/times-of-day.ts';
import { makePolicy } from '../../support/world.ts';

const night = { fromMinute: 60, toMinute: 420 };

function configured(changes: Partial<Timed['policy']> = {}): Timed {
  return {
    policy: makePolicy({ maxTransfers: 2, bandwidthBytesPerSecond: 100, ...changes }),
    timesOfDay: {
      maxTransfers: { usual: 2, times: [{ ...night, value: 5 }] },
      bandwidthBytesPerSecond: { usual: 100, times: [{ ...night, value: 0 }] },
    },
  };
}

function at(hours: number, minutes: number): Date {
  return new Date(2026, 5, 1, hours, minutes);
}

test('the policy goes by the local time', () => {
  const inForce = (date: Date): readonly number[] => {
    const { maxTransfers, bandwidthBytesPerSecond } = policyAt(configured(), date);
    return [maxTransfers, bandwidthBytesPerSecond];
  };
  assert.deepEqual(inForce(at(0, 59)), [2, 100]);
  assert.deepEqual(inForce(at(1, 0)), [5, 0]);
  assert.deepEqual(inForce(at(6, 59)), [5, 0]);
  assert.deepEqual(inForce(at(7, 0)), [2, 100]);
});

test('while nothing changes it is the same object; a time of day and a new configuration make another', () => {
  let configuration = configured();
  let now = at(0, 0);
  const policy = policyInForce(
    () => configuration,
    () => now,
  );
  const first = policy();
  assert.equal(policy(), first);
  now = at(2, 0);
  const second = policy();
  assert.notEqual(second, first);
  assert.equal(policy(), second);
  now = at(8, 0);
  assert.deepEqual(policy(), first);
  configuration = configured({ spaceLimitBytes: 7 });
  assert.equal(policy().spaceLimitBytes, 7);
  assert.equal(policy(), policy());
});
