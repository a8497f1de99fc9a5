/**
 * Turns two pictures of a screen into the few bytes that make the second one of the first: over a slow line nothing is
 * sent that is there already.
 */

import type { Style } from '../report/terminal.ts';
import { widthOf } from '../report/width.ts';
import type { Line, Piece } from './line.ts';

/** SGR parameters (ECMA-48). */
const codes: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  inverse: 7,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
};

const escape = '\u001B[';
const eraseToEnd = `${escape}K`;
/** Fewer cells than this that are alike between two changes are written again: to move the cursor costs more. */
const worthAMove = 8;

/** `before` undefined: nothing is known of the screen, it is cleared first. Lines of both fit the screen. */
export function repaint(
  before: readonly Line[] | undefined,
  after: readonly Line[],
  isStyled: boolean,
): string {
  let bytes = before === undefined ? `${escape}H${escape}2J` : '';
  const count = Math.max(before?.length ?? 0, after.length);
  for (let row = 0; row < count; row += 1) {
    bytes += repaintLine(row + 1, before?.[row] ?? [], after[row] ?? [], isStyled);
  }
  return bytes;
}

interface Cell {
  readonly text: string;
  readonly style: Style | undefined;
}

function repaintLine(row: number, before: Line, after: Line, isStyled: boolean): string {
  const [old, fresh] = [cellsOf(before), cellsOf(after)];
  // Terminals differ on what wide and combined characters take: such a line is written whole.
  if (old === undefined || fresh === undefined) {
    return isAlike(before, after) ? '' : `${move(row, 1)}${written(after, isStyled)}${eraseToEnd}`;
  }
  let bytes = '';
  for (const { from, to } of changesOf(old, fresh)) {
    bytes += move(row, from + 1) + written(piecesOf(fresh.slice(from, to)), isStyled);
  }
  if (fresh.length < old.length) {
    const isAtEnd = bytes !== '' && changesOf(old, fresh).at(-1)?.to === fresh.length;
    bytes += `${isAtEnd ? '' : move(row, fresh.length + 1)}${eraseToEnd}`;
  }
  return bytes;
}

/** Ranges of cells that differ, near ones joined. */
function changesOf(
  old: readonly Cell[],
  fresh: readonly Cell[],
): readonly { readonly from: number; readonly to: number }[] {
  const changes: { from: number; to: number }[] = [];
  fresh.forEach((cell, index) => {
    const was = old[index] ?? { text: ' ', style: undefined };
    if (was.text === cell.text && was.style === cell.style) return;
    const last = changes.at(-1);
    if (last !== undefined && index - last.to < worthAMove) last.to = index + 1;
    else changes.push({ from: index, to: index + 1 });
  });
  return changes;
}

/** One cell a character; undefined where a character takes not exactly one column. */
function cellsOf(line: Line): readonly Cell[] | undefined {
  const cells: Cell[] = [];
  for (const { text, style } of line) {
    for (const character of text) {
      if (character > '~' && (character.length > 1 || widthOf(character) !== 1)) return undefined;
      cells.push({ text: character, style });
    }
  }
  return cells;
}

function piecesOf(cells: readonly Cell[]): Line {
  const pieces: { text: string; style: Style | undefined }[] = [];
  for (const { text, style } of cells) {
    const last = pieces.at(-1);
    if (last !== undefined && last.style === style) last.text += text;
    else pieces.push({ text, style });
  }
  return pieces;
}

function isAlike(one: Line, other: Line): boolean {
  const isSame = (piece: Piece, index: number): boolean =>
    piece.text === other[index]?.text && piece.style === other[index].style;
  return one.length === other.length && one.every(isSame);
}

function written(line: Line, isStyled: boolean): string {
  return line
    .map(({ text, style }) =>
      style === undefined || !isStyled ? text : `${escape}${codes[style]}m${text}${escape}m`,
    )
    .join('');
}

function move(row: number, column: number): string {
  return column === 1 ? `${escape}${row}H` : `${escape}${row};${column}H`;
}
