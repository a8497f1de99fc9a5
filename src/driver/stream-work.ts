/** One file being streamed: what it is, and which of its pieces the remote holds by now. */

import type { Stream } from '../core/action.ts';
import type { ByteString } from '../core/bytes.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import type { ShippedPiece } from '../core/piece-part.ts';
import { partOf } from '../core/piece-part.ts';
import type { PieceSet } from '../core/pieces.ts';
import { hasPiece, piecesOf } from '../core/pieces.ts';
import { remoteDirectoryOf, remotePathOf } from '../core/place.ts';
import type { Receipt } from '../core/prove.ts';
import type { LedgerView } from '../core/snapshot.ts';
import type { StreamWindow } from '../core/stream-rate.ts';
import type { PieceListing, StreamedFile } from '../ports/remote.ts';
import type { Ports } from './ports.ts';

export interface StreamWork {
  readonly action: Stream;
  readonly metainfo: Metainfo;
  readonly file: MetainfoFile;
  /** Below the remote's root. */
  readonly path: ByteString;
  readonly streamed: StreamedFile;
  readonly window: StreamWindow;
  /** Of the torrent's files, by their index. */
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** Whether the ledger knew of any piece. */
  readonly isRemembered: boolean;
  /** Of pieces on the remote that reach into a neighbour. */
  readonly partDigests: ReadonlyMap<number, string>;
  readonly shippedCount: number;
  /** Of the file, not of the pieces' whole length. */
  readonly shippedBytes: number;
  piecesOfFile(): readonly number[];
  isShipped(piece: number): boolean;
  /** Whether there is a digest to tell it by: of a piece that reaches into a neighbour, of its part. */
  canTell(piece: number): boolean;
  shippedSet(): PieceSet;
  isWhole(): boolean;
  shipped(pieces: readonly ShippedPiece[]): void;
  bytesOf(pieces: Iterable<number>): number;
}

export function workOn(action: Stream, ledger: LedgerView): StreamWork {
  const { metainfo } = action.managed;
  const [file] = action.files;
  const range = pieceRangeOf(metainfo, file) ?? { first: 0, last: -1 };
  const own = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
  const known = ledger.pieces.get(metainfo.infohash)?.get(file.index);
  const there = new Set(own.filter((piece) => known !== undefined && hasPiece(known.pieces, piece)));
  const partDigests = new Map(known?.partDigests);
  const bytesOf = (pieces: Iterable<number>): number => {
    let bytes = 0;
    for (const piece of pieces) bytes += partOf(metainfo, file, piece).lengthBytes;
    return bytes;
  };
  let shippedBytes = bytesOf(there);
  return {
    action,
    metainfo,
    file,
    path: remotePathOf(metainfo, file, ledger.placements),
    streamed: { managed: action.managed, file, destination: remoteDirectoryOf(metainfo, ledger.placements) },
    window: {
      windowBytes: action.windowBytes,
      pieceLengthBytes: metainfo.pieceLengthBytes,
      blockBytes: action.blockBytes,
    },
    receipts: ledger.receipts.get(metainfo.infohash) ?? new Map<number, Receipt>(),
    isRemembered: known !== undefined,
    partDigests,
    get shippedCount() {
      return there.size;
    },
    get shippedBytes() {
      return shippedBytes;
    },
    piecesOfFile: () => own,
    canTell: (piece) => partOf(metainfo, file, piece).isWholePiece || partDigests.has(piece),
    isShipped: (piece) => there.has(piece),
    shippedSet: () => piecesOf(metainfo.pieceCount, there),
    isWhole: () => there.size === own.length,
    shipped: (pieces) => {
      for (const { piece, partDigest } of pieces) {
        if (!there.has(piece)) shippedBytes += bytesOf([piece]);
        there.add(piece);
        if (partDigest !== undefined) partDigests.set(piece, partDigest);
      }
    },
    bytesOf,
  };
}

/** What the remote holds of the file, read there piece by piece: right, as far as it can be told. */
export async function piecesThere(
  { streamed, partDigests }: StreamWork,
  { remote }: Ports,
  signal: AbortSignal,
): Promise<PieceListing> {
  return await remote.listPieces({ ...streamed, partDigests, onProgress: () => undefined, signal });
}

/** What the torrent takes on the disk, in bytes of allocated blocks. */
export async function allocatedBytesOf({ action }: StreamWork, { seedbox }: Ports): Promise<number> {
  const { managed, directory } = action;
  const disk = await seedbox.measure(directory, [{ managed, directory }]);
  return disk.torrents.get(managed.metainfo.infohash)?.allocatedBytes ?? 0;
}
