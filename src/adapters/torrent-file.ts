/** Reads .torrent files from disk: bounded, checked, with their infohash. */

import type { Stats } from 'node:fs';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
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

/** What tells that a file may have changed: while all of these stay, so does the content. */
export interface FileSignature {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

/**
 * The bytes of a .torrent, and the file's signature as it was before they were read. They are read into `memory` where
 * they fit in there (then they last until it is used again), else into memory of their own.
 *
 * @throws Fault with one sentence on why it holds no torrent; `gone` where there is no such file
 */
export function readTorrentFile(
  path: ByteString,
  memory?: Buffer,
): { readonly bytes: Buffer; readonly signature: FileSignature } {
  let descriptor: number | undefined;
  try {
    // A pipe would keep us waiting for somebody to write into it.
    descriptor = openSync(pathOf(path), constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (!status.isFile())
      throw new Fault('garbled', status.isDirectory() ? 'it is a directory' : 'it is no file');
    if (status.size === 0) throw new Fault('garbled', 'it is empty');
    if (status.size > longestTorrentBytes)
      throw new Fault('limit', 'it is larger than any .torrent (128 MiB)');
    const room = memory !== undefined && status.size <= memory.length ? memory : undefined;
    const bytes = room ?? Buffer.allocUnsafe(status.size);
    const length = readSync(descriptor, bytes, 0, status.size, 0);
    return { bytes: bytes.subarray(0, length), signature: signatureOf(status) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(code === 'ENOENT' ? 'gone' : 'failed', `it cannot be read (${code ?? 'unknown error'})`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

export function signatureOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileSignature {
  return { sizeBytes: size, mtimeMs, ctimeMs, inode: ino };
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
    ({ bytes } = readTorrentFile(path));
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
