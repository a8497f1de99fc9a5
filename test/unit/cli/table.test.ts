/** Tables: aligned by columns on the screen, cut where the terminal ends. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable } from '../../../src/cli/report/table.ts';
import { truncate } from '../../../src/cli/report/width.ts';

const columns = [
  { title: 'NAME', align: 'left', shrinksTo: 6 },
  { title: 'SIZE', align: 'right' },
  { title: 'WAITS FOR', align: 'left' },
] as const;

test('columns are aligned by what a character takes on the screen', () => {
  const rows = [
    ['\u{1F980}\u4E2D', '1 B', 'x'],
    ['plain', '100 B', 'y'],
  ];
  assert.deepEqual(renderTable(columns, rows, 80), [
    'NAME    SIZE  WAITS FOR',
    '\u{1F980}\u4E2D     1 B  x',
    'plain  100 B  y',
  ]);
});

test('where the terminal is narrow the first columns shrink to their least, then the last one', () => {
  const rows = [['a very long name', '1 B', 'a very long reason to wait']];
  assert.equal(renderTable(columns, rows, 40)[1], 'a ver…   1 B  a very long reason to wait');
  for (const width of [80, 50, 40, 36, 30]) {
    for (const line of renderTable(columns, rows, width))
      assert.ok(line.length <= width, `${width}: ${line}`);
  }
});

test('a text is cut by columns, never within a wide character', () => {
  assert.equal(truncate('abcdef', 6), 'abcdef');
  assert.equal(truncate('abcdefg', 6), 'abcde…');
  assert.equal(truncate('\u4E2D\u4E2D\u4E2D', 4), '\u4E2D…');
});

test('where the reason could not be read, columns that may go do so, the last of them first', () => {
  const wide = [
    { title: 'NAME', align: 'left', shrinksTo: 6 },
    { title: 'SIZE', align: 'right', mayGo: true },
    { title: 'RATIO', align: 'right', mayGo: true },
    { title: 'WAITS FOR', align: 'left' },
  ] as const;
  const reason = 'being shipped to the remote: 38 % of 1 GiB';
  const headAt = (width: number, why = reason): string =>
    (renderTable(wide, [['a very long name', '1 GiB', '0.50', why]], width)[0] ?? '').replaceAll(/ +/g, ' ');
  assert.equal(headAt(80), 'NAME SIZE RATIO WAITS FOR');
  assert.equal(headAt(50), 'NAME SIZE RATIO WAITS FOR');
  assert.equal(headAt(49), 'NAME SIZE WAITS FOR');
  assert.equal(headAt(43), 'NAME SIZE WAITS FOR');
  assert.equal(headAt(42), 'NAME WAITS FOR');
  assert.equal(headAt(20), 'NAME WAITS FOR');
  // A short one needs no more.
  assert.equal(headAt(40, 'done'), 'NAME SIZE RATIO WAITS FOR');
  assert.match(
    renderTable(wide, [['a very long name', '1 GiB', '0.50', reason]], 40)[1] ?? '',
    /being shipped to the/,
  );
});
