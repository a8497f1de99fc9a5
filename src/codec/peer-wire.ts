/** The peer wire protocol (BEP 3), as far as a peer needs it that wants nothing but to be unchoked. */

import type { Infohash } from '../core/metainfo.ts';
import { CodecError } from './codec-error.ts';

/** What another peer says that matters here; pieces, requests and all extensions are `other`. */
export type PeerMessage = 'keepalive' | 'choke' | 'unchoke' | 'other';

const protocol = 'BitTorrent protocol';
/** Protocol's length and name, 8 reserved bytes, infohash, peer id. */
const handshakeBytes = 1 + protocol.length + 8 + 20 + 20;
const infohashAt = 1 + protocol.length + 8;
/** A bitfield of 64 million pieces; blocks and metadata are far smaller. */
const longestMessageBytes = 8 * 1024 ** 2;

export const keepalive: Uint8Array = Uint8Array.of(0, 0, 0, 0);
export const interested: Uint8Array = Uint8Array.of(0, 0, 0, 1, 2);
export const notInterested: Uint8Array = Uint8Array.of(0, 0, 0, 1, 3);

/** The first bytes of a connection. `peerId` has 20 bytes and is new for each connection. */
export function encodeHandshake(infohash: Infohash, peerId: Uint8Array): Uint8Array {
  if (peerId.length !== 20) throw new RangeError('a peer id has 20 bytes');
  const bytes = new Uint8Array(handshakeBytes);
  bytes[0] = protocol.length;
  for (let index = 0; index < protocol.length; index += 1) bytes[index + 1] = protocol.charCodeAt(index);
  for (let index = 0; index < 20; index += 1)
    bytes[infohashAt + index] = Number.parseInt(infohash.slice(index * 2, index * 2 + 2), 16);
  bytes.set(peerId, infohashAt + 20);
  return bytes;
}

/**
 * How many of the bytes are the other peer's handshake; undefined while it is not all there.
 *
 * @throws CodecError where it is none, or is about another torrent
 */
export function readHandshake(bytes: Uint8Array, infohash: Infohash): number | undefined {
  const expected = encodeHandshake(infohash, new Uint8Array(20));
  const length = Math.min(bytes.length, infohashAt + 20);
  for (let index = 0; index < length; index += 1) {
    // Reserved bytes name extensions: any are fine.
    const isReserved = index > protocol.length && index < infohashAt;
    if (!isReserved && bytes[index] !== expected[index])
      throw new CodecError('peer-wire', 'The handshake is not of this torrent.');
  }
  return bytes.length < handshakeBytes ? undefined : handshakeBytes;
}

/**
 * The whole messages that the bytes begin with, and how many bytes they take.
 *
 * @throws CodecError for a message that is too long to be one
 */
export function readMessages(bytes: Uint8Array): {
  readonly messages: readonly PeerMessage[];
  readonly usedBytes: number;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: PeerMessage[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = view.getUint32(at);
    if (length > longestMessageBytes) throw new CodecError('peer-wire', 'A message is too long.');
    if (at + 4 + length > bytes.length) break;
    messages.push(length === 0 ? 'keepalive' : messageOf(bytes[at + 4]));
    at += 4 + length;
  }
  return { messages, usedBytes: at };
}

function messageOf(id: number | undefined): PeerMessage {
  if (id === 0) return 'choke';
  return id === 1 ? 'unchoke' : 'other';
}
