/** `plan`: what a pass would do now, and why each of the other torrents waits. Changes nothing. */

import type { Plan } from '../../core/action.ts';
import { explainAction, explainSpace, explainWait, nameOf } from '../../core/explain.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { jsonOfPlan } from '../../driver/plan-json.ts';
import { renderTable } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { look, reportUnseen, warnOfRejected } from './look.ts';

export async function showPlan(context: Context): Promise<ExitCode> {
  const seen = await look(context);
  const { output } = context;
  if (context.isJson) output.line(JSON.stringify(jsonOfPlan(seen.plan, seen.snapshot), undefined, 2));
  else print(output, seen.plan, seen.snapshot.takenAtMs);
  warnOfRejected(context, seen.snapshot);
  return reportUnseen(context, seen);
}

function print(output: Terminal, plan: Plan, nowMs: number): void {
  if (plan.space !== undefined) for (const line of explainSpace(plan.space)) output.line(line);
  section(
    output,
    plan.actions.length === 0 ? 'Nothing can be done now.' : 'The next pass would:',
    plan.actions.map((action) => [nameOf(action.managed), explainAction(action)]),
  );
  if (plan.waits.length === 0) return;
  section(
    output,
    'Waiting:',
    plan.waits.map(({ managed, reason }) => [nameOf(managed), explainWait(reason, nowMs)]),
  );
}

function section(output: Terminal, title: string, rows: readonly (readonly string[])[]): void {
  output.line('');
  output.line(output.style('bold', title));
  const columns = [
    { title: '', align: 'left', shrinksTo: 24 },
    { title: '', align: 'left' },
  ] as const;
  for (const line of renderTable(columns, rows, output.columns - 2).slice(1)) output.line(`  ${line}`);
}
