/** Reads a .torrent (BEP 3, 27, 47) straight from its bytes: names, sizes and pieces, without the piece hashes. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';
import { parseInfohash } from '../core/metainfo.ts';
import type { Cursor } from './bencode-scan.ts';
import {
  atEnd,
  BYTE_DICTIONARY,
  BYTE_INTEGER,
  BYTE_LIST,
  failBencode,
  isDigit,
  keyIs,
  nextKey,
  openDictionary,
  openList,
  skipValue,
  takeInteger,
  takeStringLength,
} from './bencode-scan.ts';
import { CodecError } from './codec-error.ts';
import { byteStringOf } from './latin1.ts';
import { clashProblem, nameProblem } from './torrent-paths.ts';
import { takeTrackers } from './trackers.ts';

export interface ParsedMetainfo {
  readonly metainfo: Metainfo;
  /** Where the SHA-1 hashes of the pieces begin in the .torrent: 20 bytes each, in order. */
  readonly piecesOffset: number;
}

/** What has been read of `info`; -1 where a number is not there. */
interface Info {
  name: ByteString | undefined;
  pieceLengthBytes: number;
  piecesOffset: number;
  piecesBytes: number;
  lengthBytes: number;
  files: MetainfoFile[] | undefined;
  isPrivate: boolean;
  metaVersion: number | bigint;
}

const HASH_BYTES = 20;
const MAXIMUM_PIECE_BYTES = 2 ** 30;
const BYTE_LOWER_P = 0x70;

/**
 * Parses and checks a .torrent. Refused are v2-only torrents and everything that rtorrent refuses or dies of: names
 * that cannot be files, clashing paths, an `info` whose keys are out of order. Of a hybrid torrent the v1 part is
 * read. `name.utf-8` and `path.utf-8` are ignored: `loadableTorrent` sees to it that rtorrent
 * uses the plain ones.
 *
 * @param sha1 gives the SHA-1 of the bytes as 40 hex digits
 * @throws CodecError
 */
export function parseMetainfo(bytes: Uint8Array, sha1: (infoBytes: Uint8Array) => string): ParsedMetainfo {
  const cursor: Cursor = { bytes, at: 0 };
  if (bytes[0] !== BYTE_DICTIONARY) fail('This is not a .torrent file: it is no bencoded dictionary.');
  const reader = openDictionary(cursor, 'any');
  let info: Info | undefined;
  let infoStart = 0;
  let infoEnd = 0;
  const trackers = new Set<string>();
  while (nextKey(cursor, reader)) {
    if (keyIs(cursor, reader, 'announce') || keyIs(cursor, reader, 'announce-list')) {
      takeTrackers(cursor, trackers);
      continue;
    }
    if (!keyIs(cursor, reader, 'info')) {
      skipValue(cursor, 'any');
      continue;
    }
    if (info !== undefined) fail('The torrent has two `info` dictionaries.');
    infoStart = cursor.at;
    info = takeInfo(cursor);
    infoEnd = cursor.at;
  }
  skipLineEnds(cursor);
  if (cursor.at !== bytes.length) failBencode('There is something after the torrent', cursor.at);
  if (info === undefined) fail('The torrent has no `info` dictionary.');
  const content = { ...checkInfo(info), trackers: [...trackers] };
  const infohash = parseInfohash(sha1(bytes.subarray(infoStart, infoEnd)));
  if (infohash === undefined) throw new TypeError('sha1 must return 40 hex digits');
  return { metainfo: { infohash, ...content }, piecesOffset: info.piecesOffset };
}

