/** The bytes that change a screen: played on a small terminal they give the picture, and they are few. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { widthOf } from '../../../../src/cli/report/width.ts';
import type { Line } from '../../../../src/cli/screen/line.ts';
import { fitted, textOf } from '../../../../src/cli/screen/line.ts';
import { repaint } from '../../../../src/cli/screen/paint.ts';
import { drawScreen } from '../../../../src/cli/screen/screen.ts';
import { unicodeSigns } from '../../../../src/cli/screen/space-bar.ts';
import { firstView } from '../../../../src/cli/screen/view.ts';
import { nowMs } from '../../../support/world.ts';
import { makeReport } from './made-report.ts';

const columns = 20;

/** Knows what `repaint` writes, and nothing else: an unknown sequence throws. */
class SmallTerminal {
  private readonly rows: string[][] = [];
  private row = 0;
  private column = 0;

  play(bytes: string): void {
    const graphemes = new Intl.Segmenter();
    let rest = bytes;
    while (rest !== '') {
      const sequence = /^\u001B\[([\d;]*)([HJKm])/.exec(rest);
      if (sequence !== null) {
        this.obey(sequence[1] ?? '', sequence[2] ?? '');
        rest = rest.slice(sequence[0].length);
        continue;
      }
      const [first] = graphemes.segment(rest);
      const grapheme = first?.segment ?? '';
      assert.notEqual(grapheme, '\u001B', `an unknown sequence: ${JSON.stringify(rest.slice(0, 9))}`);
      const line = (this.rows[this.row] ??= []);
      while (line.length < this.column) line.push(' ');
      line[this.column] = grapheme;
      for (let next = 1; next < widthOf(grapheme); next += 1) line[this.column + next] = '';
      this.column += widthOf(grapheme);
      rest = rest.slice(grapheme.length);
    }
  }

  private obey(parameters: string, final: string): void {
    if (final === 'H') {
      const [row = 1, column = 1] = parameters === '' ? [] : parameters.split(';').map(Number);
      this.row = row - 1;
      this.column = column - 1;
    } else if (final === 'J') {
      this.rows.length = 0;
    } else if (final === 'K') {
      this.rows[this.row]?.splice(this.column);
    }
  }

  text(count: number): readonly string[] {
    return Array.from({ length: count }, (_, row) => (this.rows[row] ?? []).join('').trimEnd());
  }
}

const piece = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '\u4e2d', '█'), maxLength: 12 }),
  style: fc.constantFrom(undefined, 'bold' as const, 'red' as const),
});
const picture = fc.array(
  fc.array(piece, { maxLength: 3 }).map((line): Line => fitted(line, columns)),
  { maxLength: 5 },
);

test('one picture after the other, the terminal shows the last one', () => {
  fc.assert(
    fc.property(fc.array(picture, { minLength: 1, maxLength: 4 }), fc.boolean(), (pictures, isStyled) => {
      const terminal = new SmallTerminal();
      let before: readonly Line[] | undefined;
      for (const after of pictures) {
        terminal.play(repaint(before, after, isStyled));
        before = after;
        assert.deepEqual(
          terminal.text(5),
          Array.from({ length: 5 }, (_, row) => textOf(after[row] ?? []).trimEnd()),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('nothing is sent where nothing has changed, and without styles no style is', () => {
  const lines: readonly Line[] = [[{ text: 'one', style: 'bold' }], [{ text: '\u4e2d' }]];
  assert.equal(repaint(lines, lines, true), '');
  assert.ok(!repaint(undefined, lines, false).includes('m'));
});

test('a second that changes the clock and one rate costs less than a hundred bytes', () => {
  const report = makeReport();
  const drawAt = (atMs: number, downBytesPerSecond: number): readonly Line[] => {
    const links = { ...report.links, downBytesPerSecond };
    return drawScreen({ ...report, links }, firstView, [], { columns: 80, rows: 24 }, unicodeSigns, atMs)
      .lines;
  };
  const bytes = repaint(drawAt(nowMs, 3_100_000), drawAt(nowMs + 1000, 3_300_000), true);
  assert.ok(Buffer.byteLength(bytes) < 100, `${Buffer.byteLength(bytes)} bytes`);
});
