/** Problems as a person is shown them: what, since when, and what to do. */

import { lastedText } from '../../core/onset.ts';
import type { Problem } from '../../core/problems.ts';
import type { Terminal } from './terminal.ts';

/** One or two lines a problem. `nowMs` is when it was looked. */
export function printProblems(output: Terminal, problems: readonly Problem[], nowMs: number): void {
  for (const { severity, sentence, remedy, sinceMs } of problems) {
    const word = severity === 'error' ? output.style('red', 'problem') : output.style('yellow', 'warning');
    output.line(`${word}  ${sentence}${lastedText(sinceMs, nowMs)}`);
    if (remedy !== undefined) output.line(`${' '.repeat(9)}→ ${remedy}`);
  }
}
