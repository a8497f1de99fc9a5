/** Entities and numbers as they stand between XML-RPC's tags. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { decodeEntities, parseDouble, parseInteger } from '../../../src/codec/xmlrpc-text.ts';

it('decodes entities next to each other and to plain text', () => {
  assert.equal(decodeEntities(asByteString('a&lt;&#10;&amp;amp;b&gt;')), 'a<\n&amp;b>');
  assert.equal(decodeEntities(asByteString('&#xE4;\xe4')), '\xc3\xa4\xe4');
  assert.equal(decodeEntities(asByteString('plain')), 'plain');
});

it('leaves what is no entity', () => {
  for (const raw of ['&', '&lt', '&LT;', '& lt;', '&#-1;', '&#1e1;', '&#xG;', `&${'a'.repeat(100)};`]) {
    assert.equal(decodeEntities(asByteString(raw)), raw);
  }
});

it('reads integers of up to 64 bits exactly', () => {
  assert.equal(parseInteger('0'), 0);
  assert.equal(parseInteger('-123456789012345'), -123456789012345);
  assert.equal(parseInteger(' 42\r\n'), 42);
  assert.equal(parseInteger('+42'), 42);
  assert.equal(parseInteger('-9007199254740992'), -9007199254740992n);
  assert.equal(parseInteger('9223372036854775807'), 9223372036854775807n);
});

it('refuses other integers', () => {
  for (const wrong of [
    '',
    ' ',
    '-',
    '+',
    '--1',
    '1-',
    '0x10',
    '1 2',
    '1.0',
    '9223372036854775808',
    '1'.repeat(100),
  ]) {
    assert.equal(parseInteger(wrong), undefined, wrong);
  }
});

it('reads decimal doubles and nothing else', () => {
  assert.deepEqual(
    ['1', '-1.5', '+.5', '5.', '1e3', ' 2E-1 '].map(parseDouble),
    [1, -1.5, 0.5, 5, 1000, 0.2],
  );
  for (const wrong of [
    '',
    '.',
    '-',
    'nan',
    'inf',
    'Infinity',
    '0x1',
    '1e',
    '1e999',
    '1,5',
    '1'.repeat(401),
  ]) {
    assert.equal(parseDouble(wrong), undefined, wrong);
  }
});
