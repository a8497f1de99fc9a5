/** The port to rtorrent: what it is asked and told. Every method rejects with a `Fault` and with nothing else. */

import type { ByteString } from '../core/bytes.ts';
import type { Infohash, ManagedTorrent, MetainfoFile } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import type { RtorrentDetail, RtorrentTorrent, RtorrentView } from '../core/snapshot.ts';

export interface RtorrentPort {
  /** Every torrent, managed or not, without details. One request after the first; changes nothing. */
  observe(): Promise<Omit<RtorrentView, 'details'>>;

  /**
   * Pieces and files of some torrents, in one request; changes nothing. A torrent that is gone is absent from the
   * answer, which is no fault.
   */
  details(infohashes: readonly Infohash[]): Promise<ReadonlyMap<Infohash, RtorrentDetail>>;

  /** One torrent as it is at this moment; undefined where it is not loaded. Changes nothing. */
  look(infohash: Infohash): Promise<RtorrentTorrent | undefined>;

  /**
   * Loads a whole torrent and starts it; its files' paths are below `directory`. Resolves once rtorrent lists it. Idempotent: a
   * torrent that is loaded already stays as it is. The .torrent is not tied to it: rtorrent never deletes the file. What it
   * uploads from now on is added to `uploadedBytes`, also where rtorrent is started anew.
   */
  load(managed: ManagedTorrent, directory: ByteString, uploadedBytes: number): Promise<void>;

  /**
   * Loads a torrent with a resume of our own, so that it fetches the selected files alone and starts from the pieces
   * that are said to be on disk. Resolves once it is active. After half a failure it is not loaded, or loaded and
   * inactive.
   */
  loadSelected(order: SelectedLoad): Promise<void>;

  /**
   * Loads a torrent so that one file of it is fetched while its pieces go away as they are shipped: nothing of it is
   * uploaded to anybody, at no moment. Resolves once it is active and its only upload slot is held. Should this process die
   * or stall for 3 s, rtorrent stops it by itself; should rtorrent restart, it stays stopped. Not idempotent: it must not be
   * loaded. After half a failure it is not loaded, or loaded with the mode `stream`.
   */
  openStream(order: StreamOrder): Promise<StreamSession>;

  /**
   * Selects further files of a torrent that is running; it goes on without a stop, and asks its peers for them at once if it
   * had still something to fetch. Idempotent; a torrent that is gone is a fault.
   */
  selectMore(infohash: Infohash, files: ReadonlySet<number>): Promise<void>;

  /**
   * Reads which pieces a torrent has, stops it and takes it out of rtorrent, its data left, in one step that is done or not
   * done. Pieces that come in meanwhile are on the disk, and not in the answer. Resolves once its files are closed and it is no longer listed. Undefined where rtorrent did not tell its pieces: it
   * was closed, or gone, which is fine.
   */
  takeOut(infohash: Infohash): Promise<PieceSet | undefined>;

  /** Stops a torrent and starts it again, and waits until it is active. Idempotent. */
  restart(infohash: Infohash): Promise<void>;

  /**
   * Stops it and closes its files: afterwards nothing of it is read, written or served, and its mode is `closed`. Idempotent;
   * gone is fine.
   */
  close(infohash: Infohash): Promise<void>;

  /** Takes it out of rtorrent and leaves its data. Resolves once it is no longer listed. Idempotent; gone is fine. */
  erase(infohash: Infohash): Promise<void>;

  /** Ends connections, if any are held. */
  disconnect(): Promise<void>;
}

export interface SelectedLoad {
  readonly managed: ManagedTorrent;
  /** The files' paths are below it; the last part of a multi-file torrent's is the torrent's own directory. */
  readonly directory: ByteString;
  readonly selected: ReadonlySet<number>;
  /** By the loads before this one: it is added to. */
  readonly uploadedBytes: number;
  /** Pieces of which every byte is on the local disk, verified. To claim one more would serve bad data to peers. */
  readonly pieces: PieceSet;
  /** Files that lie on disk with exactly their full size; all others rtorrent creates anew. */
  readonly inPlace: ReadonlySet<number>;
}

export interface StreamOrder {
  readonly managed: ManagedTorrent;
  readonly directory: ByteString;
  /** The file to fetch. It and the neighbours that its pieces reach into lie there with their full size. */
  readonly file: MetainfoFile;
  /** Pieces that are not to be fetched: on the disk and verified, or on the remote, proved, and possibly gone from here. */
  readonly pieces: PieceSet;
  readonly inPlace: ReadonlySet<number>;
  /** From how many peers it may fetch at once until `tick` sets another number: each may have a piece of its own unfinished. */
  readonly mostDownloads: number;
  /** The rate of its download in bytes a second until `tick` sets another. */
  readonly rateBytesPerSecond: number;
}

/** A torrent that is being streamed. Methods reject with a `Fault`; what was lost meanwhile is seen by `tick`. */
export interface StreamSession {
  /**
   * Sets the rate of its download in bytes a second (rounded down to KiB; 0 holds it) and from how many peers it may fetch at
   * once, renews the time after which rtorrent stops it by itself, and looks. Call it several times a second.
   */
  tick(rateBytesPerSecond: number, mostDownloads: number): Promise<StreamView>;

  /** Stops it at once; pieces that are unfinished stay. Idempotent. */
  halt(): Promise<void>;

  /** Starts it again, and resolves once the slot is held; its peers may take a minute to come back. Idempotent. */
  resume(): Promise<void>;

  /** Takes it out of rtorrent, leaves its data, and undoes what was changed in rtorrent for it. Idempotent; gone is fine. */
  close(): Promise<void>;
}

export interface StreamView {
  /** Not loaded any more: somebody erased it, or rtorrent was restarted without its session. */
  readonly isLoaded: boolean;
  readonly isActive: boolean;
  /**
   * Our own peer is unchoked at this moment: nobody else is sent anything. Where it is lost, the torrent is stopped before
   * anything else is done.
   */
  readonly isSlotHeld: boolean;
  readonly pieces: PieceSet;
  /** Bytes of pieces that are not finished yet, as far as they have come. */
  readonly partialBytes: number;
  /** Content sent to peers since it was loaded: has to stay 0. */
  readonly uploadedBytes: number;
  readonly downRateBytesPerSecond: number;
}
