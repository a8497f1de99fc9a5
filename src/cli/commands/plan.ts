/** `plan`: what a pass would do now, and why each of the other torrents waits. Changes nothing. */

import type { Span } from '../../core/eta.ts';
import { spanText } from '../../core/eta.ts';
import { explainAction, explainSpace, explainWait, nameOf } from '../../core/explain.ts';
import { inQueueOrder } from '../../core/queue.ts';
import { formatDuration } from '../../core/units.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { jsonOfPlan } from '../../driver/plan-json.ts';
import { renderTable } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import type { Look } from './look.ts';
import { look, reportUnseen, warnOfRejected } from './look.ts';

export async function showPlan(context: Context): Promise<ExitCode> {
  const seen = await look(context);
  const { output } = context;
  if (context.isJson) output.line(JSON.stringify(jsonOf(seen), undefined, 2));
  else print(output, seen);
  warnOfRejected(context, seen.snapshot);
  return reportUnseen(context, seen);
}

function print(output: Terminal, { plan, snapshot, eta }: Look): void {
  if (plan.space !== undefined) for (const line of explainSpace(plan.space)) output.line(line);
  section(
    output,
    plan.actions.length === 0 ? 'Nothing can be done now.' : 'The next pass would:',
    plan.actions.map((action) => [nameOf(action.managed), explainAction(action)]),
  );
  if (plan.waits.length === 0) return;
  const queue = inQueueOrder(
    plan.waits.map(({ managed }) => managed),
    snapshot.ledger.wishes,
  );
  const reasons = new Map(plan.waits.map(({ managed, reason }) => [managed.metainfo.infohash, reason]));
  section(
    output,
    `Waiting, in the order of the queue; all is done ${inTime(eta.whole)}:`,
    queue.map((managed) => {
      const { infohash } = managed.metainfo;
      const reason = reasons.get(infohash);
      return [
        nameOf(managed),
        startText(eta.torrents.get(infohash)?.start),
        spanText(eta.torrents.get(infohash)?.end),
        reason === undefined ? '' : explainWait(reason, snapshot.takenAtMs),
      ];
    }),
    ['NAME', 'STARTS', 'DONE IN', 'WHY'],
  );
}

function section(
  output: Terminal,
  title: string,
  rows: readonly (readonly string[])[],
  titles?: readonly string[],
): void {
  output.line('');
  output.line(output.style('bold', title));
  const count = titles?.length ?? 2;
  const columns = Array.from({ length: count }, (_, index) => ({
    title: titles?.[index] ?? '',
    align: index > 0 && index < count - 1 ? ('right' as const) : ('left' as const),
    ...(index === 0 && { shrinksTo: 24 }),
  }));
  for (const line of renderTable(columns, rows, output.columns - 2).slice(titles === undefined ? 1 : 0)) {
    output.line(`  ${line}`);
  }
}

function startText(start: Span | undefined): string {
  return start?.ms === 0 ? 'now' : spanText(start);
}

function inTime(span: Span | undefined): string {
  if (span === undefined) return 'at a time that cannot be told';
  return `in ${span.isLeast ? 'no less than ' : 'about '}${formatDuration(span.ms)}`;
}

/** The plan, and of each torrent when it starts and ends, in milliseconds from the look. */
function jsonOf({ plan, snapshot, eta }: Look): unknown {
  const etas = [...eta.torrents].map(([infohash, { start, end }]) => [
    infohash,
    { start: start ?? null, end: end ?? null },
  ]);
  return {
    ...(jsonOfPlan(plan, snapshot) as object),
    eta: { whole: eta.whole ?? null, torrents: Object.fromEntries(etas) as unknown },
  };
}
