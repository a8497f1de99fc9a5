/** The scanner's own promises: where the cursor stands afterwards, and the order of keys. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KeyOrder } from '../../../src/codec/bencode-scan.ts';
import {
  atEnd,
  keyIs,
  nextKey,
  openDictionary,
  openList,
  skipValue,
  takeInteger,
  takeStringLength,
} from '../../../src/codec/bencode-scan.ts';
import { bytes } from './torrent-bytes.ts';

describe('skipValue', () => {
  const skipped = (text: string, order: KeyOrder = 'any'): number => {
    const cursor = { bytes: bytes(text), at: 0 };
    skipValue(cursor, order);
    return cursor.at;
  };

  it('stops right behind the value', () => {
    assert.equal(skipped('i-12exx'), 5);
    assert.equal(skipped('2:abxx'), 4);
    assert.equal(skipped('0:'), 2);
    assert.equal(skipped('ld1:ali1eeei2eexx'), 15);
  });

  it('is as strict as decoding', () => {
    for (const wrong of ['i01e', 'l', 'd1:ae', '5:ab', 'di1ei2ee', 'x', '']) {
      assert.throws(() => skipped(wrong), { name: 'CodecError', format: 'bencode' }, wrong);
    }
  });

  it('wants ascending keys where the order is canonical', () => {
    const message = 'A dictionary has its keys out of order or twice at byte 9.';
    assert.equal(skipped('d0:i0e1:ai0e2:aai0e1:bi0e1:\xffi0ee', 'canonical'), 32);
    assert.equal(skipped('d1:bi0e1:ai0ee'), 14);
    for (const wrong of ['d1:bi0e1:ai0ee', 'd1:ai0e1:ai0ee', 'd1:\xffi0e1:ai0ee', 'd1:ai0e0:i0ee']) {
      assert.throws(() => skipped(wrong, 'canonical'), { message }, wrong);
    }
    assert.throws(() => skipped('ld1:bi0e1:ai0eee', 'canonical'), { name: 'CodecError' });
  });
});

it('walks through dictionaries and lists', () => {
  const cursor = { bytes: bytes('d4:infoli7e1:xe4:nextlee'), at: 0 };
  const reader = openDictionary(cursor, 'any');
  assert.equal(nextKey(cursor, reader), true);
  assert.deepEqual(
    ['info', 'inf', 'infos', 'into'].map((text) => keyIs(cursor, reader, text)),
    [true, false, false, false],
  );
  openList(cursor);
  assert.equal(atEnd(cursor), false);
  assert.equal(takeInteger(cursor), 7);
  assert.equal(takeStringLength(cursor), 1);
  assert.equal(cursor.at, 13);
  cursor.at += 1;
  assert.equal(atEnd(cursor), true);
  assert.equal(nextKey(cursor, reader), true);
  assert.equal(keyIs(cursor, reader, 'next'), true);
  skipValue(cursor, 'any');
  assert.equal(nextKey(cursor, reader), false);
  assert.equal(cursor.at, cursor.bytes.length);
});

it('says what was expected where something else stands', () => {
  const cursor = { bytes: bytes('x'), at: 0 };
  assert.throws(() => takeInteger(cursor), { message: 'An integer is missing at byte 0.' });
  assert.throws(() => openList(cursor), { message: 'A list is missing at byte 0.' });
  assert.throws(() => openDictionary(cursor, 'any'), { message: 'A dictionary is missing at byte 0.' });
});
