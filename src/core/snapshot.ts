/** What was seen of the world, at one moment: the only thing that a plan is made from. */

import type { ByteString } from './bytes.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import type { ShippedPieces } from './piece-part.ts';
import type { PieceSet } from './pieces.ts';
import type { Placements } from './place.ts';
import type { Receipt, RemoteListing } from './prove.ts';
import type { Wishes } from './wishes.ts';

/** Seen, or not seen and why. Not seen is never empty. */
export type Observed<T> =
  | { readonly seen: true; readonly value: T }
  | { readonly seen: false; readonly reason: string; readonly remedy?: string | undefined };

export interface Snapshot {
  readonly takenAtMs: number;
  readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
  /** Entries of the managed directory that hold no torrent. */
  readonly rejected: readonly RejectedEntry[];
  readonly rtorrent: Observed<RtorrentView>;
  readonly disk: Observed<DiskView>;
  /** The paths that the plan needs to know about, and no others; see `questions`. */
  readonly remote: Observed<RemoteListing>;
  readonly ledger: LedgerView;
  /** Transfers and proofs under way in this process. */
  readonly jobs: readonly Job[];
}

export interface RejectedEntry {
  readonly path: ByteString;
  /** One sentence. */
  readonly reason: string;
}

export interface RtorrentView {
  readonly version: string;
  readonly processId: number;
  /** Where rtorrent puts the data of a torrent that is loaded without further words (`directory.default`), absolute. */
  readonly defaultDirectory: ByteString;
  readonly torrents: ReadonlyMap<Infohash, RtorrentTorrent>;
  /** Pieces and files of those torrents that were asked about in detail. */
  readonly details: ReadonlyMap<Infohash, RtorrentDetail>;
}

/** One torrent as rtorrent sees it, managed or not. */
export interface RtorrentTorrent {
  readonly infohash: Infohash;
  /** As reported: rtorrent 0.9.8 replaces bytes by `?`, so no path is ever made of it. */
  readonly reportedName: ByteString;
  /**
   * `d.directory`, absolute: the content's directory of a multi-file torrent, else the directory it lies in. Bytes of it
   * may be lost.
   */
  readonly reportedDirectory: ByteString;
  readonly isMultiFile: boolean;
  readonly isComplete: boolean;
  /** Running: downloading or seeding. */
  readonly isActive: boolean;
  readonly isOpen: boolean;
  /** `d.state`: whether it is meant to run; a torrent closed by the low-diskspace guard keeps it. */
  readonly isStarted: boolean;
  readonly isHashing: boolean;
  /** All that is selected is here (`d.is_partially_done`); 0.9.8 says so of a complete torrent as well. */
  readonly isPartiallyDone: boolean;
  /**
   * As far as rtorrent has saved it (`d.up.total`), with what was written down as it was taken out before. Less than that
   * where somebody else took it out, or rtorrent was killed.
   */
  readonly uploadedBytes: number;
  /** When it was complete, or was found to be (`d.timestamp.finished`); undefined before that. */
  readonly completeSinceMs: number | undefined;
  readonly completedBytes: number;
  /** Completed, and what is here of pieces that are not (`d.bytes_done`). */
  readonly receivedBytes: number;
  readonly sizeBytes: number;
  readonly downRateBytesPerSecond: number;
  readonly upRateBytesPerSecond: number;
  /** `d.message`: what rtorrent last complained of; empty when all is well. */
  readonly message: ByteString;
  /** `file` where this program loaded it to be fetched in parts, `stream` or `closed` as in `parts`, else empty. */
  readonly mode: ByteString;
}

export interface RtorrentDetail {
  /** Empty while the torrent is closed. */
  readonly pieces: PieceSet;
  /** In rtorrent's order, which is the metainfo's. */
  readonly files: readonly { readonly path: ByteString; readonly isSelected: boolean }[];
  /**
   * False where this program loaded it in parts, and since then rtorrent was started anew, whose session may know nothing of what
   * has come, or was told to check it, after which 0.9.8 takes more of the disk than it was reckoned with.
   */
  readonly isAsLoaded: boolean;
}

