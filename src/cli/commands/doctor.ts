/**
 * `doctor`: checks all that a pass needs, one line a check, each failure with its fix; then the problems of the torrents.
 * Changes nothing.
 */

import { Fault } from '../../core/fault.ts';
import { isBlindness } from '../../core/problems.ts';
import type { StatusReport } from '../../driver/report.ts';
import type { Finding } from '../checks/finding.ts';
import { printFinding } from '../checks/finding.ts';
import { checkLocalRsync, checkManagedDirectory } from '../checks/here.ts';
import { checkRemote } from '../checks/remote.ts';
import { checkRtorrent } from '../checks/rtorrent.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { printProblems } from '../report/problem-lines.ts';
import { silentReporter } from '../report/reporter.ts';
import { wire } from '../wiring.ts';
import { currentReport } from './present.ts';

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
  const told = await problemsNow(context);
  if (told instanceof Fault) findings.push(untold(told));
  const { problems, takenAtMs } = told instanceof Fault ? { problems: [], takenAtMs: 0 } : told;
  const { output, isJson } = context;
  if (isJson) {
    output.line(JSON.stringify({ checks: findings, problems }, undefined, 2));
  } else {
    for (const finding of findings) printFinding(output, finding);
    if (problems.length > 0) output.line('');
    printProblems(output, problems, takenAtMs);
  }
  const isIll =
    findings.some(({ state }) => state === 'problem') ||
    // What cannot be seen has a check of its own, which knows more.
    problems.some((problem) => problem.severity === 'error' && !isBlindness(problem));
  return isIll ? exitCodes.problems : exitCodes.ok;
}

/** The list that every screen shares; a fault where nobody can look, of which the checks say more. */
async function problemsNow(context: Context): Promise<StatusReport | Fault> {
  try {
    return await currentReport(context);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function untold({ message, remedy }: Fault): Finding {
  return { check: 'problems', state: 'warning', detail: `cannot be told: ${message}`, remedy };
}
