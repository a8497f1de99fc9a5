/** What the processes of this machine were started as: for tests on what is left running. */

import { readFileSync } from 'node:fs';
import { runningProcesses } from '../e2e/rig/process-tree.ts';

/** Words separated by NUL; empty for one that has ended meanwhile. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Of every process that runs. */
export function commandLines(): readonly string[] {
  return runningProcesses().map(({ pid }) => commandLineOf(pid));
}
