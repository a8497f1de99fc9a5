/** Sets of pieces: BitTorrent's bitfield (BEP 3: first piece in the highest bit of the first byte). */

import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { pieceRangeOf } from './metainfo.ts';

/** Which of a torrent's `count` pieces are meant. Treat `bits` as frozen once it is handed on. */
export interface PieceSet {
  readonly count: number;
  /** ceil(count / 8) bytes; the spare bits of the last byte are 0. */
  readonly bits: Uint8Array;
}

export function noPieces(count: number): PieceSet {
  return { count, bits: new Uint8Array(Math.ceil(count / 8)) };
}

export function piecesOf(count: number, indices: Iterable<number>): PieceSet {
  const set = noPieces(count);
  for (const index of indices) {
    if (index < 0 || index >= count) throw new RangeError(`piece ${index} of ${count}`);
    const byte = index >> 3;
    set.bits[byte] = (set.bits[byte] ?? 0) | (0x80 >> (index & 7));
  }
  return set;
}

export function hasPiece(set: PieceSet, index: number): boolean {
  return index < set.count && ((set.bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

/** Their indices, ascending. */
export function piecesIn(set: PieceSet): readonly number[] {
  const indices: number[] = [];
  for (let index = 0; index < set.count; index += 1) if (hasPiece(set, index)) indices.push(index);
  return indices;
}

/** How many are meant, of the `count` that there are. */
export function pieceTotal(set: PieceSet): number {
  return piecesIn(set).length;
}

/**
 * rtorrent's `d.bitfield`: hex digits, or the empty string while the torrent is closed (docs/RTORRENT.md).
 * Undefined when the digits do not fit the count.
 */
export function piecesFromHex(count: number, hex: string): PieceSet | undefined {
  if (hex === '') return noPieces(count);
  const length = Math.ceil(count / 8);
  if (hex.length !== length * 2 || !/^[0-9a-fA-F]*$/.test(hex)) return undefined;
  const bits = new Uint8Array(length);
  for (let byte = 0; byte < length; byte += 1)
    bits[byte] = Number.parseInt(hex.slice(byte * 2, byte * 2 + 2), 16);
  return { count, bits };
}

/**
 * Whether every piece that holds bytes of the file is there. This, and never `f.completed_chunks`, tells that a
 * file is whole: rtorrent counts the first piece of a file twice where the file before it ends on a piece border.
 */
export function isFileComplete(metainfo: Metainfo, file: MetainfoFile, have: PieceSet): boolean {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return true;
  for (let index = range.first; index <= range.last; index += 1) if (!hasPiece(have, index)) return false;
  return true;
}

/** Of these pieces, those of which no byte lies in another file than the ones that are in place. */
export function piecesOfWholeFiles(
  metainfo: Metainfo,
  have: PieceSet,
  inPlace: ReadonlySet<number>,
): PieceSet {
  const bits = have.bits.slice();
  for (const file of metainfo.files) {
    const range = inPlace.has(file.index) ? undefined : pieceRangeOf(metainfo, file);
    if (range === undefined) continue;
    for (let index = range.first; index <= range.last; index += 1) {
      const byte = index >> 3;
      bits[byte] = (bits[byte] ?? 0) & ~(0x80 >> (index & 7));
    }
  }
  return { count: have.count, bits };
}
