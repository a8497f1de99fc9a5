/** Resume data of our own making: what rtorrent is to believe of a torrent's files when it is loaded. */

import type { ResumeData } from '../codec/loadable.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import { hasPiece } from '../core/pieces.ts';

/** `inPlace` are files that lie on disk with exactly their full size; `selected` those that are to be fetched. */
export function resumeOf(
  metainfo: Metainfo,
  believed: {
    readonly pieces: PieceSet;
    readonly inPlace: ReadonlySet<number>;
    readonly selected: ReadonlySet<number>;
  },
): ResumeData {
  return {
    bitfield: believed.pieces,
    files: metainfo.files.map((file) => ({
      // -4: there, trust the bits. -1: create it; its bits do not hold (measured: docs/RTORRENT.md).
      mtimeSeconds: believed.inPlace.has(file.index) ? -4 : -1,
      completed: piecesOfFile(metainfo, file, believed.pieces),
      priority: believed.selected.has(file.index) ? 1 : 0,
    })),
  };
}

function piecesOfFile(metainfo: Metainfo, file: MetainfoFile, pieces: PieceSet): number {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return 0;
  let completed = 0;
  for (let index = range.first; index <= range.last; index += 1) if (hasPiece(pieces, index)) completed += 1;
  return completed;
}
