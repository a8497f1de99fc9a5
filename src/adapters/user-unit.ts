/** A unit of the user's own systemd: written, enabled and started. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../core/fault.ts';
import { describeRun, faultOfLimits, runProgram } from './process.ts';

const timeoutMs = 60_000;
const askTimeoutMs = 5_000;

/** What stands in the unit's file; undefined where there is none. */
export function readUnit(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether a systemd of this user answers: not where one came by `su`, in most containers, and where there is none. */
export async function hasUserManager(): Promise<boolean> {
  const run = await runProgram({
    file: 'systemctl',
    arguments: ['--user', 'show-environment'],
    timeoutMs: askTimeoutMs,
  });
  return run.exitCode === 0 && run.limit === undefined;
}

/**
 * Writes the unit, and has systemd start it now and at each login. Idempotent.
 *
 * @throws Fault; the file may be written then
 */
export async function installUnit(path: string, name: string, text: string): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new Fault('refused', `cannot write ${path}: ${(error as Error).message}`);
  }
  for (const order of [['daemon-reload'], ['enable', '--now', name]]) {
    const run = await runProgram({ file: 'systemctl', arguments: ['--user', ...order], timeoutMs });
    const fault = faultOfLimits(run);
    if (fault !== undefined) throw fault;
    if (run.exitCode === 0) continue;
    throw new Fault(
      'failed',
      `${path} is written, but systemd does not start it: ${describeRun(run)}`,
      `log in as this user by ssh, not by su, and run \`systemctl --user enable --now ${name}\`; or start the daemon by cron: init --schedule cron`,
    );
  }
}
