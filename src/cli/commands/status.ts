/** `status`: the space, the problems, and one line a torrent. Changes nothing. */

import { lockHolder } from '../../adapters/lock.ts';
import { spanText } from '../../core/eta.ts';
import { explainSpace } from '../../core/explain.ts';
import { formatBytes, formatRate } from '../../core/units.ts';
import type { StatusReport } from '../../driver/report.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { lockPath } from '../places.ts';
import { printProblems } from '../report/problem-lines.ts';
import { renderTable } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { printWindows } from '../report/windows.ts';
import { stateStyles } from '../screen/torrent-table.ts';
import { currentReport, reportBlindness } from './present.ts';

const columns = [
  { title: 'NAME', align: 'left', shrinksTo: 24 },
  { title: 'SIZE', align: 'right', mayGo: true },
  { title: 'STATE', align: 'left' },
  { title: 'DONE', align: 'right' },
  { title: 'RATIO', align: 'right', mayGo: true },
  { title: 'ETA', align: 'right' },
  { title: 'WAITS FOR', align: 'left' },
] as const;

export async function showStatus(context: Context): Promise<ExitCode> {
  const report = await currentReport(context);
  const holder = lockHolder(lockPath(context.places, context.managedDirectory));
  if (context.isJson) context.output.line(JSON.stringify(jsonOf(report, holder), undefined, 2));
  else print(context.output, report, holder);
  return reportBlindness(context, report);
}

function print(output: Terminal, report: StatusReport, holder: string | undefined): void {
  const { space, rtorrent, links, torrents: rows, queueEta } = report;
  if (space !== undefined) for (const line of explainSpace(space)) output.line(line);
  if (rtorrent.version !== undefined) {
    const rates = `down ${formatRate(links.downBytesPerSecond)}, up ${formatRate(links.upBytesPerSecond)}`;
    output.line(`rtorrent   ${rtorrent.version}, ${rates}`);
  }
  if (queueEta !== undefined) output.line(`all done   in ${spanText(queueEta)}`);
  if (holder !== undefined) output.line(`driver     ${holder}`);
  if (report.problems.length > 0) output.line('');
  printProblems(output, report.problems, report.takenAtMs);
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
    spanText(row.etaMs === undefined ? undefined : { ms: row.etaMs, isLeast: row.isEtaLeast }),
    row.next,
  ]);
  const [head, ...lines] = renderTable(columns, cells, output.columns);
  const shown = lines.map((line, index) => {
    const state = rows[index]?.state ?? 'unknown';
    const style = stateStyles[state];
    return style === undefined ? line : line.replace(` ${state} `, ` ${output.style(style, state)} `);
  });
  // Written at once: each writing of thousands is a call of the system.
  output.line([output.style('bold', head ?? ''), ...shown].join('\n'));
  printWindows(output, rows);
}

function jsonOf(report: StatusReport, holder: string | undefined): unknown {
  const { takenAtMs, rtorrent, space, queueEta, ...rest } = report;
  const { events: _, ...shown } = rest;
  return {
    takenAt: new Date(takenAtMs).toISOString(),
    rtorrent,
    run: holder ?? null,
    space: space ?? null,
    queueEta: queueEta ?? null,
    ...shown,
  };
}
