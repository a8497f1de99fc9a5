/** What a piece holds of one file: at the file's borders a piece may reach into its neighbours. */

import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { pieceRangeOf } from './metainfo.ts';
import type { PieceSet } from './pieces.ts';

/** The bytes of one file that lie in one piece. */
export interface PiecePart {
  readonly piece: number;
  /** Where they start in the file. */
  readonly startBytes: number;
  readonly lengthBytes: number;
  /** The piece holds bytes of this file alone: then the metainfo has the part's SHA-1. */
  readonly isWholePiece: boolean;
}

/** A piece of a file that the remote was seen to hold. */
export interface ShippedPiece {
  readonly piece: number;
  /** SHA-1 of the file's part of it, lower-case hex; undefined where the part is the whole piece. */
  readonly partDigest: string | undefined;
}

/** Which pieces of one file the remote holds, as the ledger remembers it. */
export interface ShippedPieces {
  readonly pieces: PieceSet;
  /** SHA-1 of the file's part by piece, lower-case hex, of those among them that reach into a neighbour. */
  readonly partDigests: ReadonlyMap<number, string>;
}

/** Throws a `RangeError` for a piece that holds nothing of the file. */
export function partOf(metainfo: Metainfo, file: MetainfoFile, piece: number): PiecePart {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined || !Number.isInteger(piece) || piece < range.first || piece > range.last) {
    throw new RangeError(`piece ${piece} holds nothing of file ${file.index}`);
  }
  const pieceStart = piece * metainfo.pieceLengthBytes;
  const pieceEnd = Math.min(pieceStart + metainfo.pieceLengthBytes, metainfo.totalBytes);
  const start = Math.max(pieceStart, file.offsetBytes);
  const end = Math.min(pieceEnd, file.offsetBytes + file.lengthBytes);
  return {
    piece,
    startBytes: start - file.offsetBytes,
    lengthBytes: end - start,
    isWholePiece: start === pieceStart && end === pieceEnd,
  };
}

/** Pieces of one file as stretches of bytes of it, ascending, neighbours put together. */
export interface PieceRun {
  readonly startBytes: number;
  readonly lengthBytes: number;
  readonly parts: readonly PiecePart[];
}

/** The pieces in ascending order, each once. */
export function runsOf(
  metainfo: Metainfo,
  file: MetainfoFile,
  pieces: Iterable<number>,
): readonly PieceRun[] {
  const runs: { startBytes: number; lengthBytes: number; parts: PiecePart[] }[] = [];
  for (const piece of [...new Set(pieces)].sort((one, other) => one - other)) {
    const part = partOf(metainfo, file, piece);
    const last = runs.at(-1);
    if (last !== undefined && last.startBytes + last.lengthBytes === part.startBytes) {
      last.parts.push(part);
      last.lengthBytes += part.lengthBytes;
    } else runs.push({ startBytes: part.startBytes, lengthBytes: part.lengthBytes, parts: [part] });
  }
  return runs;
}
