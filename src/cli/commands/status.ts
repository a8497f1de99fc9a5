/** `status`: one line a torrent, and the space. Changes nothing. */

import { lockHolder } from '../../adapters/lock.ts';
import { explainSpace } from '../../core/explain.ts';
import { formatBytes, formatRate } from '../../core/units.ts';
import type { StatusRow, TorrentState } from '../../driver/status.ts';
import { statusRows } from '../../driver/status.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { lockPath } from '../places.ts';
import { jsonOfRejected } from '../../driver/plan-json.ts';
import { renderTable } from '../report/table.ts';
import type { Style, Terminal } from '../report/terminal.ts';
import type { Look } from './look.ts';
import { look, reportUnseen, warnOfRejected } from './look.ts';

const columns = [
  { title: 'NAME', align: 'left', shrinksTo: 24 },
  { title: 'SIZE', align: 'right' },
  { title: 'STATE', align: 'left' },
  { title: 'DONE', align: 'right' },
  { title: 'RATIO', align: 'right' },
  { title: 'WAITS FOR', align: 'left' },
] as const;

const stateStyles: Partial<Record<TorrentState, Style>> = {
  downloading: 'cyan',
  seeding: 'green',
  shipping: 'cyan',
  proving: 'cyan',
  failing: 'red',
  stopped: 'yellow',
  unknown: 'yellow',
};

export async function showStatus(context: Context): Promise<ExitCode> {
  const seen = await look(context);
  const rows = statusRows(seen.snapshot, seen.plan);
  const holder = lockHolder(lockPath(context.places, context.configuration.managedDirectory));
  if (context.isJson) context.output.line(JSON.stringify(jsonOfStatus(seen, rows, holder), undefined, 2));
  else print(context.output, seen, rows, holder);
  warnOfRejected(context, seen.snapshot);
  return reportUnseen(context, seen);
}

function print(
  output: Terminal,
  { plan, snapshot }: Look,
  rows: readonly StatusRow[],
  holder: string | undefined,
): void {
  if (plan.space !== undefined) for (const line of explainSpace(plan.space)) output.line(line);
  if (snapshot.rtorrent.seen) {
    const down = rows.reduce((sum, row) => sum + row.downRateBytesPerSecond, 0);
    const up = rows.reduce((sum, row) => sum + row.upRateBytesPerSecond, 0);
    output.line(
      `rtorrent   ${snapshot.rtorrent.value.version}, down ${formatRate(down)}, up ${formatRate(up)}`,
    );
  }
  if (holder !== undefined) output.line(`run        under way: ${holder}`);
  if (rows.length === 0) {
    output.line('There are no torrents in the managed directory.');
    return;
  }
  output.line('');
  const cells = rows.map((row) => [
    row.name,
    formatBytes(row.sizeBytes),
    row.state,
    `${Math.floor(row.progress * 100)} %`,
    row.ratio === undefined ? '–' : row.ratio.toFixed(2),
    row.next,
  ]);
  const [head, ...lines] = renderTable(columns, cells, output.columns);
  output.line(output.style('bold', head ?? ''));
  lines.forEach((line, index) => {
    const state = rows[index]?.state ?? 'unknown';
    const style = stateStyles[state];
    output.line(style === undefined ? line : line.replace(` ${state} `, ` ${output.style(style, state)} `));
  });
}

function jsonOfStatus(
  { plan, snapshot }: Look,
  rows: readonly StatusRow[],
  holder: string | undefined,
): unknown {
  return {
    takenAt: new Date(snapshot.takenAtMs).toISOString(),
    rtorrent: snapshot.rtorrent.seen
      ? { seen: true, version: snapshot.rtorrent.value.version }
      : { seen: false, reason: snapshot.rtorrent.reason },
    run: holder ?? null,
    space: plan.space ?? null,
    torrents: rows,
    rejected: jsonOfRejected(snapshot),
  };
}
