/** Bencode (BEP 3) to values and back. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { Cursor } from './bencode-scan.ts';
import {
  atEnd,
  BYTE_DICTIONARY,
  BYTE_INTEGER,
  BYTE_LIST,
  failBencode,
  MAXIMUM_DEPTH,
  nextKey,
  openDictionary,
  openList,
  refuseDepth,
  takeInteger,
  takeStringLength,
} from './bencode-scan.ts';
import { CodecError } from './codec-error.ts';
import { byteStringOf, bytesOf, isByteString } from './latin1.ts';

/** Integers are numbers where that is exact (up to 2^53 - 1), bigints beyond. */
export type BencodeValue = number | bigint | ByteString | readonly BencodeValue[] | BencodeDictionary;

export type BencodeDictionary = ReadonlyMap<ByteString, BencodeValue>;

/**
 * Decodes exactly one value. Strict (no leading zeros, no `-0`, nothing after the value, 64-bit integers, at most 64
 * levels), but for the order of keys, which real files get wrong; a key that comes twice is an error.
 *
 * @throws CodecError with the offset of the first mistake
 */
export function decodeBencode(bytes: Uint8Array): BencodeValue {
  const cursor: Cursor = { bytes, at: 0 };
  const value = takeValue(cursor, 0);
  if (cursor.at !== bytes.length) failBencode('There is something after the value', cursor.at);
  return value;
}

/**
 * Encodes a value with its keys sorted as bytes.
 *
 * @throws CodecError for what bencode cannot carry: fractions, integers beyond 64 bits, text that is not bytes
 */
export function encodeBencode(value: BencodeValue): Uint8Array {
  const parts: string[] = [];
  appendValue(parts, value, 0);
  return bytesOf(asByteString(parts.join('')));
}

function takeValue(cursor: Cursor, depth: number): BencodeValue {
  switch (cursor.bytes[cursor.at]) {
    case BYTE_INTEGER:
      return takeInteger(cursor);
    case BYTE_LIST: {
      refuseDepth(cursor, depth);
      openList(cursor);
      const items: BencodeValue[] = [];
      while (!atEnd(cursor)) items.push(takeValue(cursor, depth + 1));
      return items;
    }
    case BYTE_DICTIONARY:
      refuseDepth(cursor, depth);
      return takeDictionary(cursor, depth);
    default: {
      const length = takeStringLength(cursor);
      cursor.at += length;
      return byteStringOf(cursor.bytes, cursor.at - length, cursor.at);
    }
  }
}

function takeDictionary(cursor: Cursor, depth: number): BencodeDictionary {
  const dictionary = new Map<ByteString, BencodeValue>();
  const reader = openDictionary(cursor, 'any');
  while (nextKey(cursor, reader)) {
    const key = byteStringOf(cursor.bytes, reader.start, reader.start + reader.length);
    if (dictionary.has(key)) failBencode('A dictionary has a key twice', reader.start);
    dictionary.set(key, takeValue(cursor, depth + 1));
  }
  return dictionary;
}

function appendValue(parts: string[], value: BencodeValue, depth: number): void {
  if (typeof value === 'number' || typeof value === 'bigint') {
    parts.push('i', integerText(value), 'e');
  } else if (typeof value === 'string') {
    appendString(parts, value);
  } else {
    if (depth >= MAXIMUM_DEPTH) refuseValue(`More than ${MAXIMUM_DEPTH} lists and dictionaries are nested.`);
    if (value instanceof Map) appendDictionary(parts, value as BencodeDictionary, depth);
    else appendList(parts, value as readonly BencodeValue[], depth);
  }
}

function appendList(parts: string[], list: readonly BencodeValue[], depth: number): void {
  parts.push('l');
  for (const item of list) appendValue(parts, item, depth + 1);
  parts.push('e');
}

function appendDictionary(parts: string[], dictionary: BencodeDictionary, depth: number): void {
  parts.push('d');
  // The default order compares code units, which are the bytes.
  for (const [key, item] of [...dictionary].sort(([left], [right]) => (left < right ? -1 : 1))) {
    appendString(parts, key);
    appendValue(parts, item, depth + 1);
  }
  parts.push('e');
}

function appendString(parts: string[], text: ByteString): void {
  if (!isByteString(text)) refuseValue('A string holds a character that is no byte.');
  parts.push(String(text.length), ':', text);
}

function integerText(value: number | bigint): string {
  const isExact =
    typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
  if (!isExact) refuseValue(`${value} is not an exact 64-bit integer.`);
  return String(value === 0 ? 0 : value);
}

function refuseValue(message: string): never {
  throw new CodecError('bencode', message);
}
