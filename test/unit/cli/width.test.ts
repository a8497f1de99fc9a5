/** Widths that are counted without a table are those that the table has. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { truncate, widthOf } from '../../../src/cli/report/width.ts';

const last = 0xffff;

test('each character of the basic plane has the width that string-width gives it', () => {
  const wrong: string[] = [];
  for (let code = 0x20; code <= last; code += 1) {
    const text = String.fromCharCode(code);
    if (widthOf(text) !== stringWidth(text)) wrong.push(code.toString(16));
  }
  assert.deepEqual(wrong, []);
});

test('so have texts of several scripts, with marks that join and characters that are drawn as one', () => {
  const character = fc.oneof(
    fc.integer({ min: 0x20, max: 0x52f }),
    fc.integer({ min: 0x2010, max: 0x259f }),
    fc.integer({ min: 0x3040, max: 0x3100 }),
    fc.integer({ min: 0xabf0, max: 0xd7b0 }),
    fc.constantFrom(0xad, 0x200d, 0xfe0f, 0x20e3, 0x1f3fb, 0x1f980, 0x1f1e6, 0x4e2d, 0x1b, 0x600),
  );
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (codes) => {
      const text = String.fromCodePoint(...codes);
      assert.equal(widthOf(text), stringWidth(text));
    }),
    { numRuns: 3000 },
  );
});

test('a text that is cut has an ellipsis in its last column, and no more columns than there are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 12 }), (text, columns) => {
      const cut = truncate(text, columns);
      assert.ok(widthOf(cut) <= columns);
      assert.ok(cut === text || (cut.endsWith('…') && text.startsWith(cut.slice(0, -1))));
    }),
  );
});
