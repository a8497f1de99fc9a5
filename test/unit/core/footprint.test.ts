/** Footprints: compared with a model that marks every block, byte by byte. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocationCeiling, selectionFootprint, sumOf, wholeFootprint } from '../../../src/core/footprint.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { blockBytes, makeMetainfo, mebibyte } from '../../support/world.ts';

const tinyBlockBytes = 4;

/** Small enough to look at each byte: pieces and files that begin and end anywhere in blocks of 4 bytes. */
const tinyTorrent = fc
  .record({
    pieceLengthBytes: fc.integer({ min: 1, max: 24 }),
    files: fc.array(fc.nat(60), { minLength: 1, maxLength: 8 }),
  })
  .map((spec) => makeMetainfo({ ...spec, isMultiFile: true }));

const tinySelection = tinyTorrent.chain((metainfo) =>
  fc
    .subarray(metainfo.files.map((file) => file.index))
    .map((indices) => ({ metainfo, selected: new Set(indices) })),
);

/** The blocks of each file that rtorrent writes to: those with a byte of a piece that holds a byte of a selected file. */
function trueUsage(metainfo: Metainfo, selected: ReadonlySet<number>): ReadonlyMap<number, number> {
  const touched = new Set<number>();
  for (const file of metainfo.files) {
    if (!selected.has(file.index)) continue;
    for (let byte = 0; byte < file.lengthBytes; byte += 1) {
      touched.add(Math.floor((file.offsetBytes + byte) / metainfo.pieceLengthBytes));
    }
  }
  const usage = new Map<number, number>();
  for (const file of metainfo.files) {
    const blocks = new Set<number>();
    for (let byte = 0; byte < file.lengthBytes; byte += 1) {
      const piece = Math.floor((file.offsetBytes + byte) / metainfo.pieceLengthBytes);
      if (touched.has(piece)) blocks.add(Math.floor(byte / tinyBlockBytes));
    }
    if (blocks.size > 0) usage.set(file.index, blocks.size * tinyBlockBytes);
  }
  return usage;
}

function everyFile(metainfo: Metainfo): ReadonlySet<number> {
  return new Set(metainfo.files.map((file) => file.index));
}

describe('selectionFootprint', () => {
  it('is never less than what is written, of any file', () => {
    fc.assert(
      fc.property(tinySelection, ({ metainfo, selected }) => {
        const footprint = selectionFootprint(metainfo, selected, tinyBlockBytes);
        for (const [index, bytes] of trueUsage(metainfo, selected)) {
          assert.ok(
            (footprint.get(index) ?? 0) >= bytes,
            `file ${index}: ${footprint.get(index)} < ${bytes}`,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is never more than the whole file, of any file, and names only files that are written to', () => {
    fc.assert(
      fc.property(tinySelection, ({ metainfo, selected }) => {
        const whole = selectionFootprint(metainfo, everyFile(metainfo), tinyBlockBytes);
        const used = trueUsage(metainfo, selected);
        for (const [index, bytes] of selectionFootprint(metainfo, selected, tinyBlockBytes)) {
          assert.ok(bytes <= (whole.get(index) ?? 0), `file ${index}`);
          assert.ok(used.has(index), `file ${index} is not written to`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('grows with the selection', () => {
    fc.assert(
      fc.property(tinySelection, fc.nat(7), ({ metainfo, selected }, extra) => {
        const less = sumOf(selectionFootprint(metainfo, selected, tinyBlockBytes));
        const more = sumOf(selectionFootprint(metainfo, new Set([...selected, extra]), tinyBlockBytes));
        assert.ok(more >= less);
      }),
    );
  });

  it('is exact to the block where a file needs no blocks for its map', () => {
    // Pieces of 16, blocks of 4; file 1 spans the bytes 18–29, so pieces 1 alone: bytes 16–31.
    const metainfo = makeMetainfo({ pieceLengthBytes: 16, files: [18, 12, 20] });
    const footprint = selectionFootprint(metainfo, new Set([1]), tinyBlockBytes);
    assert.deepEqual(
      [...footprint],
      [
        [0, 4],
        [1, 12],
        [2, 4],
      ],
    );
  });

  it('of nothing, of empty files and of files that are not there is nothing', () => {
    const metainfo = makeMetainfo({ files: [0, mebibyte, 0] });
    for (const selected of [[], [0], [0, 2], [9]]) {
      assert.equal(sumOf(selectionFootprint(metainfo, new Set(selected), blockBytes)), 0);
    }
  });

  it('costs more for alternating files than for a run of as many', () => {
    const metainfo = makeMetainfo({
      pieceLengthBytes: mebibyte,
      files: Array.from({ length: 20 }, () => 2.5 * mebibyte),
    });
    const cost = (indices: readonly number[]): number =>
      sumOf(selectionFootprint(metainfo, new Set(indices), blockBytes));
    const tenFilesBytes = 25 * mebibyte;
    const run = cost([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    const alternating = cost([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    assert.ok(run >= tenFilesBytes);
    assert.ok(run <= tenFilesBytes * 1.06, `a run costs ${run / tenFilesBytes}`);
    assert.ok(alternating >= tenFilesBytes * 1.15, `alternating files cost ${alternating / tenFilesBytes}`);
  });
});

describe('wholeFootprint', () => {
  it('is the footprint of all files, and no less than their blocks', () => {
    fc.assert(
      fc.property(tinyTorrent, (metainfo) => {
        const whole = wholeFootprint(metainfo, tinyBlockBytes);
        assert.equal(whole, sumOf(selectionFootprint(metainfo, everyFile(metainfo), tinyBlockBytes)));
        const blocks = metainfo.files.reduce(
          (sum, file) => sum + Math.ceil(file.lengthBytes / tinyBlockBytes),
          0,
        );
        assert.ok(whole >= blocks * tinyBlockBytes);
      }),
    );
  });

  it('rounds each file up to blocks', () => {
    const metainfo = makeMetainfo({ files: [1, blockBytes, blockBytes + 1, 0] });
    assert.equal(wholeFootprint(metainfo, blockBytes), 4 * blockBytes);
  });

  it('counts the blocks that map a file of many pieces', () => {
    const ofPieces = (count: number): number => {
      const metainfo = makeMetainfo({ pieceLengthBytes: mebibyte, files: [count * mebibyte] });
      return wholeFootprint(metainfo, blockBytes) - count * mebibyte;
    };
    assert.equal(ofPieces(3), 0);
    assert.equal(ofPieces(4), blockBytes);
    assert.equal(ofPieces(169), blockBytes);
    assert.equal(ofPieces(170), 2 * blockBytes);
    // Over four leaves there is a block above them.
    assert.equal(ofPieces(5 * 170 - 1), 6 * blockBytes);
  });
});

describe('allocationCeiling', () => {
  const metainfo = makeMetainfo();

  it('is the length in full blocks, and nothing for nothing', () => {
    assert.equal(allocationCeiling(metainfo, 0, blockBytes), 0);
    assert.equal(allocationCeiling(metainfo, 1, blockBytes), blockBytes);
    assert.equal(allocationCeiling(metainfo, 48 * mebibyte, blockBytes), 48 * mebibyte);
  });

  it('has a block for the extents where they do not fit the inode any more', () => {
    assert.equal(allocationCeiling(metainfo, 48 * mebibyte + 1, blockBytes), 48 * mebibyte + 2 * blockBytes);
  });
});
