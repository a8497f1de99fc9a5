/** The clock's and the reporter's port over the simulated world. */

import type { ClockPort, ReporterPort } from '../../src/ports/runtime.ts';
import { displayText } from '../../src/core/bytes.ts';
import { nameOf } from '../../src/core/explain.ts';
import type { World } from './world.ts';

/** Resolves after the time has passed in that world, or when the signal is given. */
export async function sleepIn(world: World, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      callOff();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const callOff = world.timers.at(world.elapsedMs + ms, wake);
    signal?.addEventListener('abort', wake);
  });
}

export function simClock(world: World): ClockPort {
  return {
    nowMs: () => world.wallMs(),
    sleep: (ms, signal) => sleepIn(world, ms, signal),
  };
}

export function simReporter(world: World): ReporterPort {
  return {
    acted: (action, outcome) => {
      const words = outcome.kind === 'failed' ? outcome.message : outcome.detail;
      world.note(`${action.kind} of ${nameOf(action.managed)}: ${outcome.kind}: ${words}`);
    },
    progressed: () => undefined,
    noticed: ({ metainfo }, sentence) => {
      world.note(`notice on ${displayText(metainfo.name)}: ${sentence}`);
    },
    troubled: (part, reason) => {
      world.note(`${part} cannot be seen: ${reason}`);
    },
    recovered: (part) => {
      world.note(`${part} answers again`);
    },
  };
}
