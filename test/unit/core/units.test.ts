/** Sizes, rates and times: what is understood, what is refused, and how they read. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  countOf,
  formatBytes,
  formatDuration,
  formatRate,
  parseBytes,
  parseDuration,
} from '../../../src/core/units.ts';

describe('parseBytes', () => {
  it('understands numbers and the units of both families', () => {
    const sizes: Readonly<Record<string, number>> = {
      '0': 0,
      '3221225472': 3 * 1024 ** 3,
      '12 B': 12,
      '3GiB': 3 * 1024 ** 3,
      '3 GB': 3_000_000_000,
      '3g': 3_000_000_000,
      '1.5 TiB': 1.5 * 1024 ** 4,
      '0.5kib': 512,
      '  7 MiB ': 7 * 1024 ** 2,
      '250 kB': 250_000,
    };
    for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseBytes(text), bytes, text);
  });

  it('refuses everything else', () => {
    const refused = ['', ' ', '-1', '+1', '3 XB', '1e9', '0x10', '1,5 GiB', '.5 GiB', '5.', '3 iB', '3 PiB'];
    refused.push('GiB', '3 GiB 2', '3GGB', 'Infinity', 'NaN', '1 2', '3 bb');
    for (const text of refused) assert.equal(parseBytes(text), undefined, text);
  });

  it('refuses sizes that no number holds exactly', () => {
    assert.equal(parseBytes('9007199254740991'), Number.MAX_SAFE_INTEGER);
    assert.equal(parseBytes('9007199254740992'), undefined);
    assert.equal(parseBytes('9000 TiB'), undefined);
  });

  it('refuses a part of a byte, and rounds what is written in larger units', () => {
    for (const text of ['1.5', '0.4 B', '1.0']) assert.equal(parseBytes(text), undefined, text);
    assert.equal(parseBytes('0.0015 KB'), 2);
  });

  it('reads back every whole number of every unit', () => {
    const units = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, KB: 1000, MB: 1e6, GB: 1e9 };
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...Object.entries(units)), (amount, [unit, factor]) => {
        assert.equal(parseBytes(`${amount} ${unit}`), amount * factor);
      }),
    );
  });
});

describe('parseDuration', () => {
  it('takes whole numbers with units, one after the other, and a bare 0', () => {
    const hourMs = 3_600_000;
    const times = { '72h': 72 * hourMs, '3d': 72 * hourMs, '1d 12h': 36 * hourMs, '1D12H': 36 * hourMs };
    for (const [text, ms] of Object.entries(times)) assert.equal(parseDuration(text), ms, text);
    assert.deepEqual(['2w', '90m', '5 s', '0', ' 0 '].map(parseDuration), [
      336 * hourMs,
      1.5 * hourMs,
      5000,
      0,
      0,
    ]);
  });

  it('takes nothing else', () => {
    for (const text of ['', '3', '-1d', '1.5h', '3 days', 'd', 'off', '1d,2h', '9999999d']) {
      assert.equal(parseDuration(text), undefined, text);
    }
  });

  it('reads back what formatDuration writes of its two largest units', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(23), (days, hours) => {
        const ms = (days * 24 + hours) * 3_600_000;
        assert.equal(parseDuration(formatDuration(ms)), ms);
      }),
    );
  });
});

describe('formatBytes', () => {
  it('takes the largest unit that leaves a number of at least one', () => {
    const texts = new Map([
      [0, '0 B'],
      [1023, '1023 B'],
      [1024, '1.0 KiB'],
      [1536, '1.5 KiB'],
      [100 * 1024, '100 KiB'],
      [1024 ** 2 - 1, '1.0 MiB'],
      [99.94 * 1024 ** 2, '99.9 MiB'],
      [99.96 * 1024 ** 2, '100 MiB'],
      [1024 ** 3, '1.0 GiB'],
      [40 * 1024 ** 3, '40.0 GiB'],
      [1024 ** 5, '1.0 PiB'],
      [2000 * 1024 ** 5, '2000 PiB'],
      [-1536, '-1.5 KiB'],
    ]);
    for (const [bytes, text] of texts) assert.equal(formatBytes(bytes), text);
  });

  it('is understood by parseBytes, within its own rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1024 ** 5 - 1 }), (bytes) => {
        const text = formatBytes(bytes);
        if (text.endsWith('PiB')) return;
        const back = parseBytes(text) ?? Number.NaN;
        assert.ok(Math.abs(back - bytes) <= bytes * 0.051, `${bytes} → ${text} → ${back}`);
      }),
    );
  });

  it('is the base of rates', () => {
    assert.equal(formatRate(12.3 * 1024 ** 2), '12.3 MiB/s');
    assert.equal(formatRate(0.4), '0 B/s');
  });
});

describe('countOf', () => {
  it('says one thing in the singular, and nothing and many in the plural', () => {
    const counted = [0, 1, 2].map((amount) => countOf(amount, 'file'));
    assert.deepEqual(counted, ['0 files', '1 file', '2 files']);
  });
});

describe('formatDuration', () => {
  it('shows the two largest units', () => {
    const seconds = 1000;
    const texts = new Map([
      [0, '0s'],
      [499, '0s'],
      [8 * seconds, '8s'],
      [59.6 * seconds, '1m'],
      [200 * seconds, '3m 20s'],
      [3600 * seconds, '1h'],
      [3605 * seconds, '1h'],
      [7500 * seconds, '2h 5m'],
      [86_400 * 4 * seconds + 3600 * seconds + 59 * seconds, '4d 1h'],
      [86_400 * 400 * seconds, '400d'],
      [-5 * seconds, '0s'],
    ]);
    for (const [milliseconds, text] of texts) assert.equal(formatDuration(milliseconds), text);
  });
});
