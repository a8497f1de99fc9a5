/** `problems`: what a person has to do something about, the worst first. Changes nothing. */

import type { Problem } from '../../core/problems.ts';
import { formatDuration } from '../../core/units.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { currentReport } from './present.ts';

/** The exit code says whether there are errors; warnings alone are no reason to alarm anybody. */
export async function showProblems(context: Context): Promise<ExitCode> {
  const { output, isJson } = context;
  const { problems, takenAtMs } = await currentReport(context);
  if (isJson) output.line(JSON.stringify({ problems }, undefined, 2));
  else if (problems.length === 0) output.line('There are no problems.');
  else for (const problem of problems) print(context, problem, takenAtMs);
  return problems.some(({ severity }) => severity === 'error') ? exitCodes.problems : exitCodes.ok;
}

function print({ output }: Context, { severity, sentence, remedy, sinceMs }: Problem, nowMs: number): void {
  const word = severity === 'error' ? output.style('red', 'problem') : output.style('yellow', 'warning');
  const since = sinceMs === undefined ? '' : `, since ${formatDuration(nowMs - sinceMs)}`;
  output.line(`${word}  ${sentence}${since}`);
  if (remedy !== undefined) output.line(`${' '.repeat(9)}→ ${remedy}`);
}
