import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comparePriorities, isPriority, priorities } from '../../../src/core/priority.ts';

describe('priorities', () => {
  it('are listed as they are ordered', () => {
    assert.deepEqual([...priorities].reverse().sort(comparePriorities), priorities);
    assert.equal(comparePriorities('low', 'low'), 0);
  });

  it('are told from other words', () => {
    assert.ok(priorities.every(isPriority));
    assert.deepEqual(['', 'HIGH', 'urgent'].map(isPriority), [false, false, false]);
  });
});
