/** Writes rtorrent's resume data into a .torrent, so that it starts with pieces and priorities already known. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { PieceSet } from '../core/pieces.ts';
import type { BencodeValue } from './bencode.ts';
import { encodeBencode } from './bencode.ts';
import type { Cursor } from './bencode-scan.ts';
import {
  atEnd,
  BYTE_DICTIONARY,
  BYTE_LIST,
  failBencode,
  nextKey,
  openDictionary,
  skipValue,
} from './bencode-scan.ts';
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

export interface ResumeOptions {
  /**
   * Tracker to name where the torrent names none: rtorrent 0.9.8 refuses such a torrent, without a word, if it is
   * private or DHT is off. It stands beside `info`, so the infohash holds.
   */
  readonly announceFallback?: ByteString;
}

interface Entry {
  readonly key: ByteString;
  /** Key and value as they are to be written. */
  readonly encoded: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * The same .torrent with `libtorrent_resume` beside `info`. The bytes of every other value are kept as they are; an
 * older `libtorrent_resume` or `rtorrent` is dropped.
 *
 * @throws CodecError if the bytes are not a dictionary with `info`, or a key comes twice
 */
export function withResume(
  torrentBytes: Uint8Array,
  resume: ResumeData,
  options: ResumeOptions = {},
): Uint8Array {
  const entries = takeEntries(torrentBytes);
  if (!entries.has(asByteString('info')))
    throw new CodecError('metainfo', 'The torrent has no `info` dictionary.');
  entries.delete(asByteString('rtorrent'));
  setEntry(entries, 'libtorrent_resume', encodeBencode(resumeValue(resume)));
  if (options.announceFallback !== undefined && !namesTracker(entries)) {
    setEntry(entries, 'announce', encodeBencode(options.announceFallback));
  }
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
    const valueStart = cursor.at;
    skipValue(cursor, 'any');
    const value = bytes.subarray(valueStart, cursor.at);
    entries.set(key, { key, encoded: bytes.subarray(start, cursor.at), value });
    start = cursor.at;
  }
  return entries;
}

function setEntry(entries: Map<ByteString, Entry>, name: string, value: Uint8Array): void {
  const key = asByteString(name);
  entries.set(key, { key, encoded: concatenate([encodeBencode(key), value]), value });
}

/** As rtorrent looks at it: an `announce`, or an `announce-list` with at least one group in it. */
function namesTracker(entries: ReadonlyMap<ByteString, Entry>): boolean {
  if (entries.has(asByteString('announce'))) return true;
  const list = entries.get(asByteString('announce-list'))?.value;
  if (list?.[0] !== BYTE_LIST) return false;
  const cursor: Cursor = { bytes: list, at: 1 };
  while (!atEnd(cursor)) {
    if (list[cursor.at] === BYTE_LIST) return true;
    skipValue(cursor, 'any');
  }
  return false;
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
