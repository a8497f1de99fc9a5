/** Reads pieces from the local disk and checks them against the metainfo's hashes: what is on disk, truly. */

import { hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { joinPath } from '../core/bytes.ts';
import type { Metainfo } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import { piecesOf } from '../core/pieces.ts';
import type { Place } from '../ports/seedbox.ts';
import { statusOf } from './local-disk.ts';
import { decodeFile, pathOf } from './torrent-file.ts';

const hashBytes = 20;

/**
 * Which pieces are there. Only files of exactly their full size count, as for rtorrent; a file without a single block
 * holds nothing and is not read.
 */
export async function checkPieces(place: Place): Promise<{ pieces: PieceSet; inPlace: ReadonlySet<number> }> {
  const { metainfo } = place.managed;
  const inPlace = new Set<number>();
  const holding = new Set<number>();
  for (const file of metainfo.files) {
    const status = statusOf(joinPath(place.directory, file.path));
    if (status?.isFile() !== true || status.size !== file.lengthBytes) continue;
    inPlace.add(file.index);
    if (status.blocks > 0) holding.add(file.index);
  }
  const found: number[] = [];
  if (holding.size > 0) {
    const { bytes, piecesOffset } = decodeFile(place.managed);
    const reader = new PieceReader(place, holding);
    try {
      for (let piece = 0; piece < metainfo.pieceCount; piece += 1) {
        const content = await reader.read(piece);
        const start = piecesOffset + piece * hashBytes;
        if (content !== undefined && sha1(content).equals(bytes.subarray(start, start + hashBytes)))
          found.push(piece);
      }
    } finally {
      await reader.close();
    }
  }
  return { pieces: piecesOf(metainfo.pieceCount, found), inPlace };
}

/** Reads pieces in ascending order, over file borders, with one file open at a time. */
class PieceReader {
  private readonly place: Place;
  private readonly metainfo: Metainfo;
  private readonly holding: ReadonlySet<number>;
  private readonly buffer: Buffer;
  private firstFile = 0;
  private openFile: { readonly index: number; readonly handle: FileHandle } | undefined;

  constructor(place: Place, holding: ReadonlySet<number>) {
    this.place = place;
    this.metainfo = place.managed.metainfo;
    this.holding = holding;
    this.buffer = Buffer.allocUnsafe(Math.min(this.metainfo.pieceLengthBytes, this.metainfo.totalBytes));
  }

  /** The piece's bytes (valid until the next call), or undefined where a file of it holds nothing. */
  async read(piece: number): Promise<Buffer | undefined> {
    const { files, pieceLengthBytes, totalBytes } = this.metainfo;
    const start = piece * pieceLengthBytes;
    const end = Math.min(start + pieceLengthBytes, totalBytes);
    while (endOf(files[this.firstFile]) <= start) this.firstFile += 1;
    for (let index = this.firstFile; index < files.length; index += 1) {
      const file = files[index];
      if (file === undefined || file.offsetBytes >= end) break;
      if (file.lengthBytes > 0 && !this.holding.has(index)) return undefined;
    }
    for (let index = this.firstFile; index < files.length; index += 1) {
      const file = files[index];
      if (file === undefined || file.offsetBytes >= end) break;
      if (file.lengthBytes === 0) continue;
      const from = Math.max(start, file.offsetBytes);
      const length = Math.min(end, endOf(file)) - from;
      const handle = await this.opened(index);
      const { bytesRead } = await handle.read(this.buffer, from - start, length, from - file.offsetBytes);
      if (bytesRead !== length) return undefined;
    }
    return this.buffer.subarray(0, end - start);
  }

  async close(): Promise<void> {
    await this.openFile?.handle.close();
    this.openFile = undefined;
  }

  private async opened(index: number): Promise<FileHandle> {
    if (this.openFile?.index === index) return this.openFile.handle;
    await this.close();
    const path = this.metainfo.files[index]?.path ?? this.metainfo.name;
    const handle = await open(pathOf(joinPath(this.place.directory, path)), 'r');
    this.openFile = { index, handle };
    return handle;
  }
}

function endOf(file: Metainfo['files'][number] | undefined): number {
  return file === undefined ? Number.POSITIVE_INFINITY : file.offsetBytes + file.lengthBytes;
}

function sha1(bytes: Uint8Array): Buffer {
  return hash('sha1', bytes, 'buffer');
}
