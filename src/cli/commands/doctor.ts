/** `doctor`: checks all that a pass needs, one line a check, each failure with its fix. Changes nothing. */

import type { Finding } from '../checks/finding.ts';
import { printFinding } from '../checks/finding.ts';
import { checkLocalRsync, checkManagedDirectory } from '../checks/here.ts';
import { checkRemote } from '../checks/remote.ts';
import { checkRtorrent } from '../checks/rtorrent.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { silentReporter } from '../report/reporter.ts';
import { wire } from '../wiring.ts';

export async function doctor(context: Context): Promise<ExitCode> {
  const { configuration, places } = context;
  const wired = wire(configuration, places, silentReporter, true);
  const findings: Finding[] = [{ check: 'configuration', state: 'ok', detail: configuration.file }];
  try {
    findings.push(checkManagedDirectory(configuration.managedDirectory));
    findings.push(...(await checkRtorrent(wired, configuration, places)));
    findings.push(await checkLocalRsync());
    findings.push(...(await checkRemote(wired.connection, configuration)));
  } finally {
    await wired.close();
  }
  if (context.isJson) context.output.line(JSON.stringify({ checks: findings }, undefined, 2));
  else for (const finding of findings) printFinding(context.output, finding);
  return findings.some(({ state }) => state === 'problem') ? exitCodes.problems : exitCodes.ok;
}
