/** Bencode: what is accepted, what is refused and where. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { BencodeValue } from '../../../src/codec/bencode.ts';
import { decodeBencode, encodeBencode } from '../../../src/codec/bencode.ts';
import { bytes, text, value } from './torrent-bytes.ts';

function refuses(encoded: string, message: string): void {
  assert.throws(() => decodeBencode(bytes(encoded)), { name: 'CodecError', format: 'bencode', message });
}

describe('decodeBencode', () => {
  it('reads every type', () => {
    const decoded = decodeBencode(bytes('d1:ai-7e1:bl0:3:x\xffyd0:i0eee1:clee'));
    assert.deepEqual(decoded, value({ a: -7, b: ['', 'x\xffy', { '': 0 }], c: [] }));
  });

  it('keeps integers exact: numbers up to 2^53 - 1, bigints up to 64 bits', () => {
    assert.equal(decodeBencode(bytes('i9007199254740991e')), 9007199254740991);
    assert.equal(decodeBencode(bytes('i-9007199254740991e')), -9007199254740991);
    assert.equal(decodeBencode(bytes('i9007199254740992e')), 9007199254740992n);
    assert.equal(decodeBencode(bytes('i9007199254740993e')), 9007199254740993n);
    assert.equal(decodeBencode(bytes('i-9223372036854775808e')), -9223372036854775808n);
    refuses('i9223372036854775808e', 'An integer does not fit into 64 bits at byte 0.');
    refuses(`i${'1'.repeat(20)}e`, 'A number has more than 19 digits at byte 1.');
  });

  it('is strict about integers', () => {
    refuses('i-0e', 'An integer is written as "-0" at byte 0.');
    refuses('i007e', 'A number begins with 0 at byte 1.');
    refuses('ie', 'A digit is missing at byte 1.');
    refuses('i-e', 'A digit is missing at byte 2.');
    refuses('i+1e', 'A digit is missing at byte 1.');
    refuses('i1 e', 'An integer does not end with "e" at byte 2.');
    refuses('i12', 'An integer does not end with "e" at byte 3.');
  });

  it('is strict about strings', () => {
    refuses('03:abc', 'A number begins with 0 at byte 0.');
    refuses('4:abc', 'A string is longer than the data at byte 0.');
    refuses('4294967296:abc', 'A string is longer than the data at byte 0.');
    refuses('3abc', 'A string has no ":" after its length at byte 1.');
    refuses('-1:a', 'A digit is missing at byte 0.');
  });

  it('refuses data that is cut or goes on', () => {
    refuses('', 'The data ends too early at byte 0.');
    refuses('l', 'The data ends too early at byte 1.');
    refuses('d1:a', 'The data ends too early at byte 4.');
    refuses('i1ei2e', 'There is something after the value at byte 3.');
    refuses('i1e\n', 'There is something after the value at byte 3.');
    refuses('e', 'A digit is missing at byte 0.');
  });

  it('takes keys out of order, as real files have them, but none twice', () => {
    assert.deepEqual(decodeBencode(bytes('d1:bi1e1:ai2ee')), value({ b: 1, a: 2 }));
    refuses('d1:ai1e1:bi2e1:ai3ee', 'A dictionary has a key twice at byte 15.');
    refuses('di1ei2ee', 'A digit is missing at byte 1.');
  });

  it('has no key with a meaning of its own', () => {
    const decoded = decodeBencode(bytes('d9:__proto__i1ee'));
    assert.deepEqual(decoded, new Map([[asByteString('__proto__'), 1]]));
  });

  it('goes down 64 levels and no further', () => {
    const nested = (depth: number): string => 'l'.repeat(depth) + 'e'.repeat(depth);
    assert.equal(text(encodeBencode(decodeBencode(bytes(nested(64))))), nested(64));
    refuses(nested(65), 'More than 64 lists and dictionaries are nested at byte 64.');
    refuses('l'.repeat(100_000), 'More than 64 lists and dictionaries are nested at byte 64.');
    refuses('d1:a'.repeat(100_000), 'More than 64 lists and dictionaries are nested at byte 256.');
  });

  it('reads strings longer than one call can take arguments', () => {
    const long = 'ab\xff'.repeat(100_000);
    assert.equal(decodeBencode(bytes(`300000:${long}`)), long);
  });
});

describe('encodeBencode', () => {
  const refusesValue = (wrong: BencodeValue, message: string): void =>
    assert.throws(() => encodeBencode(wrong), { name: 'CodecError', format: 'bencode', message });

  it('sorts keys by their bytes', () => {
    const encoded = encodeBencode(value({ b: 1, '\xff': 2, a: 3, ab: 4, '': 5, B: 6 }));
    assert.equal(text(encoded), 'd0:i5e1:Bi6e1:ai3e2:abi4e1:bi1e1:\xffi2ee');
  });

  it('writes 64-bit integers and never "-0"', () => {
    assert.equal(
      text(encodeBencode([-0, 9223372036854775807n, -1, 0n])),
      'li0ei9223372036854775807ei-1ei0ee',
    );
  });

  it('refuses what bencode cannot carry', () => {
    refusesValue(1.5, '1.5 is not an exact 64-bit integer.');
    refusesValue(Number.NaN, 'NaN is not an exact 64-bit integer.');
    refusesValue(2 ** 53, '9007199254740992 is not an exact 64-bit integer.');
    refusesValue(2n ** 63n, '9223372036854775808 is not an exact 64-bit integer.');
    refusesValue(asByteString('€'), 'A string holds a character that is no byte.');
  });

  it('refuses to nest deeper than it reads', () => {
    let nested: BencodeValue = [];
    for (let depth = 0; depth < 64; depth += 1) nested = [nested];
    refusesValue(nested, 'More than 64 lists and dictionaries are nested.');
  });
});
