/** What a .torrent says: infohashes, content, and which pieces hold a file. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentFiles, parseInfohash, pieceRangeOf } from '../../../src/core/metainfo.ts';
import { makeMetainfo } from '../../support/world.ts';

describe('parseInfohash', () => {
  it('takes 40 hex digits and writes them as rtorrent does', () => {
    assert.equal(parseInfohash('0123456789abcdefABCD'.repeat(2)), '0123456789ABCDEFABCD'.repeat(2));
  });

  it('refuses anything else', () => {
    for (const text of ['', 'A'.repeat(39), 'A'.repeat(41), 'G'.repeat(40), ` ${'A'.repeat(39)}`]) {
      assert.equal(parseInfohash(text), undefined);
    }
    assert.equal(parseInfohash(`${'A'.repeat(40)}\n`), undefined);
  });
});

describe('contentFiles', () => {
  it('leaves padding out and keeps empty files', () => {
    const metainfo = makeMetainfo({ files: [5, { lengthBytes: 3, isPadding: true }, 0] });
    assert.deepEqual(
      contentFiles(metainfo).map((file) => file.index),
      [0, 2],
    );
  });
});

describe('pieceRangeOf', () => {
  it('tells the pieces that hold a byte of the file, borders included', () => {
    const metainfo = makeMetainfo({ pieceLengthBytes: 10, files: [10, 1, 9, 0, 15, 0, 5, 1] });
    assert.deepEqual(
      metainfo.files.map((file) => pieceRangeOf(metainfo, file)),
      [
        { first: 0, last: 0 },
        { first: 1, last: 1 },
        { first: 1, last: 1 },
        undefined,
        { first: 2, last: 3 },
        undefined,
        { first: 3, last: 3 },
        { first: 4, last: 4 },
      ],
    );
  });
});
