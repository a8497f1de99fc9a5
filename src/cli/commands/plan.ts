/** `plan`: what a pass would do now, and why each of the other torrents waits. Changes nothing. */

import type { Span } from '../../core/eta.ts';
import { spanText } from '../../core/eta.ts';
import { explainSpace } from '../../core/explain.ts';
import { formatDuration } from '../../core/units.ts';
import type { PlannedWait, PlanReport } from '../../driver/plan-report.ts';
import { planReportOf } from '../../driver/plan-report.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderTable } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { printWindows } from '../report/windows.ts';
import { askPresent, reportBlindness, warnOfRejected } from './present.ts';

export async function showPlan(context: Context): Promise<ExitCode> {
  const report = await askPresent(context, {
    ofDaemon: (client) => client.plan(),
    ofLook: (look) => planReportOf(look, look.eta),
  });
  const { output } = context;
  if (context.isJson) output.line(JSON.stringify(report, undefined, 2));
  else print(output, report);
  warnOfRejected(context, report);
  return reportBlindness(context, report);
}

function print(output: Terminal, { space, actions, waits, queueEta }: PlanReport): void {
  if (space !== null) for (const line of explainSpace(space)) output.line(line);
  section(
    output,
    actions.length === 0 ? 'Nothing can be done now.' : 'The next pass would:',
    actions.map(({ name, end, sentence }) => [name, spanText(end), sentence]),
    ['NAME', 'DONE IN', 'WHAT'],
  );
  if (waits.length > 0) printWaits(output, waits, queueEta);
  // A torrent may have several actions, each with the same window.
  printWindows(output, [...new Map([...waits, ...actions].map((one) => [one.infohash, one])).values()]);
}

function printWaits(output: Terminal, waits: readonly PlannedWait[], queueEta: PlanReport['queueEta']): void {
  section(
    output,
    `Waiting, in the order of the queue; all is done ${inTime(queueEta)}:`,
    waits.map(({ name, start, end, sentence }) => [name, startText(start), spanText(end), sentence]),
    ['NAME', 'STARTS', 'DONE IN', 'WHY'],
  );
}

/** The last column says all; those between it and the name are figures. */
function section(
  output: Terminal,
  title: string,
  rows: readonly (readonly string[])[],
  titles: readonly string[],
): void {
  output.line('');
  output.line(output.style('bold', title));
  if (rows.length === 0) return;
  const columns = titles.map((name, index) => ({
    title: name,
    align: index > 0 && index < titles.length - 1 ? ('right' as const) : ('left' as const),
    ...(index === 0 && { shrinksTo: 24 }),
  }));
  for (const line of renderTable(columns, rows, output.columns - 2)) output.line(`  ${line}`);
}

function startText(start: Span | undefined): string {
  return start?.ms === 0 ? 'now' : spanText(start);
}

function inTime(span: Span | undefined): string {
  if (span === undefined) return 'at a time that cannot be told';
  return `in ${span.isLeast ? 'no less than ' : 'about '}${formatDuration(span.ms)}`;
}
