/** Reads pieces from the local disk and checks them against the metainfo's hashes: what is on disk, truly. */

import type { PieceSet } from '../core/pieces.ts';
import { piecesOf } from '../core/pieces.ts';
import type { Place } from '../ports/seedbox.ts';
import { PieceHashes } from './piece-hashes.ts';
import { PieceReader, stateOf } from './piece-reader.ts';

/**
 * Which pieces are there. Only files of exactly their full size count, as for rtorrent; a file without a single block
 * holds nothing and is not read.
 */
export async function checkPieces(place: Place): Promise<{ pieces: PieceSet; inPlace: ReadonlySet<number> }> {
  const { metainfo } = place.managed;
  const states = metainfo.files.map((file) => stateOf(place, file));
  const found: number[] = [];
  if (states.includes('holding')) {
    const hashes = PieceHashes.read(place.managed);
    const reader = new PieceReader(place, ({ index }) => states[index] === 'holding');
    try {
      for (let piece = 0; piece < metainfo.pieceCount; piece += 1) {
        const content = await reader.read(piece);
        if (content !== undefined && hashes.isRight(piece, content)) found.push(piece);
      }
    } finally {
      await reader.close();
    }
  }
  const inPlace = new Set([...states.keys()].filter((index) => states[index] !== 'absent'));
  return { pieces: piecesOf(metainfo.pieceCount, found), inPlace };
}
