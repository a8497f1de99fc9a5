/** Runs a program once and measures it from outside: wall time, processor time, peak memory. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface MeasuredRun {
  readonly exitCode: number | null;
  /** Seconds from start to exit. */
  readonly wallSeconds: number;
  /** User and system time of the program and of everything that it started and waited for, in seconds. */
  readonly cpuSeconds: number;
  /** The most memory that the program had resident, in bytes. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Between two looks at the memory. The kernel keeps the high-water mark: only growth after the last look is missed. */
const lookEachMs = 4;

/** bash's own `time` takes the times from the kernel; the process id comes first, on descriptor 3. */
const timed = 'TIMEFORMAT="%3R %3U %3S"; { time { "$@" 2>&4 & echo $! >&3; wait $!; } ; } 4>&2 2>&3; exit $?';

/** Runs it to its end, whatever it answers; rejects where it cannot be started or measured. */
export async function measureRun(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<MeasuredRun> {
  const child = spawn('bash', ['-c', timed, 'bash', ...command], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '', report: '' };
  let peakBytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
  child.stdio[3]?.on('data', (chunk: Buffer) => (written.report += chunk.toString()));
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterMark(Number.parseInt(written.report, 10)));
  }, lookEachMs);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const times = written.report.split('\n')[1]?.replaceAll(',', '.').split(' ').map(Number) ?? [];
    const [wallSeconds, user, system] = times;
    if (wallSeconds === undefined || user === undefined || system === undefined || peakBytes === 0) {
      throw new Error(`cannot measure ${command.join(' ')}: ${written.report}${written.stderr}`);
    }
    const { stdout, stderr } = written;
    return { exitCode, wallSeconds, cpuSeconds: user + system, peakBytes, stdout, stderr };
  } finally {
    clearInterval(timer);
  }
}

/** `VmHWM` of a process, in bytes; 0 where it has gone. A program that another one becomes (`exec`) begins anew. */
function highWaterMark(processId: number): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'latin1');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
