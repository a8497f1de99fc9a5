/** Walks over bencoded bytes (BEP 3) without building values: what the decoder and the metainfo parser share. */

import { CodecError } from './codec-error.ts';

/** A place in bencoded bytes. Every `take` and `skip` moves it past what it read. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * `canonical`: keys strictly ascending, which rules out duplicates too. rtorrent refuses an `info` dictionary with
 * a disordered dictionary anywhere in it, because it hashes its own re-encoding (libtorrent, download_constructor.cc).
 */
export type KeyOrder = 'any' | 'canonical';

/** The key that was read last, as a range of bytes. */
export interface KeyReader {
  readonly order: KeyOrder;
  start: number;
  /** -1 before the first key. */
  length: number;
}

/** Lists and dictionaries inside each other; rtorrent's own files need 5. */
export const MAXIMUM_DEPTH = 64;

export const BYTE_INTEGER = 0x69;
export const BYTE_LIST = 0x6c;
export const BYTE_DICTIONARY = 0x64;
const BYTE_END = 0x65;
const BYTE_MINUS = 0x2d;
const BYTE_ZERO = 0x30;
const BYTE_COLON = 0x3a;

/** A 64-bit integer has at most 19 digits; a length has far fewer. */
const MAXIMUM_DIGITS = 19;

export function failBencode(problem: string, at: number): never {
  throw new CodecError('bencode', `${problem} at byte ${at}.`);
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= BYTE_ZERO && byte <= BYTE_ZERO + 9;
}

/** Takes `i…e`: a number where that is exact, a bigint for the rest of the 64-bit integers. */
export function takeInteger(cursor: Cursor): number | bigint {
  const { bytes } = cursor;
  const start = cursor.at;
  if (bytes[start] !== BYTE_INTEGER) failBencode('An integer is missing', start);
  const isNegative = bytes[start + 1] === BYTE_MINUS;
  cursor.at = start + (isNegative ? 2 : 1);
  const digitsStart = cursor.at;
  const magnitude = takeDigits(cursor);
  if (bytes[cursor.at] !== BYTE_END) failBencode('An integer does not end with "e"', cursor.at);
  const digitsEnd = cursor.at;
  cursor.at += 1;
  if (isNegative && magnitude === 0) failBencode('An integer is written as "-0"', start);
  if (Number.isSafeInteger(magnitude)) return isNegative ? -magnitude : magnitude;
  const exact = exactInteger(bytes, digitsStart, digitsEnd, isNegative);
  if (BigInt.asIntN(64, exact) !== exact) failBencode('An integer does not fit into 64 bits', start);
  return exact;
}

/** Takes `N:` and checks that N bytes follow; the cursor is left at the first of them. */
export function takeStringLength(cursor: Cursor): number {
  const start = cursor.at;
  const length = takeDigits(cursor);
  if (cursor.bytes[cursor.at] !== BYTE_COLON) failBencode('A string has no ":" after its length', cursor.at);
  cursor.at += 1;
  if (length > cursor.bytes.length - cursor.at) failBencode('A string is longer than the data', start);
  return length;
}

export function openDictionary(cursor: Cursor, order: KeyOrder): KeyReader {
  if (cursor.bytes[cursor.at] !== BYTE_DICTIONARY) failBencode('A dictionary is missing', cursor.at);
  cursor.at += 1;
  return { order, start: cursor.at, length: -1 };
}

/** Takes the next key and leaves the cursor at its value; false at the dictionary's end, which is taken. */
export function nextKey(cursor: Cursor, reader: KeyReader): boolean {
  if (atEnd(cursor)) return false;
  const { start, length } = reader;
  reader.length = takeStringLength(cursor);
  reader.start = cursor.at;
  if (reader.order === 'canonical' && length >= 0 && !isBefore(cursor.bytes, start, length, reader)) {
    failBencode('A dictionary has its keys out of order or twice', reader.start);
  }
  cursor.at += reader.length;
  return true;
}

/** Whether the key that was read last is this ASCII text. */
export function keyIs(cursor: Cursor, reader: KeyReader, text: string): boolean {
  if (reader.length !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (cursor.bytes[reader.start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

export function openList(cursor: Cursor): void {
  if (cursor.bytes[cursor.at] !== BYTE_LIST) failBencode('A list is missing', cursor.at);
  cursor.at += 1;
}

/** Whether the list or dictionary ends here; takes the `e` if so. */
export function atEnd(cursor: Cursor): boolean {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) failBencode('The data ends too early', cursor.at);
  if (byte !== BYTE_END) return false;
  cursor.at += 1;
  return true;
}

/** Passes over one value of any type, checking it as strictly as decoding would. */
export function skipValue(cursor: Cursor, order: KeyOrder, depth = 0): void {
  switch (cursor.bytes[cursor.at]) {
    case BYTE_INTEGER:
      takeInteger(cursor);
      return;
    case BYTE_LIST:
      refuseDepth(cursor, depth);
      openList(cursor);
      while (!atEnd(cursor)) skipValue(cursor, order, depth + 1);
      return;
    case BYTE_DICTIONARY: {
      refuseDepth(cursor, depth);
      const reader = openDictionary(cursor, order);
      while (nextKey(cursor, reader)) skipValue(cursor, order, depth + 1);
      return;
    }
    default: {
      const length = takeStringLength(cursor);
      cursor.at += length;
    }
  }
}

export function refuseDepth(cursor: Cursor, depth: number): void {
  if (depth >= MAXIMUM_DEPTH)
    failBencode(`More than ${MAXIMUM_DEPTH} lists and dictionaries are nested`, cursor.at);
}

/** Takes decimal digits without leading zeros. The result is rounded beyond 2^53. */
function takeDigits(cursor: Cursor): number {
  const { bytes } = cursor;
  const start = cursor.at;
  let at = start;
  let value = 0;
  let byte = bytes[at];
  while (byte !== undefined && byte >= BYTE_ZERO && byte <= BYTE_ZERO + 9) {
    value = value * 10 + (byte - BYTE_ZERO);
    at += 1;
    byte = bytes[at];
  }
  cursor.at = at;
  if (at === start) failBencode(at < bytes.length ? 'A digit is missing' : 'The data ends too early', start);
  if (at - start > MAXIMUM_DIGITS) failBencode(`A number has more than ${MAXIMUM_DIGITS} digits`, start);
  if (at - start > 1 && bytes[start] === BYTE_ZERO) failBencode('A number begins with 0', start);
  return value;
}

function exactInteger(bytes: Uint8Array, start: number, end: number, isNegative: boolean): bigint {
  let value = 0n;
  for (let at = start; at < end; at += 1) value = value * 10n + BigInt((bytes[at] ?? 0) - BYTE_ZERO);
  return isNegative ? -value : value;
}

function isBefore(bytes: Uint8Array, start: number, length: number, next: KeyReader): boolean {
  const shared = Math.min(length, next.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (bytes[start + index] ?? 0) - (bytes[next.start + index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return length < next.length;
}
