/** What a .torrent file says, as far as this program needs it: names, sizes, pieces. */

import type { ByteString } from './bytes.ts';
import type { Priority } from './priority.ts';

declare const infohash: unique symbol;

/** SHA-1 of the bencoded `info` dictionary, 40 upper-case hex digits, as rtorrent writes it. */
export type Infohash = string & { readonly [infohash]: true };

/** Takes 40 hex digits in either case; undefined for anything else. */
export function parseInfohash(text: string): Infohash | undefined {
  return /^[0-9a-fA-F]{40}$/.test(text) ? (text.toUpperCase() as Infohash) : undefined;
}

export interface MetainfoFile {
  /** Position in the torrent's file list (BEP 3), from 0; rtorrent numbers its files likewise. */
  readonly index: number;
  /** Path inside the torrent's own directory, parts joined by `/`; the torrent's name for a single-file torrent. */
  readonly path: ByteString;
  readonly lengthBytes: number;
  /** Where the file starts in the torrent's stream of bytes. */
  readonly offsetBytes: number;
  /** BEP 47 padding: it holds zeros and nobody wants it. */
  readonly isPadding: boolean;
}

/** A parsed .torrent. Immutable; the piece hashes stay in the file and are read when a piece is checked. */
export interface Metainfo {
  readonly infohash: Infohash;
  readonly name: ByteString;
  readonly isMultiFile: boolean;
  /** BEP 27. */
  readonly isPrivate: boolean;
  /** Hosts of its trackers, lower case, in the order in which they are listed. */
  readonly trackers: readonly string[];
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  readonly totalBytes: number;
  readonly files: readonly MetainfoFile[];
}

/** A managed torrent: its .torrent lies in the managed directory. */
export interface ManagedTorrent {
  readonly metainfo: Metainfo;
  /** Every .torrent file of the managed directory that holds this infohash, sorted; there is at least one. */
  readonly torrentPaths: readonly [ByteString, ...ByteString[]];
  /** By the subdirectory that its .torrent lies in; the most urgent where there are several. */
  readonly priority: Priority;
  /** When its .torrent came to lie there, the first of them where there are several. */
  readonly addedAtMs: number;
}

/** The files that matter to a person: all but padding. */
export function contentFiles(metainfo: Metainfo): readonly MetainfoFile[] {
  return metainfo.files.filter((file) => !file.isPadding);
}

/** First and last piece that hold bytes of the file, inclusive; undefined for an empty file, which has none. */
export function pieceRangeOf(
  metainfo: Metainfo,
  file: MetainfoFile,
): { readonly first: number; readonly last: number } | undefined {
  if (file.lengthBytes === 0) return undefined;
  return {
    first: Math.floor(file.offsetBytes / metainfo.pieceLengthBytes),
    last: Math.floor((file.offsetBytes + file.lengthBytes - 1) / metainfo.pieceLengthBytes),
  };
}
