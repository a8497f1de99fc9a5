/** The remote host: what it holds, whose that is, and what is wrong with it. */

import type { ByteString } from '../../src/core/bytes.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import type { Content, FileLayout } from './content.ts';
import { hole } from './content.ts';

/** Undefined while all is well. */
export type RemoteTrouble = 'gone' | 'read-only' | 'stalled' | undefined;

export interface RemoteFile {
  readonly content: Content;
  /** Undefined for files of others. */
  readonly owner: Infohash | undefined;
  /** What was read here when it was sent: a plain transfer goes by that, as rsync goes by size and time. */
  readonly sentIdentity?: string;
}

/** A file that arrives piece by piece, beside its place. */
export interface StreamedFile {
  readonly layout: FileLayout;
  readonly owner: Infohash;
  /** What each part holds, as on the local disk. */
  readonly cells: number[];
}

export class RemoteState {
  readonly files = new Map<ByteString, RemoteFile>();
  /** Bytes of files that were cut short, kept beside their places. */
  readonly partial = new Map<ByteString, number>();
  /** By the path that it will have. */
  readonly streamed = new Map<ByteString, StreamedFile>();
  trouble: RemoteTrouble;
  totalBytes: number;

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  freeBytes(): number {
    let used = 0;
    for (const { content } of this.files.values()) used += content.sizeBytes;
    for (const bytes of this.partial.values()) used += bytes;
    for (const file of this.streamed.values()) used += streamedBytes(file);
    return Math.max(0, this.totalBytes - used);
  }

  /** What stands in the way of a file of that path: a file where a directory has to be, or the other way round. */
  obstacleTo(path: ByteString): boolean {
    for (const other of this.files.keys()) {
      if (other !== path && (path.startsWith(`${other}/`) || other.startsWith(`${path}/`))) return true;
    }
    return false;
  }
}

function streamedBytes({ layout: { bounds }, cells }: StreamedFile): number {
  return cells.reduce(
    (sum, cell, part) => (cell === hole ? sum : sum + (bounds[part + 1] ?? 0) - (bounds[part] ?? 0)),
    0,
  );
}
