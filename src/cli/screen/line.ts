/** Lines of a screen as data: pieces of text, each in one style, that fill so many columns. */

import type { Style } from '../report/terminal.ts';
import { truncate, widthOf } from '../report/width.ts';

export interface Piece {
  readonly text: string;
  readonly style?: Style | undefined;
}

export type Line = readonly Piece[];

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

export function plainLine(text: string, style?: Style): Line {
  return [{ text, style }];
}

/** Cut to so many columns; never filled up. */
export function fitted(line: Line, columns: number): Line {
  const kept: Piece[] = [];
  let left = columns;
  for (const piece of line) {
    if (left <= 0) break;
    const text = truncate(piece.text, left);
    kept.push({ ...piece, text });
    left -= widthOf(text);
  }
  return kept;
}

/** A text that takes exactly so many columns. */
export function cell(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const shown = truncate(text, columns);
  const padding = ' '.repeat(Math.max(0, columns - widthOf(shown)));
  return align === 'right' ? padding + shown : shown + padding;
}

/** One text at the left and one at the right edge; the left one gives way. */
export function edges(left: Line, right: string, columns: number): Line {
  const room = columns - widthOf(right) - 1;
  if (room < 1) return fitted(left, columns);
  const shown = fitted(left, room);
  const gap = columns - widthOf(textOf(shown)) - widthOf(right);
  return [...shown, { text: ' '.repeat(gap) }, { text: right, style: 'dim' }];
}

/**
 * The text over as many lines as it needs, parted at blanks where it can be; all but the first begin at that column, as long
 * as half of the width is left for them.
 */
export function wrapped(text: string, columns: number, hangingAt = 0): readonly string[] {
  const indent = ' '.repeat(hangingAt * 2 <= columns ? hangingAt : 0);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (widthOf(longer) <= columns) {
      current = longer;
      continue;
    }
    if (current.trim() !== '') lines.push(current);
    current = lines.length === 0 ? word : `${indent}${word}`;
    while (widthOf(current) > columns && columns > 1) {
      const head = truncate(current, columns).slice(0, -1);
      if (head.trim() === '') break;
      lines.push(head);
      current = `${indent}${current.slice(head.length)}`;
    }
  }
  return [...lines, current];
}
