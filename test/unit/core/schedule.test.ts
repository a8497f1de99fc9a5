/** Values by time of day: as written, over midnight, and at every border. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Schedule } from '../../../src/core/schedule.ts';
import { parseSchedule, valueAt } from '../../../src/core/schedule.ts';
import { parseBytes } from '../../../src/core/units.ts';

function read(text: string): Schedule<number> | undefined {
  return parseSchedule(text, parseBytes);
}

function valuesAt(text: string, ...minutes: readonly number[]): readonly number[] {
  const schedule = read(text) ?? assert.fail(`${text} is no schedule`);
  return minutes.map((minute) => valueAt(schedule, minute));
}

describe('parseSchedule', () => {
  it('reads a value alone, and values by time of day', () => {
    assert.deepEqual(read('2MiB'), { usual: 2 * 1024 ** 2, times: [] });
    assert.deepEqual(read(' 9 , 01:00-07:30 0,22:05 - 24:00 7k'), {
      usual: 9,
      times: [
        { fromMinute: 60, toMinute: 450, value: 0 },
        { fromMinute: 1325, toMinute: 1440, value: 7_000 },
      ],
    });
  });

  it('refuses what is written in another way', () => {
    const wrong = [
      ...['', ',', 'fast', '9,', '9, 7', '9, 01:00 7', '9, 01:00-07:00', '9, 01:00-07:00 fast'],
      ...['9, 25:00-26:00 7', '9, 01:60-07:00 7', '9, 01:00-01:00 7', '9, 24:00-01:00 7', '9, 1-7 7'],
      ...['01:00-07:00 7', '9; 01:00-07:00 7', '9, 24:01-07:00 7'],
    ];
    for (const text of wrong) assert.equal(read(text), undefined, text);
  });
});

describe('valueAt', () => {
  it('holds from the first minute to the one before the last', () => {
    assert.deepEqual(valuesAt('9, 01:00-07:00 0', 0, 59, 60, 419, 420, 1439), [9, 9, 0, 0, 9, 9]);
  });

  it('goes over midnight', () => {
    assert.deepEqual(valuesAt('9, 23:00-01:00 0', 0, 59, 60, 1379, 1380, 1439), [0, 0, 9, 9, 0, 0]);
    assert.deepEqual(valuesAt('9, 23:00-24:00 0', 0, 1379, 1380, 1439), [9, 9, 0, 0]);
    assert.deepEqual(valuesAt('9, 23:00-00:00 0', 0, 1379, 1380, 1439), [9, 9, 0, 0]);
  });

  it('takes the first of times that overlap', () => {
    assert.deepEqual(valuesAt('9, 01:00-03:00 1, 02:00-04:00 2', 60, 120, 180, 240), [1, 1, 2, 9]);
  });
});
