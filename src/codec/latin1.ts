/** Turns byte arrays into byte strings and back: one code unit a byte. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';

/** As many arguments as one call can take without a risk for the stack. */
const CHUNK_BYTES = 8192;

/** The bytes from `start` up to `end` (exclusive; both must lie within the array). */
export function byteStringOf(bytes: Uint8Array, start = 0, end = bytes.length): ByteString {
  if (end - start <= CHUNK_BYTES) return charactersOf(bytes.subarray(start, end));
  const chunks: string[] = [];
  for (let at = start; at < end; at += CHUNK_BYTES) {
    chunks.push(charactersOf(bytes.subarray(at, Math.min(end, at + CHUNK_BYTES))));
  }
  return asByteString(chunks.join(''));
}

/** The bytes that a byte string carries. */
export function bytesOf(text: ByteString): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Whether every code unit is a byte: the type promises it, a careless cast breaks the promise. */
export function isByteString(text: string): text is ByteString {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

function charactersOf(bytes: Uint8Array): ByteString {
  return asByteString(Reflect.apply(String.fromCharCode, undefined, bytes) as string);
}
