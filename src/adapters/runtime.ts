/** The real clock. */

import { setTimeout as delay } from 'node:timers/promises';
import type { ClockPort } from '../ports/runtime.ts';

export const systemClock: ClockPort = {
  nowMs: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Woken early.
    }
  },
};
