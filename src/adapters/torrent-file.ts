/** Reads .torrent files from disk: bounded, checked, with their infohash. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { hash } from 'node:crypto';
import { CodecError } from '../codec/codec-error.ts';
import type { ParsedMetainfo } from '../codec/metainfo.ts';
import { parseMetainfo } from '../codec/metainfo.ts';
import type { ByteString } from '../core/bytes.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { ManagedTorrent } from '../core/metainfo.ts';

/** The largest .torrent that is read: some millions of pieces. */
const longestTorrentBytes = 128 * 1024 ** 2;

/**
 * The bytes of a .torrent.
 *
 * @throws Fault with one sentence on why it holds no torrent
 */
export function readTorrentFile(path: ByteString): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(pathOf(path), 'r');
    const status = fstatSync(descriptor);
    if (!status.isFile())
      throw new Fault('garbled', status.isDirectory() ? 'it is a directory' : 'it is no file');
    if (status.size === 0) throw new Fault('garbled', 'it is empty');
    if (status.size > longestTorrentBytes)
      throw new Fault('limit', 'it is larger than any .torrent (128 MiB)');
    const bytes = Buffer.allocUnsafe(status.size);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, status.size, 0));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(
      'failed',
      `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Parses the bytes of a .torrent; throws a `Fault` with one sentence where they hold none. */
export function parseTorrentBytes(bytes: Uint8Array): ParsedMetainfo {
  try {
    return parseMetainfo(bytes, (info) => hash('sha1', info, 'hex'));
  } catch (error) {
    if (error instanceof CodecError) throw new Fault('garbled', error.message);
    throw error;
  }
}

/** Reads the .torrent of a managed torrent again: its bytes, and where its piece hashes are. */
export function decodeFile(managed: ManagedTorrent): {
  readonly bytes: Buffer;
  readonly piecesOffset: number;
} {
  const [path] = managed.torrentPaths;
  let bytes: Buffer;
  let parsed: ParsedMetainfo;
  try {
    bytes = readTorrentFile(path);
    parsed = parseTorrentBytes(bytes);
  } catch (error) {
    if (error instanceof Fault) throw new Fault('gone', `${displayText(path)}: ${error.message}`);
    throw error;
  }
  if (parsed.metainfo.infohash !== managed.metainfo.infohash) {
    throw new Fault('gone', `${displayText(path)} has become another torrent`);
  }
  return { bytes, piecesOffset: parsed.piecesOffset };
}

/** A byte string as Node takes paths of any bytes. */
export function pathOf(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}
