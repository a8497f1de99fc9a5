/** Base64, against Node's. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeBase64, encodeBase64 } from '../../../src/codec/base64.ts';

it('encodes and decodes every length and byte', () => {
  for (let length = 0; length <= 300; length += 1) {
    const data = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
    const encoded = Buffer.from(data).toString('base64');
    assert.equal(encodeBase64(data), encoded);
    assert.equal(decodeBase64(encoded), Buffer.from(data).toString('latin1'));
  }
});

it('decodes across lines and without padding', () => {
  assert.equal(decodeBase64('\r\nAAEC\r\n AwQ=\t'), '\0\x01\x02\x03\x04');
  assert.equal(decodeBase64('AwQ'), '\x03\x04');
});

it('refuses what is not base64', () => {
  for (const wrong of ['A', 'AAAAA', 'A===', '====', 'AA=A', 'AA*A', '-_AA', 'AA\xff\xff', 'AA€A', 'AAA==']) {
    assert.equal(decodeBase64(wrong), undefined, wrong);
  }
});
