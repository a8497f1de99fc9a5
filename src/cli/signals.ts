/** Signals: the first one ends the pass cleanly, the second one at once. */

import { constants } from 'node:os';
import type { ExitCode } from './exit-codes.ts';

const handled = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Signals {
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it; undefined while none has come. */
  exitCode(): ExitCode | undefined;
  end(): void;
}

/** `onFirst` tells the person that it was heard. */
export function untilSignalled(onFirst: () => void): Signals {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const receive = (name: NodeJS.Signals): void => {
    if (received !== undefined) process.exit(codeOf(name));
    received = name;
    onFirst();
    controller.abort();
  };
  for (const name of handled) process.on(name, receive);
  return {
    signal: controller.signal,
    exitCode: () => (received === undefined ? undefined : (codeOf(received) as ExitCode)),
    end: () => {
      for (const name of handled) process.off(name, receive);
    },
  };
}

function codeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
