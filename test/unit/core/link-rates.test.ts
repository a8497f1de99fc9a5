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

  it('goes by the last ten transfers where no sample caught one, the newest first', () => {
    const transfer = (bytes: number, tookMs: number) => ({ bytes, tookMs });
    const last = Array.from({ length: 10 }, (_, index) => transfer(index * 100, 500));
    const transfers = [transfer(7, 0), ...last, transfer(1e9, 1)];
    assert.equal(linkRatesOf([], transfers).shipBytesPerSecond, 900);
    const sample = { downBytesPerSecond: 0, shipBytesPerSecond: 5 };
    assert.equal(linkRatesOf([sample], transfers).shipBytesPerSecond, 5);
    assert.equal(linkRatesOf([], []).shipBytesPerSecond, undefined);
  });
});
