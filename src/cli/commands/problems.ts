/** `problems`: what a person has to do something about, the worst first. Changes nothing. */

import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { printProblems } from '../report/problem-lines.ts';
import { currentReport } from './present.ts';

/** The exit code says whether there are errors; warnings alone are no reason to alarm anybody. */
export async function showProblems(context: Context): Promise<ExitCode> {
  const { output, isJson } = context;
  const { problems, takenAtMs } = await currentReport(context);
  if (isJson) output.line(JSON.stringify({ problems }, undefined, 2));
  else if (problems.length === 0) output.line('There are no problems.');
  else printProblems(output, problems, takenAtMs);
  return problems.some(({ severity }) => severity === 'error') ? exitCodes.problems : exitCodes.ok;
}
