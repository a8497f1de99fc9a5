/** The stream of events, cut anywhere, gives the same messages. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageReader } from '../../../src/dashboard/message-reader.ts';

const messages = ['a', 'b\n\nc', 'd ü 🎈', ''].map((detail, number) => ({
  kind: 'event',
  event: { number, detail },
}));
const stream = [
  ': hello\n\n',
  ...messages.map((message) => `event: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`),
  ': still here\n\n',
].join('');

function read(pieces: readonly string[]): readonly unknown[] {
  const got: unknown[] = [];
  const take = messageReader((message) => got.push(message));
  for (const piece of pieces) take(piece);
  return got;
}

test('in one piece, and character by character', () => {
  assert.deepEqual(read([stream]), messages);
  assert.deepEqual(read(stream.split('')), messages);
});

test('cut anywhere', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: stream.length }), { maxLength: 10 });
  fc.assert(
    fc.property(cuts, (places) => {
      const at = [0, ...places.toSorted((one, other) => one - other), stream.length];
      const pieces = at.slice(1).map((end, index) => stream.slice(at[index], end));
      assert.deepEqual(read(pieces), messages);
    }),
  );
});

test('what is not finished is not told', () => {
  assert.deepEqual(read([stream.slice(0, -': still here\n\n'.length - 1)]), messages.slice(0, -1));
});
