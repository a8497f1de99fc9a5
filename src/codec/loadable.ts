/** Writes a .torrent as rtorrent is to get it: with what we know of its pieces and priorities, and with nothing older. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { PieceSet } from '../core/pieces.ts';
import type { BencodeValue } from './bencode.ts';
import { encodeBencode } from './bencode.ts';
import type { Cursor } from './bencode-scan.ts';
import { BYTE_DICTIONARY, failBencode, nextKey, openDictionary, skipValue } from './bencode-scan.ts';
import { CodecError } from './codec-error.ts';
import { byteStringOf } from './latin1.ts';

export interface ResumeFile {
  /**
   * The file's time of change, or what rtorrent calls by negative numbers: -4 the file is there in full size, trust
   * the bits; -1 it is to be created, its bits do not hold.
   */
  readonly mtimeSeconds: number;
  /** How many of the file's pieces are complete. */
  readonly completed: number;
  /** 0 off, 1 normal, 2 high. */
  readonly priority: 0 | 1 | 2;
}

export interface ResumeData {
  readonly bitfield: PieceSet;
  /** One for each file that rtorrent sees, in its order; with another count rtorrent ignores the resume data. */
  readonly files: readonly ResumeFile[];
}

interface Entry {
  readonly key: ByteString;
  /** Key and value as they are to be written. */
  readonly encoded: Uint8Array;
}

/**
 * The .torrent as rtorrent is to get it, with `info` and thereby the infohash as they are. Beside `info`:
 *
 * - `libtorrent_resume` is what is given here, or not there at all: a file that was taken from a session directory would
 *   otherwise claim pieces that nobody has checked. `rtorrent`, of the same origin, goes as well.
 * - `encoding` is UTF-8, by which rtorrent 0.9.8 takes the plain `name` and `path`, as `parseMetainfo` does; otherwise, with
 *   `encoding.add = UTF-8` in its configuration, it prefers `name.utf-8` and `path.utf-8` (measured).
 *
 * @throws CodecError if the bytes are not a dictionary with `info`, or a key comes twice
 */
export function loadableTorrent(torrentBytes: Uint8Array, resume?: ResumeData): Uint8Array {
  const entries = takeEntries(torrentBytes);
  if (!entries.has(asByteString('info')))
    throw new CodecError('metainfo', 'The torrent has no `info` dictionary.');
  entries.delete(asByteString('rtorrent'));
  entries.delete(asByteString('libtorrent_resume'));
  if (resume !== undefined) setEntry(entries, 'libtorrent_resume', encodeBencode(resumeValue(resume)));
  setEntry(entries, 'encoding', encodeBencode(asByteString('UTF-8')));
  const sorted = [...entries.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
  return joinDictionary(sorted);
}

function resumeValue(resume: ResumeData): BencodeValue {
  const files = resume.files.map(
    (file) =>
      new Map<ByteString, BencodeValue>([
        [asByteString('completed'), file.completed],
        [asByteString('mtime'), file.mtimeSeconds],
        [asByteString('priority'), file.priority],
      ]),
  );
  return new Map<ByteString, BencodeValue>([
    [asByteString('bitfield'), byteStringOf(resume.bitfield.bits)],
    [asByteString('files'), files],
  ]);
}

function takeEntries(bytes: Uint8Array): Map<ByteString, Entry> {
  const cursor: Cursor = { bytes, at: 0 };
  const reader = openDictionary(cursor, 'any');
  const entries = new Map<ByteString, Entry>();
  let start = cursor.at;
  while (nextKey(cursor, reader)) {
    const key = byteStringOf(bytes, reader.start, reader.start + reader.length);
    if (entries.has(key)) failBencode('A dictionary has a key twice', reader.start);
    skipValue(cursor, 'any');
    entries.set(key, { key, encoded: bytes.subarray(start, cursor.at) });
    start = cursor.at;
  }
  return entries;
}

function setEntry(entries: Map<ByteString, Entry>, name: string, value: Uint8Array): void {
  const key = asByteString(name);
  entries.set(key, { key, encoded: concatenate([encodeBencode(key), value]) });
}

function joinDictionary(entries: readonly Entry[]): Uint8Array {
  const open = Uint8Array.of(BYTE_DICTIONARY);
  const close = Uint8Array.of(0x65);
  return concatenate([open, ...entries.map((entry) => entry.encoded), close]);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
