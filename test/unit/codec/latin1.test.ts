/** Bytes to byte strings and back. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { byteStringOf, bytesOf, isByteString } from '../../../src/codec/latin1.ts';

it('keeps every byte, also across chunks', () => {
  for (const length of [0, 1, 256, 8191, 8192, 8193, 20_000]) {
    const data = Uint8Array.from({ length }, (_, index) => index & 0xff);
    assert.equal(byteStringOf(data), Buffer.from(data).toString('latin1'));
    assert.deepEqual(bytesOf(byteStringOf(data)), data);
  }
});

it('takes a part of the bytes', () => {
  const data = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
  assert.equal(byteStringOf(data, 5, 8), '\x05\x06\x07');
  assert.equal(byteStringOf(data, 7, 19_000), Buffer.from(data.subarray(7, 19_000)).toString('latin1'));
  assert.equal(byteStringOf(data, 19_999), String.fromCharCode(19_999 % 251));
});

it('tells bytes from other text', () => {
  assert.equal(isByteString('\0\xff'), true);
  assert.equal(isByteString(asByteString('a\u0100')), false);
});
