/** Keys: what terminals send, in one chunk or many, and nothing from what is unknown. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../../../src/cli/screen/keys.ts';

function named(input: string): readonly string[] {
  return keysOf(input).map((key) => (key.kind === 'character' ? key.character : `<${key.kind}>`));
}

test('letters and named keys, several in one chunk', () => {
  assert.deepEqual(named('pq'), ['p', 'q']);
  assert.deepEqual(named('\u001B[A\u001BOBx\u001B[5~\u001B[6~'), [
    '<up>',
    '<down>',
    'x',
    '<page-up>',
    '<page-down>',
  ]);
  assert.deepEqual(named('\u001B[H\u001B[1~\u001BOF\u001B[4~'), ['<home>', '<home>', '<end>', '<end>']);
  assert.deepEqual(named('\r\u0003\u001A'), ['<enter>', '<interrupt>', '<suspend>']);
});

test('a lone escape is the key; an unknown sequence is passed over whole', () => {
  assert.deepEqual(named('\u001B'), ['<escape>']);
  assert.deepEqual(named('\u001B[1;5Cq\u001B[15~\u001BOP+'), ['q', '+']);
});

test('a character of several units is one key', () => {
  assert.deepEqual(named('\u{1F600}é'), ['\u{1F600}', 'é']);
});
