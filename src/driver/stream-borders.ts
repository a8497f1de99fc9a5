/** Neighbours of a streamed file: bytes of them come back with its border pieces, though the remote holds them already. */

import { Fault } from '../core/fault.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import { piecesOf } from '../core/pieces.ts';
import { dropDenied } from './deletion.ts';
import type { Ports } from './ports.ts';
import type { StreamWork } from './stream-work.ts';

/** The files that share one of these pieces with it and are proved, as far as the remote still holds them: it is asked. */
export async function provedNeighbours(
  { metainfo, file, receipts, action: { managed } }: StreamWork,
  ports: Ports,
  pieces: readonly number[],
): Promise<readonly MetainfoFile[]> {
  const proved = metainfo.files.flatMap((other) => {
    const range = pieceRangeOf(metainfo, other);
    const isNeighbour =
      other.index !== file.index &&
      range !== undefined &&
      pieces.some((piece) => piece >= range.first && piece <= range.last);
    return isNeighbour ? (receipts.get(other.index) ?? []) : [];
  });
  if (proved.length === 0) return [];
  const denied = await dropDenied({ managed, receipts: proved }, ports);
  return proved.flatMap((one) => (denied.includes(one) ? [] : (metainfo.files[one.fileIndex] ?? [])));
}

/**
 * Frees all that is here of them, which is to come before their half of a piece is all that is left of it: that proves
 * nothing any more, so that they could not be told from files of others.
 */
export async function hollow(
  { metainfo, action: { managed, directory } }: StreamWork,
  neighbours: readonly MetainfoFile[],
  { seedbox }: Pick<Ports, 'seedbox'>,
): Promise<void> {
  for (const file of neighbours) {
    const range = pieceRangeOf(metainfo, file);
    if (range === undefined) continue;
    const own = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
    try {
      await seedbox.punch({ managed, directory, file, pieces: piecesOf(metainfo.pieceCount, own) });
    } catch (error) {
      // Deleted already, where this is done once more after an interruption.
      if (!(error instanceof Fault) || error.kind !== 'gone') throw error;
    }
  }
}
