/** The port to rtorrent: what it is asked and told. Every method rejects with a `Fault` and with nothing else. */

import type { ByteString } from '../core/bytes.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
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
   * torrent that is loaded already stays as it is. The .torrent is not tied to it: rtorrent never deletes the file.
   */
  load(managed: ManagedTorrent, directory: ByteString): Promise<void>;

  /**
   * Loads a torrent with a resume of our own, so that it fetches the selected files alone and starts from the pieces
   * that are said to be on disk. Resolves once it is active. After half a failure it is not loaded, or loaded and
   * inactive.
   */
  loadSelected(order: SelectedLoad): Promise<void>;

  /** Stops a torrent and starts it again, and waits until it is active. Idempotent. */
  restart(infohash: Infohash): Promise<void>;

  /** Stops it and closes its files: afterwards nothing of it is read, written or served. Idempotent; gone is fine. */
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
  /** Pieces of which every byte is on the local disk, verified. To claim one more would serve bad data to peers. */
  readonly pieces: PieceSet;
  /** Files that lie on disk with exactly their full size; all others rtorrent creates anew. */
  readonly inPlace: ReadonlySet<number>;
}
