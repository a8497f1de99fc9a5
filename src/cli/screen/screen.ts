/** The live screen as lines: pure, so that a test can look at it. */

import { isSending, speedText } from '../../core/done-words.ts';
import type { Why } from '../../core/why.ts';
import type { ReportedEvent, StatusReport } from '../../driver/report.ts';
import { wordOfEvent } from '../../driver/report.ts';
import { widthOf } from '../report/width.ts';
import type { Line } from './line.ts';
import { fitted, plainLine, wrapped } from './line.ts';
import { overview } from './overview.ts';
import type { Signs } from './space-bar.ts';
import { shapeOf, tableHead, tableLine } from './torrent-table.ts';
import type { View } from './view.ts';
import { chosenIndex, listed, scrolled } from './view.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Picture {
  /** Never more than the screen has rows. */
  readonly lines: readonly Line[];
  /** The view as it was drawn: the chosen torrent is one that there is, and in sight. */
  readonly view: View;
  /** How far a page goes. */
  readonly pageRows: number;
}

/** On a screen of 24 rows; a taller one shows more, a shorter one none. */
const eventsOf24Rows = 4;
const leastTableRows = 3;

/** Draws what was seen. `page` has the lines of the page that is open instead of the torrents. */
export function drawScreen(
  report: StatusReport,
  view: View,
  page: readonly string[],
  size: Size,
  signs: Signs,
  nowMs: number,
): Picture {
  const { columns } = size;
  const head = overview(report, columns, signs, nowMs);
  if (view.page !== 'torrents') return drawPage(head.slice(0, 1), view, page, size, signs);
  const rows = listed(report);
  const index = chosenIndex(view, rows);
  const chosen = rows[index];
  const foot = footOf(view, chosen === undefined ? '' : `${chosen.name}: ${chosen.next}`, columns);
  const leftRows = Math.max(0, size.rows - head.length - 1 - foot.length);
  const wantedEvents = Math.floor((size.rows / 24) * eventsOf24Rows);
  const told = report.events.flatMap((event) => {
    const line = eventLine(event);
    return line === undefined ? [] : [line];
  });
  const eventRows = Math.min(wantedEvents, told.length, Math.max(0, leftRows - leastTableRows - 1));
  const tableRows = leftRows - eventRows;
  const top = scrolled(view.top, index, rows.length, tableRows);
  const shape = shapeOf(rows.slice(top, top + tableRows), columns);
  const table = rows
    .slice(top, top + tableRows)
    .map((row, offset) => tableLine(row, shape, top + offset === index, signs));
  const blank = Array.from({ length: tableRows - table.length }, () => plainLine(''));
  const events = told.slice(told.length - eventRows);
  const lines = [...head, tableHead(shape), ...table, ...blank, ...events, ...foot]
    .slice(0, size.rows)
    .map((line) => shown(line, columns, signs));
  return { lines, view: { ...view, chosen: chosen?.infohash, top }, pageRows: Math.max(1, tableRows) };
}

/** Cut to the screen; where only ASCII is safe, nothing else is shown. */
function shown(line: Line, columns: number, { isAscii }: Signs): Line {
  const cut = fitted(line, columns);
  if (!isAscii) return cut;
  return cut.map((piece) => ({
    ...piece,
    text: piece.text.replace(/…/g, '~').replace(/[^ -~]/gu, (character) => '?'.repeat(widthOf(character))),
  }));
}

/** What the chosen torrent is about in full, or what the last key did; and the keys. */
function footOf(view: View, sentence: string, columns: number): readonly Line[] {
  const said = view.message ?? sentence;
  return [
    plainLine(said, view.message === undefined ? 'bold' : 'yellow'),
    plainLine(keyLine(columns), 'dim'),
  ];
}

const keyLines: readonly string[] = [
  'up/down  enter why  p pause  P pause all  + - priority  r retry  ? help  q quit',
  'enter why  p pause  + - priority  r retry  ? help  q quit',
  'enter why  p pause  ? help  q quit',
  '? help  q quit',
];

function keyLine(columns: number): string {
  return keyLines.find((line) => line.length <= columns) ?? '';
}

function drawPage(
  head: readonly Line[],
  view: View,
  page: readonly string[],
  size: Size,
  signs: Signs,
): Picture {
  const all = page.flatMap((text) => wrapped(text, size.columns, columnOf(text)));
  const height = Math.max(1, size.rows - head.length - 2);
  const top = Math.max(0, Math.min(view.top, all.length - height));
  const texts = all.slice(top, top + height).map((text) => plainLine(text));
  const blank = Array.from({ length: height - texts.length }, () => plainLine(''));
  const isMore = top + height < all.length;
  const foot = plainLine(isMore ? 'up/down scroll  escape back' : 'escape back', 'dim');
  const lines = [...head, plainLine(''), ...texts, ...blank, foot]
    .slice(0, size.rows)
    .map((line) => shown(line, size.columns, signs));
  return { lines, view: { ...view, top }, pageRows: height };
}

/** Undefined for what came to nothing: it is looked at again, and told then. */
export function eventLine(event: ReportedEvent): Line | undefined {
  const { atMs, kind, outcome, name, detail, bytes, tookMs } = event;
  const word = wordOfEvent(event);
  if (word === undefined) return undefined;
  const isFailed = outcome === 'failed' || kind === 'trouble' || kind === 'notice';
  const hasSpeed = isSending(kind) && outcome === 'done' && tookMs > 0;
  const speed = hasSpeed ? speedText(bytes, tookMs) : '';
  return [
    { text: `${new Date(atMs).toTimeString().slice(0, 8)} `, style: 'dim' },
    { text: word, style: isFailed ? 'yellow' : 'green' },
    { text: `${name === undefined ? '' : ` ${name}`}: ${detail}${speed}` },
  ];
}

/** Where the second column begins, of a line that has two. */
function columnOf(text: string): number {
  return /^\S.*? {2,}/.exec(text)?.[0].length ?? 0;
}

/** Why a torrent is where it is, as lines of a page. */
export function whyPage(name: string, { sentence, facts }: Why): readonly string[] {
  const width = Math.max(0, ...facts.map(({ about }) => about.length));
  const lines = facts.map(({ about, detail }) => `${about.padEnd(width)}  ${detail}`);
  return [`${name}: ${sentence}`, '', ...lines];
}

/** What the keys do, one a line. */
export const helpPage: readonly string[] = [
  'up, down, j, k        choose a torrent; page up, page down, home and end go further',
  'enter                 why it is where it is, and the facts that led to it',
  'p                     pause it, or resume it: nothing of it is loaded, shipped or deleted meanwhile',
  'P                     pause everything, or resume it',
  '+, -                  raise or lower its priority: high, normal, low',
  'r                     try again now what failed and rests',
  '?, h                  this help',
  'q, Ctrl-C             quit; the driver goes on',
  '',
  'ETA is until all of it is on the remote and its space is free again, from the rates that were measured.',
  '> says that it may take longer: nobody knows how long others seed. - says that it cannot be told.',
];
