/** Progress: bytes that are here and proved count once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchedBytesOf, provedBytesOf } from '../../../src/core/progress.ts';
import { makeMetainfo, makeReceipts } from '../../support/world.ts';

const metainfo = makeMetainfo({ files: [100, { lengthBytes: 7, isPadding: true }, 200] });

test('proved are the bytes of files with a receipt', () => {
  assert.equal(provedBytesOf(metainfo, undefined), 0);
  assert.equal(provedBytesOf(metainfo, makeReceipts(metainfo, [2])), 200);
});

test('what is proved and still here is not counted beyond the whole', () => {
  assert.equal(fetchedBytesOf(metainfo, 100, 200), 300);
  assert.equal(fetchedBytesOf(metainfo, 307, 200), 307);
  assert.equal(fetchedBytesOf(metainfo, 0, 0), 0);
});
