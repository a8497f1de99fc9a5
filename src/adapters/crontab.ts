/** The user's crontab: read, and lines added to it, without the loss of any other. */

import { Fault } from '../core/fault.ts';
import { describeRun, faultOfLimits, runProgram } from './process.ts';

const timeoutMs = 20_000;

/**
 * The crontab as it is; empty where there is none.
 *
 * @throws Fault
 */
export async function readCrontab(): Promise<Buffer> {
  const run = await runProgram({ file: 'crontab', arguments: ['-l'], timeoutMs });
  const fault = faultOfLimits(run);
  if (fault !== undefined) {
    throw fault.kind === 'missing-program'
      ? new Fault('missing-program', 'there is no crontab here', 'install cron, or use the systemd unit')
      : fault;
  }
  if (run.exitCode === 0) return run.stdout;
  // Both Vixie's and busybox's say so, in words of their own, and with the same exit code as for any failure.
  if (/no crontab|can't open|no such file/i.test(run.stderr)) return Buffer.alloc(0);
  throw new Fault('failed', describeRun(run), 'put the line into your crontab by hand: crontab -e');
}

/**
 * Puts lines at the end of the crontab, all others as they are, byte by byte; reads it again to see that they stand there.
 *
 * @throws Fault; then the crontab is as it was, or was changed by somebody else meanwhile
 */
export async function addToCrontab(lines: readonly string[]): Promise<void> {
  const before = await readCrontab();
  const gap = before.length === 0 || before.at(-1) === 0x0a ? '' : '\n';
  const added = `${gap}${lines.map((line) => `${line}\n`).join('')}`;
  const after = Buffer.concat([before, Buffer.from(added)]);
  const run = await runProgram({ file: 'crontab', arguments: ['-'], input: after, timeoutMs });
  const fault =
    faultOfLimits(run) ?? (run.exitCode === 0 ? undefined : new Fault('refused', describeRun(run)));
  if (fault !== undefined) throw fault;
  if (!(await readCrontab()).equals(after)) {
    throw new Fault('failed', 'the crontab does not hold what was written', 'look at it: crontab -e');
  }
}
