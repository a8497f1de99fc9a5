/** The port to the remote host: listing, shipping, comparing. Every method rejects with a `Fault` and nothing else. */

import type { ByteString } from '../core/bytes.ts';
import type { ManagedTorrent, MetainfoFile } from '../core/metainfo.ts';
import type { ShippedPiece } from '../core/piece-part.ts';
import type { PieceSet } from '../core/pieces.ts';

export interface RemotePort {
  /**
   * Logs in, asks what it has to know anyway, and makes the root, so that the first transfer need not wait for that. What is
   * wrong may be left to whatever is asked next, and told there. Idempotent.
   */
  prepare(): Promise<void>;

  /**
   * Sizes in bytes of the files at these paths (below the remote's root), `notAFile` for what is there and is no regular
   * file. A path that is absent from the answer is not there. Reads nothing but names and sizes; changes nothing.
   */
  list(paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>>;

  /**
   * Copies files. Each appears under its final name only when it is whole; what was cut short is kept beside it and
   * taken up again by the next call. Idempotent. After a fault any number of the files may have arrived.
   */
  ship(order: TransferOrder): Promise<void>;

  /**
   * Reads each of these files on the remote, whole. A path that is absent from the answer is not there, or is no regular
   * file. `expectedBytes`, the sum of the sizes, bounds the time. Changes nothing.
   */
  digest(
    paths: readonly ByteString[],
    expectedBytes: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<ByteString, DigestedFile>>;

  /**
   * Ships pieces of one file that is larger than the disk. Each is read here, whole, and checked against the metainfo's
   * SHA-1, neighbours' bytes included; the file's part of it is written at its offset into a partial file on the remote,
   * written through to its disk, and read back there. Only pieces that came back right are answered as proved. What is
   * there already is written again: idempotent. Two calls for one file may run at once.
   *
   * After a fault (`full` where there is no room) nothing of the call is to be believed, and any part of it may have been
   * written; what was proved before stays as it is.
   */
  shipPieces(order: PieceOrder): Promise<PieceShipment>;

  /**
   * Reads pieces of a file on the remote and tells which are right, by SHA-1: of the partial file, or, where there is
   * none, of the file under its final name. A piece that reaches into a neighbour can be told by its part's digest alone.
   * Changes nothing.
   */
  listPieces(question: PieceQuestion): Promise<PieceListing>;

  /**
   * Gives the partial file of full size its final name, written through to the disk, and removes what it left behind.
   * Never takes the place of anything: `refused` where something else has the name. Idempotent: where there is no partial
   * file and a file of full size has the name, nothing is done. `gone` where there is neither. It reads no content: ask
   * `listPieces` before, and say to the ledger before (`beginShipment`) that the name is ours.
   */
  finishPieces(file: StreamedFile): Promise<void>;

  /**
   * Makes a file that has its final name a partial one again, so that pieces of it can be shipped: ask `listPieces` before
   * whose it is. Idempotent: where there is a partial file, nothing is done. `gone` where there is neither, `refused` where
   * what has the name is no file.
   */
  reopenPieces(file: StreamedFile): Promise<void>;

  /** Ends the connection. Idempotent. */
  disconnect(): Promise<void>;
}

export interface DigestedFile {
  readonly sizeBytes: number;
  /** MD5, lower-case hex. */
  readonly digest: string;
}

export interface TransferOrder {
  /** Local directory that the files' own paths are below. */
  readonly directory: ByteString;
  readonly files: readonly TransferFile[];
  /** Directory below the remote's root that takes the place of `directory`; empty for the root itself. */
  readonly destination: ByteString;
  /** Sends files whose size and time are equal on both sides as well: their content is known to differ. */
  readonly isRepair: boolean;
  /** What this transfer may take of the link; 0 for no limit. */
  readonly bandwidthBytesPerSecond: number;
  /** Called as it goes, with the bytes of the order that are done. */
  readonly onProgress: (doneBytes: number) => void;
  /** Ends the transfer, resumable. */
  readonly signal: AbortSignal;
}

export interface TransferFile {
  readonly path: ByteString;
  readonly lengthBytes: number;
}

/** A file that goes to the remote piece by piece. */
export interface StreamedFile {
  readonly managed: ManagedTorrent;
  readonly file: MetainfoFile;
  /** Directory below the remote's root that the torrent's files are below; empty for the root itself. */
  readonly destination: ByteString;
}

export interface PieceOrder extends StreamedFile {
  /** Local directory that the torrent's files are below. */
  readonly directory: ByteString;
  /** Each holds bytes of the file. Some MiB of them at once go fastest; they are kept in memory, up to 8 MiB at a time. */
  readonly pieces: readonly number[];
  /** What this order and all others of pieces under way may take of the link together; 0 for no limit. */
  readonly bandwidthBytesPerSecond: number;
  /** Called as it goes, with the bytes of the file that are written and proved. */
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

export interface PieceShipment {
  readonly proved: readonly ShippedPiece[];
  /** Pieces whose bytes here are not what the metainfo says, or are not here at all: they were not sent. */
  readonly broken: readonly number[];
}

export interface PieceQuestion extends StreamedFile {
  /** All pieces of the file unless some are named. */
  readonly pieces?: readonly number[];
  /** SHA-1 of the file's part by piece, lower-case hex, as `shipPieces` answered it. */
  readonly partDigests: ReadonlyMap<number, string>;
  /** Called as it goes, with the bytes that were read. */
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

export interface PieceListing {
  /** Those that were asked for, are there, and are right. */
  readonly pieces: PieceSet;
  /** What was read: the partial file, or the file under its final name; `nothing` where neither is there. */
  readonly source: 'partial' | 'final' | 'nothing';
}
