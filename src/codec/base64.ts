/** Base64 (RFC 4648, standard alphabet), for XML-RPC's `<base64>`. */

import type { ByteString } from '../core/bytes.ts';
import { byteStringOf } from './latin1.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 0x3d;

const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const SEXTETS = new Int8Array(256).fill(-1);
for (let sextet = 0; sextet < 64; sextet += 1) SEXTETS[CODES[sextet] ?? 0] = sextet;

/** One line, padded. */
export function encodeBase64(bytes: Uint8Array): ByteString {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PADDING);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    codes[to] = CODES[group >> 18] ?? 0;
    codes[to + 1] = CODES[(group >> 12) & 63] ?? 0;
    if (at + 1 < bytes.length) codes[to + 2] = CODES[(group >> 6) & 63] ?? 0;
    if (at + 2 < bytes.length) codes[to + 3] = CODES[group & 63] ?? 0;
    to += 4;
  }
  return byteStringOf(codes);
}

/** The bytes of base64 text, white space allowed anywhere, padding optional; undefined where it is not base64. */
export function decodeBase64(text: string): ByteString | undefined {
  const compact = text.replaceAll(/[\t\n\r ]+/g, '');
  const unpadded = compact.length % 4 === 0 ? compact.replace(/={1,2}$/, '') : compact;
  if (unpadded.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((unpadded.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let to = 0;
  for (let at = 0; at < unpadded.length; at += 1) {
    const sextet = SEXTETS[unpadded.charCodeAt(at)] ?? -1;
    if (sextet < 0) return undefined;
    buffer = ((buffer << 6) | sextet) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[to] = buffer >> bits;
    to += 1;
  }
  return byteStringOf(bytes);
}
