/** The rate of a stream: whatever it is told to be, what comes in before rtorrent stops it by itself fits its window. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  batchPieces,
  isOverrun,
  leastWindowBytes,
  mostDownloads,
  mostWindowBytes,
  streamRate,
} from '../../../src/core/stream-rate.ts';
import { mebibyte } from '../../support/world.ts';

const kibibyte = 1024;
const blockBytes = 4096;
const window = { windowBytes: 24 * mebibyte, pieceLengthBytes: 256 * kibibyte, blockBytes };
/** How long rtorrent goes on without us. */
const guardSeconds = 3;

const windows = fc
  .record({ exponent: fc.integer({ min: 14, max: 25 }), more: fc.double({ min: 1, max: 100, noNaN: true }) })
  .map(({ exponent, more }) => {
    const pieceLengthBytes = 2 ** exponent;
    const windowBytes = Math.floor(leastWindowBytes(pieceLengthBytes, blockBytes) * more);
    return { windowBytes, pieceLengthBytes, blockBytes };
  });

describe('streamRate', () => {
  it('never lets in more than there is room for before rtorrent stops it', () => {
    fc.assert(
      fc.property(windows, fc.double({ min: 0, max: 2, noNaN: true }), (one, share) => {
        const allocatedBytes = Math.floor(one.windowBytes * share);
        const rate = streamRate(one, allocatedBytes);
        assert.ok(rate >= 0);
        if (rate > 0)
          assert.ok(allocatedBytes + rate * guardSeconds + one.pieceLengthBytes < one.windowBytes);
      }),
    );
  });

  it('falls as the backlog grows, to nothing', () => {
    const rates = [0, 8, 16, 23, 24, 30].map((used) => streamRate(window, used * mebibyte));
    assert.deepEqual(
      rates,
      [...rates].sort((one, other) => other - one),
    );
    assert.deepEqual(rates.slice(-2), [0, 0]);
    assert.ok((rates[0] ?? 0) > 3 * mebibyte);
  });

  it('is no higher than rtorrent can be told', () => {
    assert.equal(streamRate({ ...window, windowBytes: 2 ** 50 }, 0), 320 * mebibyte);
  });
});

describe('a window', () => {
  it('of the least size can be filled, and is not overrun by what it lets in', () => {
    fc.assert(
      fc.property(windows, (one) => {
        const least = { ...one, windowBytes: leastWindowBytes(one.pieceLengthBytes, blockBytes) };
        const leftUnfinished = mostDownloads(least) * least.pieceLengthBytes;
        assert.ok(streamRate(least, leftUnfinished + batchPieces(least) * least.pieceLengthBytes) > 0);
        assert.ok(!isOverrun(least, least.windowBytes - 2 * least.pieceLengthBytes - 16 * blockBytes));
        assert.ok(isOverrun(least, least.windowBytes));
      }),
    );
  });

  it('is shared by few peers where it is small, and by no more than rtorrent takes where it is large', () => {
    assert.equal(mostDownloads(window), 24);
    assert.equal(mostDownloads({ ...window, windowBytes: mebibyte }), 1);
    assert.equal(mostDownloads({ ...window, windowBytes: mostWindowBytes(window.pieceLengthBytes) }), 50);
  });

  it('is sent in batches of some MiB, of one piece at least', () => {
    assert.equal(batchPieces(window), 12);
    assert.equal(batchPieces({ ...window, windowBytes: 2 ** 40 }), 32);
    assert.equal(batchPieces({ ...window, pieceLengthBytes: 16 * mebibyte }), 1);
  });

  it('is never larger than is of use, unless the pieces are', () => {
    assert.equal(mostWindowBytes(mebibyte), 2 * 1024 ** 3);
    assert.equal(mostWindowBytes(64 * mebibyte), 4 * 1024 ** 3);
  });
});
