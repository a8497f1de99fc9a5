/** Tables for a terminal: columns aligned by what a character takes on the screen. */

import { truncate, widthOf } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** May be cut short, down to this many columns, where the terminal is narrow. The last column always may. */
  readonly shrinksTo?: number;
  /** Left out, the last of these first, where the sentence in the last column could not be read beside it. */
  readonly mayGo?: boolean;
}

const gap = '  ';

/** The lines of a table, its head first. `columns` is the terminal's width; infinite where there is none. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const cells = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((_, index) => cellOf(row[index] ?? '')),
  );
  return fit(columns, cells, width);
}

function fit(
  columns: readonly Column[],
  cells: readonly (readonly Cell[])[],
  width: number,
): readonly string[] {
  const wanted = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.width ?? 0)));
  const widths = [...wanted];
  shrink(columns, widths, width);
  const going = columns.findLastIndex(({ mayGo }) => mayGo === true);
  const sentenceWidth = widths.at(-1) ?? 0;
  if (going !== -1 && sentenceWidth < Math.min(leastSentenceColumns, wanted.at(-1) ?? 0)) {
    const others = cells.map((row) => row.toSpliced(going, 1));
    return fit(columns.toSpliced(going, 1), others, width);
  }
  return cells.map((row) =>
    row
      .map((cell, index) => {
        const room = widths[index] ?? 0;
        const { text, width: taken } = cell.width <= room ? cell : cellOf(truncate(cell.text, room));
        const padding = ' '.repeat(Math.max(0, room - taken));
        return columns[index]?.align === 'right' ? padding + text : text + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** A text, measured once: names in all scripts take a while. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

function cellOf(text: string): Cell {
  return { text, width: widthOf(text) };
}

/** The last column, a sentence, keeps so much while the first ones can still give. */
const sentenceColumns = 48;
/** With less, columns go that may. */
const leastSentenceColumns = 28;

/** Takes what is too much from the last column as far as it can still be read, then from the shrinking ones, then all. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  const last = widths.length - 1;
  let excess = widths.reduce((sum, one) => sum + one, 0) + gap.length * (columns.length - 1) - width;
  const take = (index: number, least: number): void => {
    const current = widths[index] ?? 0;
    const next = Math.max(Math.min(current, least), current - Math.max(0, excess));
    excess -= current - next;
    widths[index] = next;
  };
  take(last, sentenceColumns);
  columns.forEach(({ shrinksTo }, index) => {
    if (shrinksTo !== undefined) take(index, shrinksTo);
  });
  take(last, 10);
}
