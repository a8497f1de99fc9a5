/** Sets of pieces: rtorrent's hex, and which files they make whole. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MetainfoFile } from '../../../src/core/metainfo.ts';
import {
  hasPiece,
  isFileComplete,
  noPieces,
  piecesFromHex,
  piecesIn,
  piecesOf,
} from '../../../src/core/pieces.ts';
import { makeMetainfo } from '../../support/world.ts';

const indicesBelow = (count: number): fc.Arbitrary<number[]> =>
  count === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(count - 1));
const someSet = fc
  .nat(40)
  .chain((count) =>
    indicesBelow(count).map((indices) => ({ count, indices: indices.sort((a, b) => a - b) })),
  );

describe('piecesOf', () => {
  it('holds what it was given and nothing else, in BitTorrent’s order of bits', () => {
    fc.assert(
      fc.property(someSet, ({ count, indices }) => {
        const set = piecesOf(count, indices);
        assert.equal(piecesIn(set).length, indices.length);
        for (let index = -1; index <= count + 9; index += 1) {
          assert.equal(hasPiece(set, index), indices.includes(index));
        }
      }),
    );
    assert.deepEqual(piecesOf(10, [0, 9]).bits, Uint8Array.of(0x80, 0x40));
  });

  it('refuses pieces that the torrent does not have', () => {
    assert.throws(() => piecesOf(8, [8]), RangeError);
    assert.throws(() => piecesOf(8, [-1]), RangeError);
  });
});

describe('piecesFromHex', () => {
  it('reads what rtorrent writes, in either case', () => {
    fc.assert(
      fc.property(someSet, fc.boolean(), ({ count, indices }, isUpper) => {
        const hex = Buffer.from(piecesOf(count, indices).bits).toString('hex');
        assert.deepEqual(piecesFromHex(count, isUpper ? hex.toUpperCase() : hex), piecesOf(count, indices));
      }),
    );
  });

  it('takes the empty answer of a closed torrent for no pieces', () => {
    assert.deepEqual(piecesFromHex(20, ''), noPieces(20));
  });

  it('refuses digits that do not fit the count', () => {
    for (const hex of ['8', '800', '8000', 'GG', '0x', ' 80']) assert.equal(piecesFromHex(8, hex), undefined);
  });

  it('sees no piece in the spare bits of the last byte', () => {
    const set = piecesFromHex(3, 'FF');
    assert.ok(set !== undefined);
    assert.equal(piecesIn(set).length, 3);
    assert.equal(hasPiece(set, 3), false);
  });
});

describe('isFileComplete', () => {
  // rtorrent's own count says 8 of 8 for b with piece 10 missing: b begins where a ends, on a piece border.
  const aligned = makeMetainfo({ pieceLengthBytes: 16, files: [3 * 16, 8 * 16, 20] });
  const [a, b, c] = aligned.files as [MetainfoFile, MetainfoFile, MetainfoFile];
  const allBut = (missing: number): ReturnType<typeof piecesOf> =>
    piecesOf(
      aligned.pieceCount,
      Array.from({ length: aligned.pieceCount }, (_, index) => index).filter((index) => index !== missing),
    );

  it('is true only of files whose every piece is there, also where files end on piece borders', () => {
    const complete = (missing: number): readonly boolean[] =>
      [a, b, c].map((file) => isFileComplete(aligned, file, allBut(missing)));
    assert.deepEqual(complete(-1), [true, true, true]);
    assert.deepEqual(complete(2), [false, true, true]);
    assert.deepEqual(complete(3), [true, false, true]);
    assert.deepEqual(complete(10), [true, false, true]);
    assert.deepEqual(complete(12), [true, true, false]);
  });

  it('counts a piece that two files share for both', () => {
    const shared = makeMetainfo({ pieceLengthBytes: 16, files: [8, 8, 16] });
    const done = (indices: readonly number[]): readonly boolean[] =>
      shared.files.map((file) => isFileComplete(shared, file, piecesOf(2, indices)));
    assert.deepEqual(done([0]), [true, true, false]);
    assert.deepEqual(done([1]), [false, false, true]);
  });

  it('is true of an empty file even while there is no piece', () => {
    const metainfo = makeMetainfo({ files: [5, 0] });
    const done = metainfo.files.map((file) => isFileComplete(metainfo, file, noPieces(1)));
    assert.deepEqual(done, [false, true]);
  });
});
