/** Reads pieces from the local disk and checks them against the metainfo's hashes: what is on disk, truly. */

import { joinPath } from '../core/bytes.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import { hasPiece, noPieces, piecesIn, piecesOf, piecesOfWholeFiles } from '../core/pieces.ts';
import type { ByteRange } from '../core/punch.ts';
import type { Place } from '../ports/seedbox.ts';
import { dataRangesOf } from './data-ranges.ts';
import { PieceHashes } from './piece-hashes.ts';
import { openToRead, PieceReader, stateOf } from './piece-reader.ts';

/** To read holes of this size takes as long as to ask for them. */
const worthAskingBytes = 64 * 1024 ** 2;
const statBlockBytes = 512;

/**
 * Which pieces are there. Only files of exactly their full size count, as for rtorrent; a file without a single block
 * holds nothing and is not read, nor is a piece that lies wholly in holes, where the filesystem tells, nor one that is
 * `known` to be right.
 */
export async function checkPieces(
  place: Place,
  known = noPieces(place.managed.metainfo.pieceCount),
): Promise<{ pieces: PieceSet; inPlace: ReadonlySet<number> }> {
  const { metainfo } = place.managed;
  const states = metainfo.files.map((file) => stateOf(place, file));
  const inPlace = new Set([...states.keys()].filter((index) => states[index] !== 'absent'));
  const believed = piecesOfWholeFiles(metainfo, known, inPlace);
  const found = [...piecesIn(believed)];
  if (states.includes('holding')) {
    const isHolding = ({ index }: MetainfoFile): boolean => states[index] === 'holding';
    const withData = await piecesWithData(place, isHolding);
    const hashes = PieceHashes.read(place.managed);
    const reader = new PieceReader(place, isHolding);
    try {
      for (let piece = 0; piece < metainfo.pieceCount; piece += 1) {
        if (!hasPiece(withData, piece) || hasPiece(believed, piece)) continue;
        const content = await reader.read(piece);
        if (content !== undefined && hashes.isRight(piece, content)) found.push(piece);
      }
    } finally {
      await reader.close();
    }
  }
  return { pieces: piecesOf(metainfo.pieceCount, found), inPlace };
}

/** Pieces of which any byte may lie on the disk. */
async function piecesWithData(place: Place, isHolding: (file: MetainfoFile) => boolean): Promise<PieceSet> {
  const { metainfo } = place.managed;
  const pieces: number[] = [];
  for (const file of metainfo.files) {
    for (const { startBytes, endBytes } of isHolding(file) ? await dataOf(place, file) : []) {
      const last = Math.floor(
        (file.offsetBytes + Math.min(endBytes, file.lengthBytes) - 1) / metainfo.pieceLengthBytes,
      );
      let piece = Math.floor((file.offsetBytes + startBytes) / metainfo.pieceLengthBytes);
      for (; piece <= last; piece += 1) pieces.push(piece);
    }
  }
  return piecesOf(metainfo.pieceCount, pieces);
}

/** Where the file has data: all of it, where there is no telling, or the holes are not worth asking for. */
async function dataOf(
  { directory }: Place,
  { path, lengthBytes }: MetainfoFile,
): Promise<readonly ByteRange[]> {
  const all = [{ startBytes: 0, endBytes: lengthBytes }];
  const handle = await openToRead(joinPath(directory, path));
  try {
    const { blocks } = await handle.stat();
    if (lengthBytes - blocks * statBlockBytes < worthAskingBytes) return all;
    return (await dataRangesOf(handle)) ?? all;
  } finally {
    await handle.close();
  }
}
