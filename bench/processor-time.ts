/** Processor time of processes that run, as Linux counts it. */

import { readFileSync } from 'node:fs';

/** Linux counts it in these (USER_HZ). */
const ticksPerSecond = 100;

/** User and system time of a process and of all that it started and waited for, in seconds; 0 where it has gone. */
export function cpuSecondsOf(pid: number): number {
  // proc(5): after the name, which may hold anything, fields 14 to 17 are utime, stime, cutime, cstime.
  const fields = readOrEmpty(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / ticksPerSecond;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
