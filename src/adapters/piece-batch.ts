/** Reads pieces of one file here, checks them, and lays the file's parts of them side by side, ready to be sent. */

import { hash } from 'node:crypto';
import { Fault } from '../core/fault.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import type { PiecePart, PieceRun, ShippedPiece } from '../core/piece-part.ts';
import { partOf, runsOf } from '../core/piece-part.ts';
import type { Place } from '../ports/seedbox.ts';
import type { PieceHashes } from './piece-hashes.ts';
import { PieceReader, stateOf } from './piece-reader.ts';

export interface Batch {
  /** The file's parts of all pieces that are right, in ascending order. */
  readonly content: Buffer;
  readonly runs: readonly PieceRun[];
  readonly pieces: readonly ShippedPiece[];
  /** Pieces that are not right here. */
  readonly broken: readonly number[];
}

/** Each piece once, ascending, in lots of no more than `mostBytes` (a lot of one piece may have more). */
export function lotsOf(
  { managed: { metainfo } }: Place,
  file: MetainfoFile,
  pieces: readonly number[],
  mostBytes: number,
): readonly (readonly PiecePart[])[] {
  const lots: PiecePart[][] = [];
  let bytes = 0;
  for (const piece of [...new Set(pieces)].sort((one, other) => one - other)) {
    const part = partOf(metainfo, file, piece);
    const lot = lots.at(-1);
    bytes += part.lengthBytes;
    if (lot !== undefined && bytes <= mostBytes) lot.push(part);
    else {
      lots.push([part]);
      bytes = part.lengthBytes;
    }
  }
  return lots;
}

export async function readBatch(
  place: Place,
  file: MetainfoFile,
  lot: readonly PiecePart[],
  hashes: PieceHashes,
): Promise<Batch> {
  const { metainfo } = place.managed;
  const room = lot.reduce((sum, part) => sum + part.lengthBytes, 0);
  const content = Buffer.allocUnsafe(room);
  const pieces: ShippedPiece[] = [];
  const broken: number[] = [];
  const states = new Map<number, string>();
  const reader = new PieceReader(place, (one) => {
    const state = states.get(one.index) ?? stateOf(place, one);
    states.set(one.index, state);
    return state === 'holding';
  });
  let bytes = 0;
  try {
    for (const part of lot) {
      const whole = await readOf(reader, part.piece);
      if (whole === undefined || !hashes.isRight(part.piece, whole)) {
        broken.push(part.piece);
        continue;
      }
      const from = file.offsetBytes + part.startBytes - part.piece * metainfo.pieceLengthBytes;
      const own = whole.subarray(from, from + part.lengthBytes);
      bytes += own.copy(content, bytes);
      pieces.push({ piece: part.piece, partDigest: part.isWholePiece ? undefined : hash('sha1', own) });
    }
  } finally {
    await reader.close();
  }
  const right = pieces.map(({ piece }) => piece);
  return { content: content.subarray(0, bytes), runs: runsOf(metainfo, file, right), pieces, broken };
}

/** A file that is taken away at this moment holds nothing. */
async function readOf(reader: PieceReader, piece: number): Promise<Buffer | undefined> {
  try {
    return await reader.read(piece);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP') return undefined;
    throw code === undefined ? error : new Fault('failed', `a piece cannot be read here: ${message}`);
  }
}
