/** Draws one picture of the running demo: the lines that fill a terminal of a given size. */

import stringWidth from 'string-width';
import type { Style } from '../src/cli/report/terminal.ts';
import { truncate } from '../src/cli/report/width.ts';
import { formatBytes, formatDuration } from '../src/core/units.ts';
import { bar, layeredBar } from './bar.ts';
import type { State, TorrentView, View } from './watch.ts';
import { states } from './watch.ts';

export interface Picture {
  readonly facts: readonly string[];
  readonly view: View;
  readonly limitBytes: number;
  readonly totalBytes: number;
  /** How many have begun. */
  readonly passes: number;
  readonly elapsedMs: number;
  /** Of the program, all lines so far. */
  readonly log: readonly string[];
}

export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  style(style: Style, text: string): string;
}

export const title = 'rtorrent-low-space-driver · demo';

const leastLogLines = 4;
const nameColumns = 30;
const sizeColumns = 8;
/** `downloading 100 %`. */
const stateColumns = 17;
const gap = '  ';
const labelColumns = 8;

const stateStyles: Readonly<Record<State, Style>> = {
  waiting: 'dim',
  downloading: 'cyan',
  seeding: 'cyan',
  shipping: 'yellow',
  shipped: 'green',
};

export function drawFrame(picture: Picture, canvas: Canvas): readonly string[] {
  const head = [
    canvas.style('bold', title),
    ...picture.facts.map((fact) => canvas.style('dim', truncate(fact, canvas.columns))),
    '',
    ...totals(picture, canvas),
    '',
  ];
  const rowsLeft = Math.max(0, canvas.rows - head.length - 1);
  const torrents = chooseTorrents(picture.view.torrents, Math.max(1, rowsLeft - leastLogLines));
  const logLines = Math.max(0, rowsLeft - torrents.length);
  return [
    ...head,
    ...torrents.map((torrent) => torrentLine(torrent, canvas)),
    '',
    ...(logLines === 0 ? [] : picture.log.slice(-logLines)).map((line) => logLine(line, canvas)),
  ].slice(0, canvas.rows);
}

/** `3 waiting, 1 downloading, …`, in the order of a torrent's life. */
export function countStates(torrents: readonly TorrentView[]): string {
  return states
    .map((state) => `${torrents.filter((torrent) => torrent.state === state).length} ${state}`)
    .join(', ');
}

/** What has arrived on the remote, of all torrents. */
export function arrivedBytes({ torrents }: View): number {
  return torrents.reduce((sum, torrent) => sum + torrent.thereBytes, 0);
}

function totals(
  { view, limitBytes, totalBytes, passes, elapsedMs }: Picture,
  canvas: Canvas,
): readonly string[] {
  const { allocatedBytes, peakBytes } = view;
  const there = arrivedBytes(view);
  const disk = `${pairOf(allocatedBytes, limitBytes)}, peak ${formatBytes(peakBytes).padEnd(8)}`;
  const columns = Math.max(10, canvas.columns - labelColumns - 2 - disk.length);
  const diskStyle = peakBytes > limitBytes ? 'red' : 'cyan';
  const label = (text: string): string => text.padEnd(labelColumns);
  return [
    `${label('disk')}${canvas.style(diskStyle, bar(allocatedBytes / limitBytes, columns))}  ${disk}`,
    `${label('remote')}${canvas.style('green', bar(there / totalBytes, columns))}  ${pairOf(there, totalBytes)}`,
    `${label(`pass ${passes}`)}${formatDuration(elapsedMs)} · ${countStates(view.torrents)}`,
  ];
}

/** `41.2 MiB of 64.0 MiB`, padded so that nothing jumps. */
function pairOf(partBytes: number, wholeBytes: number): string {
  return `${formatBytes(partBytes).padStart(8)} of ${formatBytes(wholeBytes)}`;
}

/** All of them where there is room; else what is being worked on before the others. */
function chooseTorrents(torrents: readonly TorrentView[], most: number): readonly TorrentView[] {
  if (torrents.length <= most) return torrents;
  const isBusy = ({ state }: TorrentView): boolean => state !== 'waiting' && state !== 'shipped';
  const chosen = new Set([...torrents.filter(isBusy), ...torrents].slice(0, most));
  return torrents.filter((torrent) => chosen.has(torrent)).slice(0, most);
}

function torrentLine(
  { name, sizeBytes, state, thereBytes, coveredBytes }: TorrentView,
  canvas: Canvas,
): string {
  const columns = Math.max(10, canvas.columns - nameColumns - sizeColumns - stateColumns - 3 * gap.length);
  const shown = truncate(name, nameColumns);
  const padding = ' '.repeat(nameColumns - stringWidth(shown));
  const { whole, begun, rest } = layeredBar(thereBytes / sizeBytes, coveredBytes / sizeBytes, columns);
  const drawn = canvas.style('green', whole) + canvas.style('cyan', begun) + canvas.style('dim', rest);
  const share = state === 'downloading' ? ` ${Math.floor((coveredBytes / sizeBytes) * 100)} %` : '';
  return [
    shown + padding,
    formatBytes(sizeBytes).padStart(sizeColumns),
    drawn,
    canvas.style(stateStyles[state], state) + share,
  ].join(gap);
}

/** The program's own line, its time dimmed; what it warns of is yellow. */
function logLine(line: string, canvas: Canvas): string {
  const shown = truncate(line, canvas.columns);
  const [, time = '', words = shown] = /^(\d\d:\d\d:\d\d )(.*)$/s.exec(shown) ?? [];
  const isWarning = /^(?:could not|skipped|notice|.* cannot )/.test(words);
  return canvas.style('dim', time) + (isWarning ? canvas.style('yellow', words) : words);
}
