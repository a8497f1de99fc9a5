/** Makes a torrent: content that depends on its name alone, and the .torrent file that describes it. */

import { createCipheriv, createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open } from 'node:fs/promises';
import { bencode } from './bencode.ts';

/** A name or a part of a path: text stands for its UTF-8 bytes, a Buffer for any bytes. */
export type RawName = Buffer | string;

export interface TorrentFileEntry {
  /** Path below the torrent's own directory, one element a directory level. */
  readonly path: readonly RawName[];
  readonly bytes: number;
  /** BEP 47: a file of zeros that fills a piece. */
  readonly padding?: boolean;
}

export interface TorrentSpecification {
  readonly name: RawName;
  /** Either a list of files (a torrent with a directory of its own) … */
  readonly files?: readonly TorrentFileEntry[];
  /** … or the length of the single file. */
  readonly bytes?: number;
  readonly pieceLengthBytes: number;
  /** BEP 27. */
  readonly private?: boolean;
}

export interface MadeFile {
  /** Where the file belongs below a download directory: `NAME`, or `NAME/path`. */
  readonly path: Buffer;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly isPadding: boolean;
}

export interface MadeTorrent {
  /** 40 upper-case hex digits, as rtorrent writes them. */
  readonly infohash: string;
  readonly name: Buffer;
  /** The bytes of the .torrent file. */
  readonly metainfo: Buffer;
  readonly totalBytes: number;
  readonly files: readonly MadeFile[];
}

const chunkBytes = 256 * 1024;
const zeros = Buffer.alloc(chunkBytes);

export function rawBytes(name: RawName): Buffer {
  return typeof name === 'string' ? Buffer.from(name) : name;
}

/**
 * Works out the torrent; writes its content below `contentDirectory` too, unless that is undefined (paths that no disk
 * should see, or content that nobody shall seed).
 */
export async function makeTorrent(
  specification: TorrentSpecification,
  announceUrl: string,
  contentDirectory: string | undefined,
): Promise<MadeTorrent> {
  const name = rawBytes(specification.name);
  const entries: readonly TorrentFileEntry[] = specification.files ?? [
    { path: [], bytes: specification.bytes ?? 0 },
  ];
  const pieces = new PieceHasher(specification.pieceLengthBytes);
  const files: MadeFile[] = [];
  for (const [index, entry] of entries.entries()) {
    const path = joinRaw([name, ...entry.path.map(rawBytes)]);
    const target =
      contentDirectory === undefined ? undefined : joinRaw([Buffer.from(contentDirectory), path]);
    const sha256 = await writeContent(entry, seedOf(name, index), pieces, target);
    files.push({ path, bytes: entry.bytes, sha256, isPadding: entry.padding === true });
  }
  const info = bencode({
    name,
    'piece length': specification.pieceLengthBytes,
    pieces: pieces.finish(),
    ...(specification.private === true ? { private: 1 } : {}),
    ...(specification.files === undefined
      ? { length: specification.bytes ?? 0 }
      : {
          files: specification.files.map((file) => ({
            length: file.bytes,
            path: file.path.map(rawBytes),
            ...(file.padding === true ? { attr: 'p' } : {}),
          })),
        }),
  });
  return {
    infohash: createHash('sha1').update(info).digest('hex').toUpperCase(),
    name,
    // "info" is put in as the very bytes that were hashed; its key sorts after "announce".
    metainfo: Buffer.concat([
      Buffer.from('d8:announce'),
      bencode(announceUrl),
      Buffer.from('4:info'),
      info,
      Buffer.from('e'),
    ]),
    totalBytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    files,
  };
}

function joinRaw(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from('/'), part])));
}

function seedOf(name: Buffer, index: number): Buffer {
  return createHash('sha256').update(name).update(`\0${index}`).digest();
}

/** AES in counter mode makes pseudo-random bytes at the speed of the disk. */
async function writeContent(
  entry: TorrentFileEntry,
  seed: Buffer,
  pieces: PieceHasher,
  target: Buffer | undefined,
): Promise<string> {
  const sha256 = createHash('sha256');
  const cipher = createCipheriv('aes-128-ctr', seed.subarray(0, 16), seed.subarray(16));
  const handle = target === undefined ? undefined : await create(target);
  try {
    for (let left = entry.bytes; left > 0; left -= chunkBytes) {
      const blank = zeros.subarray(0, Math.min(left, chunkBytes));
      const chunk = entry.padding === true ? blank : cipher.update(blank);
      sha256.update(chunk);
      pieces.add(chunk);
      await handle?.write(chunk);
    }
  } finally {
    await handle?.close();
  }
  return sha256.digest('hex');
}

async function create(target: Buffer): Promise<FileHandle> {
  await mkdir(target.subarray(0, target.lastIndexOf('/')), { recursive: true });
  return open(target, 'w');
}

/** SHA-1 of each piece of a stream of bytes. */
class PieceHasher {
  readonly #pieceLengthBytes: number;
  readonly #digests: Buffer[] = [];
  #hash = createHash('sha1');
  #filledBytes = 0;

  constructor(pieceLengthBytes: number) {
    this.#pieceLengthBytes = pieceLengthBytes;
  }

  add(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#pieceLengthBytes - this.#filledBytes);
      this.#hash.update(part);
      this.#filledBytes += part.length;
      rest = rest.subarray(part.length);
      if (this.#filledBytes === this.#pieceLengthBytes) this.#endPiece();
    }
  }

  finish(): Buffer {
    if (this.#filledBytes > 0) this.#endPiece();
    return Buffer.concat(this.#digests);
  }

  #endPiece(): void {
    this.#digests.push(this.#hash.digest());
    this.#hash = createHash('sha1');
    this.#filledBytes = 0;
  }
}
