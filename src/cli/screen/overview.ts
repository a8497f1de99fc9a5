/** The head of the live screen: who drives, the space, the links, how many torrents do what, and the problems. */

import { spanText } from '../../core/eta.ts';
import { lastedText } from '../../core/onset.ts';
import type { Problem } from '../../core/problems.ts';
import { countOf, formatDuration, formatRate } from '../../core/units.ts';
import type { DriverState, StatusReport } from '../../driver/report.ts';
import { torrentStates } from '../../driver/status.ts';
import type { Line, Piece } from './line.ts';
import { edges, fitted, plainLine, textOf } from './line.ts';
import type { Signs } from './space-bar.ts';
import { spaceBar, spaceLegend } from './space-bar.ts';
import { stateStyles } from './torrent-table.ts';

/** So many problems are told in the head; the command `problems` tells all. */
const mostProblems = 2;

export function overview(
  report: StatusReport,
  columns: number,
  signs: Signs,
  nowMs: number,
): readonly Line[] {
  return [
    edges(title(report, nowMs), clock(nowMs), columns),
    ...space(report, columns, signs),
    links(report, columns),
    counts(report, columns),
    ...problems(report.problems, columns, nowMs),
  ];
}

function title({ driver, rtorrent, takenAtMs, isAllPaused }: StatusReport, nowMs: number): Line {
  const pieces: Piece[] = [
    { text: 'rtorrent-low-space-driver', style: 'bold' },
    { text: `  ${driverText(driver, nowMs)}` },
  ];
  if (isAllPaused) pieces.push({ text: '  all is paused', style: 'yellow' });
  const ageMs = nowMs - takenAtMs;
  if (ageMs >= staleMs) pieces.push({ text: `  seen ${formatDuration(ageMs)} ago`, style: 'yellow' });
  if (rtorrent.version !== undefined) pieces.push({ text: `  rtorrent ${rtorrent.version}` });
  return pieces;
}

/** What is older than this is not taken for the present. */
const staleMs = 60_000;

function driverText({ kind, sinceMs }: DriverState, nowMs: number): string {
  const lasted = sinceMs === undefined ? '' : ` for ${formatDuration(nowMs - sinceMs)}`;
  return kind === 'look' ? 'no daemon' : `${kind}${lasted}`;
}

function clock(nowMs: number): string {
  return new Date(nowMs).toTimeString().slice(0, 8);
}

function space({ space: measured, disk }: StatusReport, columns: number, signs: Signs): readonly Line[] {
  if (measured === undefined) {
    return [
      plainLine(''),
      fitted(plainLine(`the space is not known: ${disk.reason ?? ''}`, 'yellow'), columns),
    ];
  }
  return [spaceBar(measured, columns, signs), fitted(spaceLegend(measured, columns, signs), columns)];
}

function links({ links: rates, queueEta, torrents }: StatusReport, columns: number): Line {
  const left: Piece[] = [
    { text: 'down ' },
    { text: formatRate(rates.downBytesPerSecond), style: 'bold' },
    { text: '  up ' },
    { text: formatRate(rates.upBytesPerSecond), style: 'bold' },
    { text: '  ship ' },
    { text: formatRate(rates.shipBytesPerSecond), style: 'bold' },
  ];
  const right = queueEta === undefined ? 'ETA unknown' : `all done in ${spanText(queueEta)}`;
  const isRoom = textOf(left).length + 2 + right.length <= columns;
  return torrents.length > 0 && isRoom ? edges(left, right, columns) : fitted(left, columns);
}

function counts({ torrents }: StatusReport, columns: number): Line {
  if (torrents.length === 0) return plainLine('There are no torrents in the managed directory.');
  const byState = Map.groupBy(torrents, ({ state }) => state);
  const pieces: Piece[] = [{ text: `${countOf(torrents.length, 'torrent')}:` }];
  for (const state of torrentStates) {
    const amount = byState.get(state)?.length ?? 0;
    if (amount === 0) continue;
    pieces.push(
      { text: pieces.length === 1 ? ' ' : ', ' },
      { text: `${amount} ${state}`, style: stateStyles[state] },
    );
  }
  return fitted(pieces, columns);
}

function problems(all: readonly Problem[], columns: number, nowMs: number): readonly Line[] {
  const lines = all.slice(0, mostProblems).map(({ severity, sentence, remedy, sinceMs }): Line => {
    const style = severity === 'error' ? ('red' as const) : ('yellow' as const);
    const fix = remedy === undefined ? '' : ` - ${remedy}`;
    return [
      { text: severity === 'error' ? 'problem ' : 'warning ', style },
      { text: `${sentence}${lastedText(sinceMs, nowMs)}${fix}` },
    ];
  });
  const more = all.length - lines.length;
  const rest =
    more > 0 ? [plainLine(`and ${countOf(more, 'more problem')}: see the command problems`, 'dim')] : [];
  return [...lines, ...rest].map((line) => fitted(line, columns));
}
