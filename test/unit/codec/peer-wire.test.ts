import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodeHandshake,
  interested,
  keepalive,
  notInterested,
  readHandshake,
  readMessages,
} from '../../../src/codec/peer-wire.ts';
import { infohashOf } from '../../support/world.ts';

const infohash = infohashOf('wire');
const handshake = encodeHandshake(infohash, new Uint8Array(20).fill(7));

test('a handshake is written byte for byte as BEP 3 has it', () => {
  assert.equal(handshake.length, 68);
  const text = Buffer.from(handshake).toString('latin1');
  assert.equal(text.slice(0, 20), '\x13BitTorrent protocol');
  assert.equal(text.slice(20, 28), '\0'.repeat(8));
  assert.equal(Buffer.from(handshake.subarray(28, 48)).toString('hex').toUpperCase(), infohash);
  assert.equal(text.slice(48), '\x07'.repeat(20));
  assert.throws(() => encodeHandshake(infohash, new Uint8Array(19)), RangeError);
});

test('a handshake is read once all of it is there, whatever extensions it names', () => {
  const answer = handshake.slice();
  answer.fill(0xff, 20, 28);
  for (let length = 0; length < 68; length += 1) {
    assert.equal(readHandshake(answer.subarray(0, length), infohash), undefined);
  }
  assert.equal(readHandshake(Buffer.concat([answer, keepalive]), infohash), 68);
});

test('what is no handshake, or is about another torrent, is refused as soon as it shows', () => {
  const other = encodeHandshake(infohashOf('other'), new Uint8Array(20));
  const refused = { name: 'CodecError', format: 'peer-wire' };
  assert.throws(() => readHandshake(other.subarray(0, 48), infohash), refused);
  assert.throws(() => readHandshake(Buffer.from('HTTP/1.1'), infohash), refused);
});

test('messages are told apart, and what is not whole yet is left for later', () => {
  const bitfield = Buffer.from([0, 0, 0, 3, 5, 0xff, 0x80]);
  const bytes = Buffer.concat([
    keepalive,
    bitfield,
    Buffer.from([0, 0, 0, 1, 1]),
    Buffer.from([0, 0, 0, 1, 0]),
  ]);
  assert.deepEqual(readMessages(bytes), {
    messages: ['keepalive', 'other', 'unchoke', 'choke'],
    usedBytes: bytes.length,
  });
  assert.deepEqual(readMessages(bytes.subarray(0, 9)), { messages: ['keepalive'], usedBytes: 4 });
  assert.deepEqual(readMessages(new Uint8Array(3)), { messages: [], usedBytes: 0 });
  assert.deepEqual(readMessages(Buffer.concat([interested, notInterested])).usedBytes, 10);
});

test('a message that no peer sends is refused before it is waited for', () => {
  assert.throws(() => readMessages(Buffer.from([0xff, 0, 0, 0])), { name: 'CodecError' });
});
