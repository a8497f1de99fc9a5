/** What links carry is told from the busy moments lately, or from the last transfers. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkRatesOf } from '../../../src/core/link-rates.ts';

describe('linkRatesOf', () => {
  it('is the mean over the moments in which something was carried, the latest alone', () => {
    const sample = (down: number, ship: number) => ({ downBytesPerSecond: down, shipBytesPerSecond: ship });
    const old = Array.from({ length: 50 }, () => sample(1000, 0));
    const recent = Array.from({ length: 30 }, (_, index) => sample(index % 2 === 0 ? 100 : 300, 0));
    assert.deepEqual(linkRatesOf([...old, ...recent, sample(0, 50), sample(0, 0)]), {
      downBytesPerSecond: 200,
      shipBytesPerSecond: 50,
    });
    assert.deepEqual(linkRatesOf([]), { downBytesPerSecond: undefined, shipBytesPerSecond: undefined });
  });

  it('goes by the last ten transfers where hardly a sample caught one, the newest first', () => {
    const transfer = (atMs: number, bytes: number, tookMs: number) => ({ atMs, bytes, tookMs });
    const last = Array.from({ length: 10 }, (_, index) => transfer(9000 - index * 500, index * 100, 500));
    const transfers = [transfer(9500, 7, 0), ...last, transfer(4000, 1e9, 1)];
    assert.equal(linkRatesOf([], transfers).shipBytesPerSecond, 900);
    const sample = { downBytesPerSecond: 0, shipBytesPerSecond: 5 };
    assert.equal(linkRatesOf([sample, sample], transfers).shipBytesPerSecond, 900, 'it has just begun');
    assert.equal(linkRatesOf([sample, sample, sample], transfers).shipBytesPerSecond, 5);
    assert.equal(linkRatesOf([sample], []).shipBytesPerSecond, 5, 'there is nothing else');
    assert.equal(linkRatesOf([], []).shipBytesPerSecond, undefined);
  });
  it('takes the rate of the line, not that of one transfer, where several shared it', () => {
    const rate = (transfers: Parameters<typeof linkRatesOf>[1]) =>
      linkRatesOf([], transfers).shipBytesPerSecond;
    const [late, early] = [
      { atMs: 20_000, bytes: 1000, tookMs: 10_000 },
      { atMs: 15_000, bytes: 500, tookMs: 5_000 },
    ];
    assert.equal(rate([late, early]), 150, '1500 bytes in the ten seconds of the longer one');
    assert.equal(rate([{ ...late, tookMs: 8_000 }, early]), 150, 'one began while the other was under way');
    const alone = { atMs: 9_000, bytes: 1500, tookMs: 2_000 };
    assert.equal(rate([late, early, alone]), 250, 'the rest between them is no time of the line');
  });
});