export interface DiskView {
  /** What an ordinary user may still write, in bytes. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Both figures are those of a quota of the user, which leaves less than the filesystem has. */
  readonly isQuota?: boolean;
  readonly blockBytes: number;
  /** The local data of every managed torrent that has a place, loaded or not. */
  readonly torrents: ReadonlyMap<Infohash, LocalTorrent>;
}

export interface LocalTorrent {
  /** The files' paths are below this directory. */
  readonly directory: ByteString;
  /** By file index; undefined where there is no such file. Shorter than the torrent's list where nothing is there. */
  readonly files: readonly (LocalFile | undefined)[];
  readonly allocatedBytes: number;
}

export interface LocalFile {
  readonly sizeBytes: number;
  /** Blocks on disk (`st_blocks` × 512). */
  readonly allocatedBytes: number;
}

export interface LedgerView {
  readonly receipts: ReadonlyMap<Infohash, ReadonlyMap<number, Receipt>>;
  /** Of files that are streamed, by file index: the pieces that the remote was seen to hold. */
  readonly pieces: ReadonlyMap<Infohash, ReadonlyMap<number, ShippedPieces>>;
  /** Paths below the remote's root that this program began to write, and for which torrent. */
  readonly shipments: ReadonlyMap<ByteString, Infohash>;
  readonly failures: ReadonlyMap<Infohash, Failure>;
  readonly placements: Placements;
  readonly intents: ReadonlyMap<Infohash, Intent>;
  readonly wishes: Wishes;
  readonly progress: ReadonlyMap<Infohash, ProgressMark>;
  /** Of problems, by their ids. Never read by a decision. */
  readonly onsets: ReadonlyMap<string, Onset>;
}

/** Since when a problem lasts. */
export interface Onset {
  readonly sinceMs: number;
  /** When it was not seen any more; undefined while it lasts. */
  readonly goneAtMs: number | undefined;
}

/**
 * A step that was begun and cannot be taken back: written down before it, and forgotten when the torrent is in rtorrent
 * again or retired. Until then nobody but the ledger knows where its data lies, and how much it has uploaded.
 */
export interface Intent {
  readonly step: 'unload' | 'roll' | 'purge' | 'tidy' | 'retire';
  /** The directory that the torrent's files are below. */
  readonly directory: ByteString;
  readonly atMs: number;
  /** What it had sent to others until then: rtorrent counts anew from each load on. */
  readonly uploadedBytes: number;
}

/** How far a torrent had come when it was last seen to get on. */
export interface ProgressMark {
  /** Received, parts of pieces among them. */
  readonly bytes: number;
  readonly atMs: number;
  /** Of the rtorrent that had it. */
  readonly processId: number;
}

/** The last thing that went wrong with a torrent, and when it is tried again. */
export interface Failure {
  /** Which kind of action failed. */
  readonly step: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  /** How often in a row. */
  readonly count: number;
  /** When the first of that row was. */
  readonly sinceMs: number;
  readonly atMs: number;
  readonly retryAtMs: number;
}

/**
 * A long piece of work under way: a transfer to the remote, or the comparison of both copies. A torrent may have several at
 * once, each about other files of it.
 */
export interface Job {
  /** Unique among those of this process. */
  readonly id: string;
  readonly kind: 'ship' | 'prove' | 'stream';
  readonly infohash: Infohash;
  /** The torrent's name, under which it lies on the remote. */
  readonly name: ByteString;
  /** Indices of the files that it is about. */
  readonly files: readonly number[];
  readonly totalBytes: number;
  /** Of a stream: what the remote holds, proved. */
  readonly doneBytes: number;
  readonly startedAtMs: number;
  /** Of a stream alone. */
  readonly stream?: StreamProgress | undefined;
}

/** How the bytes of a streamed file stand that are not on the remote yet. */
export interface StreamProgress {
  /** The most that the torrent may come to take on the disk; 0 once nothing more comes in. */
  readonly windowBytes: number;
  /** Here, of pieces that are not finished. */
  readonly arrivingBytes: number;
  /** Here, in finished pieces. */
  readonly fetchedBytes: number;
  /** Of those: being sent. */
  readonly sendingBytes: number;
}
