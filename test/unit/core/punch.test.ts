/** What can be freed of a streamed file: compared with a count of every single byte. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { pieceRangeOf } from '../../../src/core/metainfo.ts';
import { piecesOf } from '../../../src/core/pieces.ts';
import type { ByteRange } from '../../../src/core/punch.ts';
import { freeableRanges } from '../../../src/core/punch.ts';
import { makeMetainfo } from '../../support/world.ts';

const shared = makeMetainfo({ pieceLengthBytes: 16, files: [20, 50, 0, 20] });

function ranges(index: number, pieces: readonly number[], fresh?: readonly number[], blockBytes = 8): string {
  const set = piecesOf(shared.pieceCount, pieces);
  const found = freeableRanges(shared, shared.files[index]!, set, fresh, blockBytes);
  return found.map(({ startBytes, endBytes }) => `${startBytes}-${endBytes}`).join(' ');
}

it('whole blocks alone are freed, and shared ones with the last piece that has a share', () => {
  // Pieces 1–4 hold the bytes 0–12, 12–28, 28–44 and 44–50 of the second file.
  assert.equal(ranges(1, [2]), '16-24');
  assert.equal(ranges(1, [1]), '0-8');
  assert.equal(ranges(1, [1, 2]), '0-24');
  assert.equal(ranges(1, [1, 2], [2]), '8-24');
  assert.equal(ranges(1, [1, 2], [1]), '0-16');
  assert.equal(ranges(1, [2, 4]), '16-24 48-56');
  assert.equal(ranges(1, [1, 2, 3, 4], [3]), '24-48');
  assert.equal(ranges(1, [1, 2, 3, 4]), '0-56');
  assert.equal(ranges(1, [2], [3]), '');
  assert.equal(ranges(1, []), '');
  assert.equal(ranges(2, [4]), '');
  assert.equal(ranges(1, [1, 2, 3, 4], undefined, 4096), '0-4096');
  assert.equal(ranges(1, [1, 2, 3], undefined, 4096), '');
});

/** Block by block, byte by byte. */
function counted(
  fileBytes: number,
  blockBytes: number,
  mayGo: (byte: number) => boolean,
  isFresh: (byte: number) => boolean,
): readonly number[] {
  const blocks = Array.from({ length: Math.ceil(fileBytes / blockBytes) }, (_, block) => block);
  return blocks.filter((block) => {
    const end = Math.min(fileBytes, (block + 1) * blockBytes);
    const bytes = Array.from({ length: end - block * blockBytes }, (_, at) => block * blockBytes + at);
    return bytes.every(mayGo) && bytes.some(isFresh);
  });
}

function blocksOf(found: readonly ByteRange[], blockBytes: number): readonly number[] {
  return found.flatMap(({ startBytes, endBytes }) =>
    Array.from({ length: (endBytes - startBytes) / blockBytes }, (_, at) => startBytes / blockBytes + at),
  );
}

it('the blocks are those that a count of the bytes finds, each once, whatever the sizes', () => {
  const shapes = fc.record({
    files: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
    pieceLengthBytes: fc.integer({ min: 1, max: 20 }),
    blockBytes: fc.constantFrom(1, 2, 4, 8, 16),
    shipped: fc.array(fc.boolean(), { minLength: 160, maxLength: 160 }),
    fresh: fc.option(fc.array(fc.nat(159), { maxLength: 6 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(shapes, ({ files, pieceLengthBytes, blockBytes, shipped, fresh }) => {
      const metainfo = makeMetainfo({ pieceLengthBytes, files, isMultiFile: true });
      const numbers = shipped.flatMap((is, piece) => (is && piece < metainfo.pieceCount ? [piece] : []));
      for (const file of metainfo.files) {
        const range = pieceRangeOf(metainfo, file);
        const wanted = fresh?.filter((piece) => piece < metainfo.pieceCount);
        const set = piecesOf(metainfo.pieceCount, numbers);
        const found = freeableRanges(metainfo, file, set, wanted, blockBytes);
        const pieceAt = (byte: number): number => Math.floor((file.offsetBytes + byte) / pieceLengthBytes);
        const mayGo = (byte: number): boolean => numbers.includes(pieceAt(byte));
        const isFresh = (byte: number): boolean => wanted?.includes(pieceAt(byte)) ?? true;
        const expected = range === undefined ? [] : counted(file.lengthBytes, blockBytes, mayGo, isFresh);
        assert.deepEqual(blocksOf(found, blockBytes), expected);
      }
    }),
    { numRuns: 500 },
  );
});
