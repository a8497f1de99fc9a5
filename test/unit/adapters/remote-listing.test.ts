/** A listing is believed where all of it is there, and nowhere else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listingIn, listingScript } from '../../../src/adapters/remote-listing.ts';
import { answerMark } from '../../../src/adapters/remote-script.ts';
import { bytesOfText } from '../../../src/core/bytes.ts';
import { notAFile } from '../../../src/core/prove.ts';

const [one, other, third] = ['one', 'other', 'third'].map(bytesOfText) as [never, never, never];

const read = (lines: readonly string[], paths = [one, other, third]) =>
  listingIn(Buffer.from([...lines, ''].join('\n')), paths);

test('sizes go to the paths that are there, in their order', () => {
  const answer = ['welcome', answerMark, '101', '-rw-r--r-- 7', 'drwxr-xr-x+ 4096'];
  assert.deepEqual(
    read(answer),
    new Map([
      [one, 7],
      [third, notAFile],
    ]),
  );
  assert.deepEqual(read([answerMark, '000']), new Map());
  assert.deepEqual(read([answerMark], []), new Map());
});

test('an answer that lacks anything is none', () => {
  const whole = [answerMark, '110', '-rw-r--r-- 7', 'crw-rw-rw- 1,'];
  assert.equal(read(whole)?.size, 2);
  for (let end = 0; end < whole.length; end += 1) assert.equal(read(whole.slice(0, end)), undefined);
  assert.equal(read([answerMark, '11', '-rw-r--r-- 7', '-rw-r--r-- 7']), undefined);
  assert.equal(read([answerMark, '100', '-rw-r--r-- many']), undefined);
  assert.equal(read(['110', '-rw-r--r-- 7', '-rw-r--r-- 7']), undefined);
});

test('what is asked for many files is cut into pieces that fit, each with its own answer', () => {
  const paths = Array.from({ length: 450 }, (_, index) => bytesOfText(`file ${index}`));
  assert.equal(listingScript(paths).match(/^look '/gm)?.length, 3);
  const answer = [200, 200, 50].flatMap((count) => [
    '1'.repeat(count),
    ...Array.from({ length: count }, () => '-rw-r--r-- 5'),
  ]);
  const found = read([answerMark, ...answer], paths as never);
  assert.deepEqual([found?.size, found?.get(paths[449]!)], [450, 5]);
});
