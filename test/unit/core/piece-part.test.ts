/** Parts of pieces: where a piece lies in a file, and how pieces join to runs of bytes. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partOf, runsOf } from '../../../src/core/piece-part.ts';
import { makeMetainfo } from '../../support/world.ts';

/** Pieces of 16 bytes: 0–1 of the first file, 1–4 of the second, none of the third, 4 and 5 of the last. */
const shared = makeMetainfo({ pieceLengthBytes: 16, files: [20, 50, 0, 20] });
const [first, second, empty, last] = shared.files;

describe('a part', () => {
  it('is the whole piece inside a file, and what is left of it at the borders', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((piece) => partOf(shared, second!, piece)),
      [
        { piece: 1, startBytes: 0, lengthBytes: 12, isWholePiece: false },
        { piece: 2, startBytes: 12, lengthBytes: 16, isWholePiece: true },
        { piece: 3, startBytes: 28, lengthBytes: 16, isWholePiece: true },
        { piece: 4, startBytes: 44, lengthBytes: 6, isWholePiece: false },
      ],
    );
    assert.deepEqual(partOf(shared, first!, 0), {
      piece: 0,
      startBytes: 0,
      lengthBytes: 16,
      isWholePiece: true,
    });
  });

  it('is whole where the last piece of the torrent is short', () => {
    assert.deepEqual(partOf(shared, last!, 5), {
      piece: 5,
      startBytes: 10,
      lengthBytes: 10,
      isWholePiece: true,
    });
    const small = makeMetainfo({ pieceLengthBytes: 16, files: [5] });
    assert.deepEqual(partOf(small, small.files[0]!, 0), {
      piece: 0,
      startBytes: 0,
      lengthBytes: 5,
      isWholePiece: true,
    });
  });

  it('is asked for of the pieces of the file alone', () => {
    for (const piece of [0, 5, -1, 1.5, Number.NaN])
      assert.throws(() => partOf(shared, second!, piece), RangeError);
    assert.throws(() => partOf(shared, empty!, 4), RangeError);
  });
});

describe('runs', () => {
  it('join neighbours, whatever the order, and name each piece once', () => {
    const runs = runsOf(shared, second!, [4, 2, 1, 2]);
    assert.deepEqual(
      runs.map(({ startBytes, lengthBytes, parts }) => [
        startBytes,
        lengthBytes,
        parts.map(({ piece }) => piece),
      ]),
      [
        [0, 28, [1, 2]],
        [44, 6, [4]],
      ],
    );
    assert.deepEqual(runsOf(shared, second!, []), []);
  });
});
