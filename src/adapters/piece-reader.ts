/** Reads pieces of a torrent from the local disk, over the borders of its files. */

import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ByteString } from '../core/bytes.ts';
import { joinPath } from '../core/bytes.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';
import type { Place } from '../ports/seedbox.ts';
import { statusOf } from './local-disk.ts';
import { pathOf } from './torrent-file.ts';

/** Whether a regular file of exactly its full size lies there, and whether it has a single block. */
export function stateOf(
  { directory }: Pick<Place, 'directory'>,
  { path, lengthBytes }: MetainfoFile,
): 'holding' | 'hollow' | 'absent' {
  const status = statusOf(joinPath(directory, path));
  if (status?.isFile() !== true || status.size !== lengthBytes) return 'absent';
  return status.blocks > 0 ? 'holding' : 'hollow';
}

/** A pipe or a symlink that was put in its place since it was looked at neither holds us up nor is followed. */
export async function openToRead(path: ByteString): Promise<FileHandle> {
  return await open(pathOf(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** Reads pieces in ascending order, with one file open at a time. */
export class PieceReader {
  private readonly place: Place;
  private readonly metainfo: Metainfo;
  private readonly isHolding: (file: MetainfoFile) => boolean;
  private readonly buffer: Buffer;
  private firstFile = 0;
  private openFile: { readonly index: number; readonly handle: FileHandle } | undefined;

  /** Of files that `isHolding` denies nothing is read. */
  constructor(place: Place, isHolding: (file: MetainfoFile) => boolean) {
    this.place = place;
    this.metainfo = place.managed.metainfo;
    this.isHolding = isHolding;
    this.buffer = Buffer.allocUnsafe(Math.min(this.metainfo.pieceLengthBytes, this.metainfo.totalBytes));
  }

  /** The piece's bytes (valid until the next call), or undefined where a file of it holds nothing. */
  async read(piece: number): Promise<Buffer | undefined> {
    const { pieceLengthBytes, totalBytes } = this.metainfo;
    const start = piece * pieceLengthBytes;
    const end = Math.min(start + pieceLengthBytes, totalBytes);
    const files = this.filesIn(start, end);
    if (!files.every(this.isHolding)) return undefined;
    for (const file of files) {
      const from = Math.max(start, file.offsetBytes);
      const length = Math.min(end, file.offsetBytes + file.lengthBytes) - from;
      const handle = await this.opened(file);
      const { bytesRead } = await handle.read(this.buffer, from - start, length, from - file.offsetBytes);
      if (bytesRead !== length) return undefined;
    }
    return this.buffer.subarray(0, end - start);
  }

  async close(): Promise<void> {
    await this.openFile?.handle.close();
    this.openFile = undefined;
  }

  /** The files that have bytes between these places of the torrent's stream. */
  private filesIn(start: number, end: number): readonly MetainfoFile[] {
    const { files } = this.metainfo;
    const found: MetainfoFile[] = [];
    for (let index = this.firstFile; index < files.length; index += 1) {
      const file = files[index];
      if (file === undefined || file.offsetBytes >= end) break;
      if (file.offsetBytes + file.lengthBytes <= start) this.firstFile = index;
      else if (file.lengthBytes > 0) found.push(file);
    }
    return found;
  }

  private async opened({ index, path }: MetainfoFile): Promise<FileHandle> {
    if (this.openFile?.index === index) return this.openFile.handle;
    await this.close();
    const handle = await openToRead(joinPath(this.place.directory, path));
    this.openFile = { index, handle };
    return handle;
  }
}
