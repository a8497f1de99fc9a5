/** A nudge ends the pause under way, or the next one; a pause without one lasts as long as it was to. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Nudge } from '../../../src/driver/nudge.ts';
import type { ClockPort } from '../../../src/ports/runtime.ts';

/** A clock on which a pause lasts until it is ended by hand, or woken. */
function handClock(): { readonly clock: ClockPort; readonly pauses: number[]; readonly end: () => void } {
  const pauses: number[] = [];
  let end = (): void => undefined;
  const clock: ClockPort = {
    nowMs: () => 0,
    sleep: async (milliseconds, signal) => {
      pauses.push(milliseconds);
      await new Promise<void>((resolve) => {
        end = resolve;
        signal?.addEventListener('abort', () => resolve());
      });
    },
  };
  return { clock, pauses, end: () => end() };
}

describe('Nudge', () => {
  it('lets a pause last where none comes', async () => {
    const { clock, pauses, end } = handClock();
    const pause = new Nudge().pause(clock, 5_000);
    end();
    await pause;
    assert.deepEqual(pauses, [5_000]);
  });

  it('ends the pause under way, and that one alone', async () => {
    const { clock, pauses, end } = handClock();
    const nudge = new Nudge();
    const first = nudge.pause(clock, 1);
    nudge.give();
    nudge.give();
    await first;
    const second = nudge.pause(clock, 2);
    assert.deepEqual(pauses, [1, 2]);
    end();
    await second;
  });

  it('is not lost between two pauses: the next one does not begin', async () => {
    const { clock, pauses, end } = handClock();
    const nudge = new Nudge();
    nudge.give();
    await nudge.pause(clock, 1);
    assert.deepEqual(pauses, []);
    const second = nudge.pause(clock, 2);
    assert.deepEqual(pauses, [2]);
    end();
    await second;
  });
});
