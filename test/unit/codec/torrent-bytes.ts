/** Builds .torrent files for the codec tests, right by default, wrong where a test asks for it. */

import { createHash } from 'node:crypto';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { BencodeDictionary, BencodeValue } from '../../../src/codec/bencode.ts';
import { encodeBencode } from '../../../src/codec/bencode.ts';

type Plain = number | bigint | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** Plain objects as bencode's maps; members that are undefined are left out. */
export function value(plain: Plain): BencodeValue {
  if (typeof plain === 'string') return asByteString(plain);
  if (typeof plain !== 'object') return plain;
  if (Array.isArray(plain)) return (plain as readonly Plain[]).map(value);
  const members = Object.entries(plain).filter(([, member]) => member !== undefined) as [string, Plain][];
  return new Map(
    members.map(([key, member]): [ByteString, BencodeValue] => [asByteString(key), value(member)]),
  );
}

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

export function text(encoded: Uint8Array): string {
  return Buffer.from(encoded).toString('latin1');
}

export function sha1(data: Uint8Array): string {
  return createHash('sha1').update(data).digest('hex');
}

/** A single file of 40 bytes in pieces of 16: three of them. `changes` replaces keys of `info`, or removes them. */
export function singleFile(changes: { readonly [key: string]: Plain | undefined } = {}): Uint8Array {
  return torrent({ length: 40, name: 'one.bin', 'piece length': 16, pieces: 'h'.repeat(60), ...changes });
}

/** Files of 10, 0 and 30 bytes in pieces of 16. */
export function multiFile(changes: { readonly [key: string]: Plain | undefined } = {}): Uint8Array {
  const files = [file(10, 'a'), file(0, 'empty'), file(30, 'sub', 'b')];
  return torrent({ files, name: 'many', 'piece length': 16, pieces: 'h'.repeat(60), ...changes });
}

export function file(
  length: number,
  ...path: readonly string[]
): { readonly length: number; readonly path: Plain } {
  return { length, path };
}

export function torrent(info: { readonly [key: string]: Plain | undefined }): Uint8Array {
  return encodeBencode(value({ announce: 'http://tracker.example/announce', info }));
}

export function dictionary(decoded: BencodeValue | undefined): BencodeDictionary {
  if (!(decoded instanceof Map)) throw new TypeError('not a dictionary');
  return decoded;
}
