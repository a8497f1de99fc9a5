/** The torrents on the live screen: one line each, with as many columns as the screen is wide enough for. */

import { spanText } from '../../core/eta.ts';
import { formatBytes, formatRate } from '../../core/units.ts';
import type { StatusRow, TorrentState } from '../../driver/status.ts';
import type { Style } from '../report/terminal.ts';
import { widthOf } from '../report/width.ts';
import type { Line, Piece } from './line.ts';
import { cell } from './line.ts';
import type { Signs } from './space-bar.ts';

export const stateStyles: Partial<Record<TorrentState, Style>> = {
  downloading: 'cyan',
  shipping: 'cyan',
  proving: 'cyan',
  streaming: 'cyan',
  seeding: 'green',
  failing: 'red',
  stalled: 'yellow',
  stopped: 'yellow',
  unknown: 'yellow',
};

interface Field {
  readonly title: string;
  readonly columns: number;
  readonly align: 'left' | 'right';
  /** The narrowest screen that shows it. */
  readonly from: number;
  readonly text: (row: StatusRow) => string;
}

const fields: readonly Field[] = [
  { title: 'SIZE', columns: 9, align: 'right', from: 56, text: ({ sizeBytes }) => formatBytes(sizeBytes) },
  { title: 'STATE', columns: 11, align: 'left', from: 0, text: ({ state }) => state },
  {
    title: 'DONE',
    columns: 5,
    align: 'right',
    from: 44,
    text: ({ progress }) => `${Math.floor(progress * 100)} %`,
  },
  { title: 'ETA', columns: 8, align: 'right', from: 66, text: etaText },
];

const markColumns = 2;
const leastNameColumns = 8;
const leastRemarkColumns = 12;

export interface TableShape {
  readonly nameColumns: number;
  readonly remarkColumns: number;
  readonly fields: readonly Field[];
}

/** How the columns share the width; the same for all lines of one picture. */
export function shapeOf(rows: readonly StatusRow[], columns: number): TableShape {
  const shown = fields.filter(({ from }) => columns >= from);
  const taken = shown.reduce((sum, field) => sum + field.columns + 1, markColumns);
  const left = Math.max(leastNameColumns, columns - taken);
  const longest = rows.reduce((most, { name }) => Math.max(most, widthOf(name)), leastNameColumns);
  const hasRemark = left >= leastNameColumns + 1 + leastRemarkColumns;
  if (!hasRemark) return { nameColumns: left, remarkColumns: 0, fields: shown };
  const nameColumns = Math.min(longest, Math.max(leastNameColumns, Math.floor(left * 0.5)));
  return { nameColumns, remarkColumns: left - nameColumns - 1, fields: shown };
}

export function tableHead({ nameColumns, remarkColumns, fields: shown }: TableShape): Line {
  const titles = shown.map(({ title, columns, align }) => cell(title, columns, align));
  const remark = remarkColumns > 0 ? ['WHY'] : [];
  const text = [`  ${cell('NAME', nameColumns)}`, ...titles, ...remark].join(' ');
  return [{ text, style: 'dim' }];
}

export function tableLine(row: StatusRow, shape: TableShape, isChosen: boolean, signs: Signs): Line {
  const pieces: Piece[] = [
    { text: isChosen ? `${signs.chosen} ` : '  ' },
    { text: cell(row.name, shape.nameColumns), style: isChosen ? 'bold' : undefined },
  ];
  for (const { title, columns, align, text } of shape.fields) {
    const style = title === 'STATE' ? stateStyles[row.state] : undefined;
    pieces.push({ text: ' ' }, { text: cell(text(row), columns, align), style });
  }
  if (shape.remarkColumns > 0) {
    pieces.push({ text: ` ${cell(remarkOf(row), shape.remarkColumns)}`.trimEnd() });
  }
  return pieces;
}

function etaText({ etaMs, isEtaLeast }: StatusRow): string {
  return spanText(etaMs === undefined ? undefined : { ms: etaMs, isLeast: isEtaLeast });
}

/** What the other columns do not say yet: a rate, or what it waits for. */
export function remarkOf(row: StatusRow): string {
  if (row.reason === 'downloading') return formatRate(row.downRateBytesPerSecond);
  const sentence = row.next.replace(/^(?:being shipped|being proved|seeding|next pass): /, '');
  if (row.state === 'seeding' && row.upRateBytesPerSecond > 0) {
    return `${sentence}, ${formatRate(row.upRateBytesPerSecond)}`;
  }
  const marks = { high: 'first: ', normal: '', low: 'last: ' };
  return `${marks[row.priority]}${sentence}`;
}