function takeInfo(cursor: Cursor): Info {
  if (cursor.bytes[cursor.at] !== BYTE_DICTIONARY) fail('`info` is not a dictionary.');
  const info: Info = {
    name: undefined,
    pieceLengthBytes: -1,
    piecesOffset: -1,
    piecesBytes: -1,
    lengthBytes: -1,
    files: undefined,
    isPrivate: false,
    metaVersion: -1,
  };
  const reader = openDictionary(cursor, 'canonical');
  while (nextKey(cursor, reader)) {
    if (keyIs(cursor, reader, 'name')) info.name = takeName(cursor, '`name`');
    else if (keyIs(cursor, reader, 'piece length'))
      info.pieceLengthBytes = takeSize(cursor, '`piece length`');
    else if (keyIs(cursor, reader, 'pieces')) takePieces(cursor, info);
    else if (keyIs(cursor, reader, 'length')) info.lengthBytes = takeSize(cursor, '`length`');
    else if (keyIs(cursor, reader, 'files')) info.files = takeFiles(cursor);
    else if (keyIs(cursor, reader, 'private')) info.isPrivate = takeOptionalInteger(cursor) === 1;
    else if (keyIs(cursor, reader, 'meta version')) info.metaVersion = takeOptionalInteger(cursor);
    else skipValue(cursor, 'canonical');
  }
  return info;
}

function checkInfo(info: Info): Omit<Metainfo, 'infohash' | 'trackers'> {
  const { name, files, pieceLengthBytes, lengthBytes, piecesBytes } = info;
  if (piecesBytes < 0 && info.metaVersion === 2) {
    fail('This is a BitTorrent v2 torrent without a v1 part, which rtorrent cannot load.');
  }
  if (name === undefined) fail('The torrent has no `name`.');
  if (pieceLengthBytes < 0) fail('The torrent has no `piece length`.');
  if (pieceLengthBytes === 0 || pieceLengthBytes > MAXIMUM_PIECE_BYTES) {
    fail(`The \`piece length\` ${pieceLengthBytes} is not between 1 and ${MAXIMUM_PIECE_BYTES}.`);
  }
  if (piecesBytes < 0) fail('The torrent has no `pieces`.');
  if (files === undefined && lengthBytes < 0) fail('The torrent has neither `length` nor `files`.');
  if (files !== undefined && lengthBytes >= 0) fail('The torrent has both `length` and `files`.');
  const allFiles = files ?? [
    { index: 0, path: name, lengthBytes, offsetBytes: 0, isPadding: false } satisfies MetainfoFile,
  ];
  const last = allFiles.at(-1);
  if (last === undefined) fail('The torrent has an empty list of `files`.');
  const totalBytes = last.offsetBytes + last.lengthBytes;
  if (totalBytes === 0) fail('The torrent has no content: all its files are empty.');
  if (allFiles.every(({ isPadding }) => isPadding))
    fail('The torrent has no content: all its files are padding.');
  const pieceCount = Math.ceil(totalBytes / pieceLengthBytes);
  if (piecesBytes !== pieceCount * HASH_BYTES) {
    fail(`\`pieces\` has ${piecesBytes} bytes where ${pieceCount} pieces need ${pieceCount * HASH_BYTES}.`);
  }
  const clash = clashProblem(allFiles);
  if (clash !== undefined) fail(clash);
  const isMultiFile = files !== undefined;
  return {
    name,
    isMultiFile,
    isPrivate: info.isPrivate,
    pieceLengthBytes,
    pieceCount,
    totalBytes,
    files: allFiles,
  };
}

function takePieces(cursor: Cursor, info: Info): void {
  if (!isDigit(cursor.bytes[cursor.at])) fail('`pieces` is not a string.');
  info.piecesBytes = takeStringLength(cursor);
  info.piecesOffset = cursor.at;
  cursor.at += info.piecesBytes;
}

function takeFiles(cursor: Cursor): MetainfoFile[] {
  if (cursor.bytes[cursor.at] !== BYTE_LIST) fail('`files` is not a list.');
  openList(cursor);
  const files: MetainfoFile[] = [];
  let offsetBytes = 0;
  while (!atEnd(cursor)) {
    const file = takeFile(cursor, files.length, offsetBytes);
    offsetBytes += file.lengthBytes;
    if (!Number.isSafeInteger(offsetBytes)) fail('The sizes of the files add up to more than 2^53 bytes.');
    files.push(file);
  }
  return files;
}

