/** Resume data of our own making: what rtorrent is to believe of a torrent's files when it is loaded. */

import type { ResumeData } from '../codec/loadable.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import { hasPiece, isFileComplete } from '../core/pieces.ts';

/** `inPlace` are files that lie on disk with exactly their full size; `selected` those that are to be fetched. */
export function resumeOf(
  metainfo: Metainfo,
  believed: {
    readonly pieces: PieceSet;
    readonly inPlace: ReadonlySet<number>;
    readonly selected: ReadonlySet<number>;
  },
): ResumeData {
  const urgent = urgentFiles(metainfo, believed);
  return {
    bitfield: believed.pieces,
    files: metainfo.files.map((file) => ({
      // -4: there, trust the bits. -1: create it; its bits do not hold (measured: docs/RTORRENT.md).
      mtimeSeconds: believed.inPlace.has(file.index) ? -4 : -1,
      completed: piecesOfFile(metainfo, file, believed.pieces),
      priority: believed.selected.has(file.index) ? (urgent.has(file.index) ? 2 : 1) : 0,
    })),
  };
}

/**
 * The first half of the files that are still to be fetched. Were all of them fetched side by side, all would be whole at the
 * same time, late, and both links would be idle in turn; and a file may leave once its neighbours have.
 */
function urgentFiles(
  metainfo: Metainfo,
  { pieces, selected }: { readonly pieces: PieceSet; readonly selected: ReadonlySet<number> },
): ReadonlySet<number> {
  const open = metainfo.files.filter(
    (file) => selected.has(file.index) && !isFileComplete(metainfo, file, pieces),
  );
  return new Set(open.slice(0, Math.ceil(open.length / 2)).map(({ index }) => index));
}

function piecesOfFile(metainfo: Metainfo, file: MetainfoFile, pieces: PieceSet): number {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return 0;
  let completed = 0;
  for (let index = range.first; index <= range.last; index += 1) if (hasPiece(pieces, index)) completed += 1;
  return completed;
}
