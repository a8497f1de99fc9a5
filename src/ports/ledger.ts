/**
 * The port to the ledger: what is remembered durably. Losing it costs time, never data. Methods reject with a `Fault`
 * and nothing else; each is durable when it resolves, and all or nothing.
 */

import type { Action } from '../core/action.ts';
import type { ByteString } from '../core/bytes.ts';
import type { Infohash, Metainfo } from '../core/metainfo.ts';
import type { ShippedPiece, ShippedPieces } from '../core/piece-part.ts';
import type { Placements } from '../core/place.ts';
import type { Priority } from '../core/priority.ts';
import type { ReceiptRecord } from '../core/prove.ts';
import type { Failure, Intent, Onset, ProgressMark } from '../core/snapshot.ts';
import type { Wishes } from '../core/wishes.ts';

export interface LedgerPort {
  /** All that it holds about these torrents, on this remote. */
  read(managed: Iterable<Metainfo>): Promise<LedgerRecords>;

  /** Says, before the first byte goes out, that what is found under these remote paths was put there by us. */
  beginShipment(infohash: Infohash, remotePaths: readonly ByteString[], atMs: number): Promise<void>;

  /** Gives the torrent a directory of its own below the remote's root, for good. */
  recordPlacement(infohash: Infohash, place: ByteString): Promise<void>;

  /**
   * Says, before a step that cannot be taken back, that it is begun, where the torrent's data lies, and what it has uploaded.
   * Where that is undefined, what the intent before this one says of it stays.
   */
  recordIntent(infohash: Infohash, intent: NewIntent): Promise<void>;

  /** The torrent is in rtorrent again, or retired, or none of ours any more. Idempotent. */
  clearIntent(infohash: Infohash): Promise<void>;

  /** A receipt takes the place of the pieces that were recorded of its file. */
  recordReceipts(receipts: readonly ReceiptRecord[]): Promise<void>;

  /** Forgets the receipts of these files: the remote no longer bears them out. */
  dropReceipts(infohash: Infohash, fileIndices: readonly number[]): Promise<void>;

  /** Says that the remote was seen to hold these pieces of a file that is streamed. Idempotent. */
  recordPieces(infohash: Infohash, fileIndex: number, pieces: readonly ShippedPiece[]): Promise<void>;

  /** Forgets pieces of a file, all of them unless some are named: the remote no longer bears them out. Idempotent. */
  dropPieces(infohash: Infohash, fileIndex: number, pieces?: readonly number[]): Promise<void>;

  recordFailure(infohash: Infohash, failure: Failure): Promise<void>;

  /** Forgets the failure of a torrent that got on. */
  clearFailure(infohash: Infohash): Promise<void>;

  /**
   * The user wants the torrent, or everything and whatever comes later, left alone, or not any more. To resume everything
   * is to resume each. Idempotent.
   */
  setPaused(infohash: Infohash | undefined, isPaused: boolean): Promise<void>;

  /** The user wants it sooner or later than others; undefined takes the wish back. Idempotent. */
  setPriority(infohash: Infohash, priority: Priority | undefined): Promise<void>;

  /** How far torrents have come; undefined forgets. All or nothing, and idempotent. */
  recordProgress(marks: ReadonlyMap<Infohash, ProgressMark | undefined>): Promise<void>;

  /** Since when problems last, by their ids; undefined forgets. All or nothing, and idempotent. */
  recordOnsets(onsets: ReadonlyMap<string, Onset | undefined>): Promise<void>;

  /** Adds to the history: what was done, for people and for `verify`. Never read by a decision. */
  recordEvent(event: HistoryEvent): Promise<void>;

  close(): Promise<void>;
}

/** An intent as it is written down. */
export interface NewIntent extends Omit<Intent, 'uploadedBytes'> {
  /** Undefined where rtorrent does not have the torrent. */
  readonly uploadedBytes: number | undefined;
}

export interface LedgerRecords {
  readonly receipts: ReadonlyMap<Infohash, readonly ReceiptRecord[]>;
  /** Of files that are streamed, by file index: what the remote holds of them. Absent where nothing was recorded. */
  readonly pieces: ReadonlyMap<Infohash, ReadonlyMap<number, ShippedPieces>>;
  /** Remote path → the one of these torrents that it was written for. */
  readonly shipments: ReadonlyMap<ByteString, Infohash>;
  readonly failures: ReadonlyMap<Infohash, Failure>;
  readonly placements: Placements;
  readonly intents: ReadonlyMap<Infohash, Intent>;
  /** All there are. */
  readonly wishes: Wishes;
  readonly progress: ReadonlyMap<Infohash, ProgressMark>;
  /** All there are of this managed directory and remote. */
  readonly onsets: ReadonlyMap<string, Onset>;
}

/** One action that was done. */
export interface HistoryEvent {
  readonly atMs: number;
  readonly infohash: Infohash;
  readonly name: ByteString;
  readonly action: Action['kind'];
  readonly files: number;
  /** Content that the action was about. */
  readonly bytes: number;
  readonly tookMs: number;
  /** A few words on how it went. */
  readonly detail: string;
}
