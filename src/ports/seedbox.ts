/** The port to this host: the managed directory and the local disk. Methods reject with a `Fault` and nothing else. */

import type { ByteString } from '../core/bytes.ts';
import type { Infohash, ManagedTorrent, MetainfoFile } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import type { DiskView, RejectedEntry } from '../core/snapshot.ts';

export interface SeedboxPort {
  /** Reads the managed directory. An entry that holds no torrent is rejected by name, and disturbs no other. */
  scan(): Promise<{
    readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
    readonly rejected: readonly RejectedEntry[];
  }>;

  /**
   * The filesystem below `directory`, or what a quota leaves of it, and what lies on it of each torrent. Follows no
   * symlink; changes nothing.
   */
  measure(directory: ByteString, places: readonly Place[]): Promise<DiskView>;

  /**
   * Which of the pieces are on disk, whole: read and checked against the metainfo's hashes (SHA-1, BEP 3). Files that
   * are missing, short or not regular hold no piece. A piece that lies wholly in a hole is not there, even where its bytes
   * would be zeros, if the filesystem tells of its holes. Those of `known` are not read: they are there where every file
   * is in place that holds bytes of them.
   */
  verifyPieces(
    place: Place,
    known?: PieceSet,
  ): Promise<{
    readonly pieces: PieceSet;
    /** Files that lie there as regular files of exactly their full size. */
    readonly inPlace: ReadonlySet<number>;
  }>;

  /**
   * Reads files whole and answers with the MD5 of each, lower-case hex, by file index. A file that is missing or no
   * regular file, or that a symlink leads to, is absent.
   */
  digest(
    place: Place,
    files: readonly MetainfoFile[],
    onProgress: (doneBytes: number) => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, string>>;

  /**
   * Makes a file ready to be streamed: sparse, with its full size, and so the neighbours that its border pieces reach
   * into. What is there already stays, and a file that is shorter grows. Tries on a file of its own beside them that
   * bytes can be freed in the middle of a file. Idempotent.
   *
   * `refused` with the way out where the filesystem cannot do that (tmpfs among them: it fills holes that are read through
   * a shared mapping), where something else lies under one of the names, or where a file is longer than it should be.
   */
  prepareStream(place: Place, file: MetainfoFile): Promise<void>;

  /**
   * Frees the blocks that lie wholly in bytes of these pieces: where a piece ends within a block, the block goes with the
   * last of the pieces that share it. The file is written through to the disk before (else rtorrent's mapping brings
   * blocks back); its size stays, and its time becomes that of the call. What is freed already stays so: idempotent.
   * After a fault any of them may be freed. Answers with the blocks that the file still has, in bytes.
   */
  punch(order: PunchOrder): Promise<{ readonly allocatedBytes: number }>;

  /**
   * Deletes these files and no others: each a regular file at its own path below `directory`, reached through no
   * symlink, and not in `keep`; then the directories of the manifest that became empty. Idempotent: a file that is
   * gone already is fine. After a fault any number of the files may be gone.
   */
  remove(order: RemovalOrder): Promise<RemovalReport>;

  /** Deletes the .torrent files of a torrent from the managed directory. Idempotent. */
  retire(managed: ManagedTorrent): Promise<void>;
}

/** Where a torrent's files are. */
export interface Place {
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
}

export interface PunchOrder extends Place {
  readonly file: MetainfoFile;
  /** All pieces of the file whose bytes may go: the remote holds them, and nobody is offered them any more. */
  readonly pieces: PieceSet;
  /**
   * The ones among them that are new. Blocks that these have a share in are freed, and no others; without it all of
   * `pieces` is swept, which finds what came back but takes a while where the pieces lie scattered.
   */
  readonly fresh?: readonly number[];
}

export interface RemovalOrder extends Place {
  readonly files: readonly MetainfoFile[];
  /** Absolute paths that belong to others. */
  readonly keep: ReadonlySet<ByteString>;
}

export interface RemovalReport {
  readonly removedFiles: number;
  /** Freed, in allocated bytes. */
  readonly freedBytes: number;
  /** Paths below the torrent's own directory that are not in its manifest, and therefore stay. */
  readonly leftOver: readonly ByteString[];
  /** Files of the order that stay: another torrent's, or reached through a symlink, or no regular file. */
  readonly spared: readonly { readonly path: ByteString; readonly reason: string }[];
}
