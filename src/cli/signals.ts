/** Signals: the first one ends the driver cleanly and within a bounded time, the second one at once. */

import { constants } from 'node:os';
import type { ExitCode } from './exit-codes.ts';

const handled = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A clean end takes a few seconds. What takes longer, reading a large torrent from disk, say, is safe to cut anywhere. */
const longestEndMs = 30_000;

export interface Signals {
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it; undefined while none has come. */
  exitCode(): ExitCode | undefined;
  end(): void;
}

export interface SignalHearers {
  /** Tells the person that it was heard. */
  readonly onFirst: () => void;
  /** SIGHUP does not end the driver then: it asks for the configuration to be read again. */
  readonly onHangUp?: () => void;
}

export function untilSignalled({ onFirst, onHangUp }: SignalHearers): Signals {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  let timer: NodeJS.Timeout | undefined;
  const receive = (name: NodeJS.Signals): void => {
    if (name === 'SIGHUP' && onHangUp !== undefined) {
      if (received === undefined) onHangUp();
      return;
    }
    if (received !== undefined) process.exit(codeOf(name));
    received = name;
    timer = setTimeout(() => process.exit(codeOf(name)), longestEndMs);
    onFirst();
    controller.abort();
  };
  for (const name of handled) process.on(name, receive);
  return {
    signal: controller.signal,
    exitCode: () => (received === undefined ? undefined : (codeOf(received) as ExitCode)),
    end: () => {
      clearTimeout(timer);
      for (const name of handled) process.off(name, receive);
    },
  };
}

function codeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