function takeFile(cursor: Cursor, index: number, offsetBytes: number): MetainfoFile {
  if (cursor.bytes[cursor.at] !== BYTE_DICTIONARY) fail(`File ${index} is not a dictionary.`);
  const reader = openDictionary(cursor, 'canonical');
  let lengthBytes = -1;
  let path: ByteString | undefined;
  let isPadding = false;
  while (nextKey(cursor, reader)) {
    if (keyIs(cursor, reader, 'length')) lengthBytes = takeSize(cursor, `The length of file ${index}`);
    else if (keyIs(cursor, reader, 'path')) path = takePath(cursor, index);
    else if (keyIs(cursor, reader, 'attr')) isPadding = takeIsPadding(cursor);
    else skipValue(cursor, 'canonical');
  }
  if (lengthBytes < 0) fail(`File ${index} has no \`length\`.`);
  if (path === undefined) fail(`File ${index} has no \`path\`.`);
  return { index, path, lengthBytes, offsetBytes, isPadding };
}

function takePath(cursor: Cursor, index: number): ByteString {
  if (cursor.bytes[cursor.at] !== BYTE_LIST) fail(`The path of file ${index} is not a list.`);
  openList(cursor);
  if (atEnd(cursor)) fail(`The path of file ${index} is empty.`);
  const what = `A part of the path of file ${index}`;
  const first = takeName(cursor, what);
  if (atEnd(cursor)) return first;
  const parts = [first];
  do parts.push(takeName(cursor, what));
  while (!atEnd(cursor));
  return asByteString(parts.join('/'));
}

function takeName(cursor: Cursor, what: string): ByteString {
  const at = cursor.at;
  if (!isDigit(cursor.bytes[at])) fail(`${what} is not a string (at byte ${at}).`);
  const length = takeStringLength(cursor);
  const start = cursor.at;
  const problem = nameProblem(cursor.bytes, start, start + length);
  if (problem !== undefined) fail(`${what} ${problem} (at byte ${at}).`);
  cursor.at += length;
  return byteStringOf(cursor.bytes, start, start + length);
}

function takeSize(cursor: Cursor, what: string): number {
  const at = cursor.at;
  if (cursor.bytes[at] !== BYTE_INTEGER) fail(`${what} is not an integer (at byte ${at}).`);
  const size = takeInteger(cursor);
  if (size < 0) fail(`${what} is negative (at byte ${at}).`);
  if (typeof size !== 'number') fail(`${what} is more than 2^53 (at byte ${at}).`);
  return size;
}

/** -1 for a value that is no integer: rtorrent then goes on as if the key were not there. */
function takeOptionalInteger(cursor: Cursor): number | bigint {
  if (cursor.bytes[cursor.at] === BYTE_INTEGER) return takeInteger(cursor);
  skipValue(cursor, 'canonical');
  return -1;
}

/** BEP 47: `attr` is a string of letters, among them "p" for padding. */
function takeIsPadding(cursor: Cursor): boolean {
  if (!isDigit(cursor.bytes[cursor.at])) {
    skipValue(cursor, 'canonical');
    return false;
  }
  const length = takeStringLength(cursor);
  const start = cursor.at;
  cursor.at += length;
  for (let at = start; at < cursor.at; at += 1) if (cursor.bytes[at] === BYTE_LOWER_P) return true;
  return false;
}

/** Editors and shells leave a line end behind; it harms nobody. */
function skipLineEnds(cursor: Cursor): void {
  while (cursor.bytes[cursor.at] === 0x0a || cursor.bytes[cursor.at] === 0x0d) cursor.at += 1;
}

function fail(message: string): never {
  throw new CodecError('metainfo', message);
}
