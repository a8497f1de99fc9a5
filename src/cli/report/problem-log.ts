/** New problems in the log: whoever reads that alone is told of them as well, once while they last. */

import type { ProblemKind } from '../../core/problems.ts';
import { isBlindness } from '../../core/problems.ts';
import type { Hook } from '../../driver/hooks.ts';
import type { Log } from './log.ts';

/** A hook like those of the user, that is never waited for either. */
export function problemLog(log: Log): Hook {
  return {
    kinds: ['problem'],
    port: {
      name: 'log',
      send: async ({ problem, severity, sentence, remedy }) => {
        if (problem !== undefined && !isLoggedAlready(problem)) {
          log[severity === 'error' ? 'error' : 'warn']('problem', { problem, detail: sentence, remedy });
        }
        await Promise.resolve();
      },
    },
  };
}

/** As the part of the world that does not answer, or as the action that failed. */
function isLoggedAlready(kind: ProblemKind): boolean {
  return isBlindness({ kind }) || kind === 'retry';
}
