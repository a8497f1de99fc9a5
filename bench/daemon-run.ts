/** Runs the daemon on a rig until nothing is left to do, and measures it. */

import { readdirSync } from 'node:fs';
import type { Rig } from '../test/e2e/rig.ts';
import { processesOfRig } from '../test/e2e/rig/process-tree.ts';
import { cpuSecondsOf } from './processor-time.ts';

export interface DaemonRun {
  /** From the daemon's start to an empty managed directory. */
  readonly seconds: number;
  /** The most blocks that were allocated below the download directory, sampled every 50 ms, in bytes. */
  readonly peakBytes: number;
  /** What they were on average. */
  readonly meanBytes: number;
  /** Processor time of the daemon and of what it started, ssh's lasting connection among it. */
  readonly cpuSeconds: number;
  /** The daemon's log. `SHOW_LOG=1` prints it as well. */
  readonly written: string;
}

/** Rejects where it takes longer than `limitMs`. */
export async function runUntilEmpty(rig: Rig, limitMs = 300_000): Promise<DaemonRun> {
  const sampling = rig.sampleAllocation();
  const startedAt = performance.now();
  const daemon = rig.startDriver(['daemon']);
  const isEmpty = (): boolean => readdirSync(rig.managedDirectory).length === 0;
  await rig.until('the managed directory is empty', isEmpty, limitMs).catch((error: unknown) => {
    console.error(daemon.output());
    throw error;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { peakBytes, meanBytes } = sampling.stop();
  const cpuSeconds = cpuSecondsOf(daemon.pid) + cpuSecondsOfConnections(rig);
  daemon.signal('SIGTERM');
  const { stdout, stderr } = await daemon.finished;
  const written = stdout + stderr;
  if (process.env['SHOW_LOG'] !== undefined) console.error(written);
  return { seconds, peakBytes, meanBytes, cpuSeconds, written };
}

/** ssh puts the connection that all share into the background, where nobody waits for it. */
function cpuSecondsOfConnections({ directory }: Rig): number {
  return processesOfRig(directory, [])
    .filter(({ name }) => name === 'ssh')
    .reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0);
}
