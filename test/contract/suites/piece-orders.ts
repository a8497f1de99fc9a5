/** Torrents of which one file is sent piece by piece, and the calls that are made of them: for every test of pieces. */

import { createCipheriv, createHash } from 'node:crypto';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, joinPath } from '../../../src/core/bytes.ts';
import type { ManagedTorrent, MetainfoFile } from '../../../src/core/metainfo.ts';
import { pieceRangeOf } from '../../../src/core/metainfo.ts';
import { remoteDirectoryOf } from '../../../src/core/place.ts';
import type { PieceListing, PieceShipment, RemotePort, StreamedFile } from '../../../src/ports/remote.ts';
import type { SmallTorrent } from './small-torrent.ts';
import { smallTorrent } from './small-torrent.ts';

/** Torrents in pieces on this side, in the hands of the test. */
export interface PiecesHere {
  /** Absolute; torrents lie below it. */
  readonly here: ByteString;
  /** Puts the .torrent where it can be read. */
  add(torrent: SmallTorrent): ManagedTorrent;
  /** Gives all its files their full size here, and these pieces their bytes; all else of them is hollow. */
  putHere(
    torrent: SmallTorrent,
    managed: ManagedTorrent,
    directory: ByteString,
    pieces: Iterable<number>,
  ): void;
  /** Changes a byte of the file in the middle of its part of the piece. */
  spoilHere(path: ByteString, managed: ManagedTorrent, file: MetainfoFile, piece: number): void;
}

/** A remote as well. */
export interface PieceWorld extends PiecesHere {
  readonly remote: RemotePort;
  /** Changes a byte of what has arrived, in the middle of the file's part of the piece. */
  spoilThere(streamed: StreamedFile, piece: number): void;
  /** The path is below the remote's root. */
  writeThere(path: ByteString, content: Uint8Array): void;
  /** Every regular file under the name that it is to have. */
  finalThere(): ReadonlyMap<ByteString, Uint8Array | 'right'>;
  /** How many files have not got their names yet. */
  partialThere(): number;
  close(): Promise<void>;
}

/** A torrent of which one file is sent: where it lies here, and what all calls are about. */
export interface Streamed extends StreamedFile {
  readonly torrent: SmallTorrent;
  readonly directory: ByteString;
  readonly pieces: readonly number[];
}

/** Pieces of 16 KiB: 0–1 are of `a`, 1–4 of `b`, 4–5 of `c`; an empty file and one within a piece lie between. */
export function borders(): SmallTorrent {
  return smallTorrent('borders', {
    a: content('a', 20_000),
    'sub/b': content('b', 50_000),
    none: '',
    c: content('c', 20_000),
  });
}

/** All of it lies here, below a directory of its own. */
export function streamed(world: PiecesHere, torrent: SmallTorrent, fileIndex = 0): Streamed {
  const one = absent(world, torrent, fileIndex);
  world.putHere(torrent, one.managed, one.directory, Array(one.managed.metainfo.pieceCount).keys());
  return one;
}

/** Nothing of it lies here yet. */
export function absent(world: PiecesHere, torrent: SmallTorrent, fileIndex = 0): Streamed {
  const managed = world.add(torrent);
  const { metainfo } = managed;
  const file = metainfo.files[fileIndex]!;
  const directory = joinPath(world.here, asByteString(metainfo.infohash));
  const { first, last } = pieceRangeOf(metainfo, file)!;
  const pieces = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return { torrent, managed, file, directory, destination: remoteDirectoryOf(metainfo, new Map()), pieces };
}

export function orderOf(one: Streamed, pieces = one.pieces): Parameters<RemotePort['shipPieces']>[0] {
  const { managed, file, directory, destination } = one;
  const signal = new AbortController().signal;
  const about = { managed, file, directory, destination, pieces, bandwidthBytesPerSecond: 0 };
  return { ...about, onProgress: () => undefined, signal };
}

export function ship(world: PieceWorld, one: Streamed, pieces = one.pieces): Promise<PieceShipment> {
  return world.remote.shipPieces(orderOf(one, pieces));
}

export function questionOf(
  { managed, file, destination }: Streamed,
  proved: PieceShipment['proved'],
): Parameters<RemotePort['listPieces']>[0] {
  const digests = proved.flatMap(({ piece, partDigest }) =>
    partDigest === undefined ? [] : [[piece, partDigest] as const],
  );
  return {
    managed,
    file,
    destination,
    partDigests: new Map(digests),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
}

/** All of its pieces are asked for. */
export function list(
  world: PieceWorld,
  one: Streamed,
  proved: PieceShipment['proved'],
): Promise<PieceListing> {
  return world.remote.listPieces(questionOf(one, proved));
}

/** Bytes that depend on the seed alone, one character each. */
export function content(seed: string, length: number): string {
  const key = createHash('sha256').update(seed, 'latin1').digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  return cipher.update(Buffer.alloc(length)).toString('latin1');
}
