/** What a check found, and how a person is shown it. */

import { Fault } from '../../core/fault.ts';
import type { Terminal } from '../report/terminal.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  readonly remedy?: string | undefined;
}

/** What was found, or the `Fault` that kept from finding it. */
export async function findingOf(about: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return { check: about, state: 'ok', detail: await look() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { check: about, state: 'problem', detail: error.message, remedy: error.remedy };
  }
}

export function printFinding(output: Terminal, { check, state, detail, remedy }: Finding): void {
  const marks = {
    ok: ['green', 'ok     '],
    warning: ['yellow', 'warning'],
    problem: ['red', 'problem'],
  } as const;
  const [style, word] = marks[state];
  output.line(`${output.style(style, word)}  ${check.padEnd(20)} ${detail}`);
  if (remedy !== undefined && state !== 'ok') output.line(`${' '.repeat(9)}${' '.repeat(21)}→ ${remedy}`);
}
