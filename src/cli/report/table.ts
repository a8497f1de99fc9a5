/** Tables for a terminal: columns aligned by what a character takes on the screen. */

import stringWidth from 'string-width';
import { truncate } from './terminal.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** May be cut short, down to this many columns, where the terminal is narrow. The last column always may. */
  readonly shrinksTo?: number;
}

const gap = '  ';

/** The lines of a table, its head first. `columns` is the terminal's width; infinite where there is none. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const cells = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => stringWidth(row[index] ?? ''))));
  shrink(columns, widths, width);
  return cells.map((row) =>
    columns
      .map((column, index) => {
        const room = widths[index] ?? 0;
        const text = truncate(row[index] ?? '', room);
        const padding = ' '.repeat(Math.max(0, room - stringWidth(text)));
        return column.align === 'right' ? padding + text : text + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Takes what is too much from the shrinking columns, the first ones first, and the rest from the last column. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, one) => sum + one, 0) + gap.length * (columns.length - 1) - width;
  columns.forEach(({ shrinksTo }, index) => {
    if (excess <= 0 || shrinksTo === undefined) return;
    const current = widths[index] ?? 0;
    const next = Math.max(Math.min(current, shrinksTo), current - excess);
    excess -= current - next;
    widths[index] = next;
  });
  const last = widths.length - 1;
  if (excess > 0) widths[last] = Math.max(10, (widths[last] ?? 0) - excess);
}
