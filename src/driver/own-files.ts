/** Whose the files are that lie at a torrent's place while rtorrent does not hold it: told by their content alone. */

import type { Purge } from '../core/action.ts';
import { displayText, joinPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import type { PieceSet } from '../core/pieces.ts';
import { hasPiece } from '../core/pieces.ts';
import type { LocalFile } from '../core/snapshot.ts';
import type { Ports } from './ports.ts';

/**
 * Rejects with a `Fault` that names the first file that is neither what was proved nor a part of it. A part has its full
 * size and holes in it, or a piece that is right: it is what rtorrent leaves of a file that shares a piece with another.
 */
export async function expectOwnFiles(
  { managed, directory, files, receipts, keep }: Purge,
  { seedbox }: Ports,
): Promise<void> {
  const place = { managed, directory };
  const view = await seedbox.measure(directory, [place]);
  const local = view.torrents.get(managed.metainfo.infohash);
  const digestOf = new Map(receipts.map((receipt) => [receipt.fileIndex, receipt.digest]));
  const doubtful = files.filter((file) => {
    const here = local?.files[file.index];
    if (here === undefined || here.sizeBytes === 0 || keep.has(joinPath(directory, file.path))) return false;
    return !file.isPadding && !isPart(here, file);
  });
  // Only what was proved by its content can be told by it.
  const toRead = doubtful.filter(
    (file) =>
      local?.files[file.index]?.sizeBytes === file.lengthBytes && digestOf.get(file.index) !== undefined,
  );
  const digests = await seedbox.digest(place, toRead, () => undefined, new AbortController().signal);
  const strange = doubtful.filter((file) => {
    const isRightSize = local?.files[file.index]?.sizeBytes === file.lengthBytes;
    return !isRightSize || digests.get(file.index) !== digestOf.get(file.index);
  });
  if (strange.length === 0) return;
  const { pieces } = await seedbox.verifyPieces(place);
  for (const file of strange) {
    const range = pieceRangeOf(managed.metainfo, file);
    if (range !== undefined && hasAnyPiece(pieces, range)) continue;
    throw new Fault(
      'refused',
      `${displayText(file.path)} here is not what was proved to be on the remote`,
      'it is not deleted; move it away',
    );
  }
}

/** A piece of the torrent's own in it: it is its own, and not all of it is there. */
function hasAnyPiece(pieces: PieceSet, range: { readonly first: number; readonly last: number }): boolean {
  for (let index = range.first; index <= range.last; index += 1) if (hasPiece(pieces, index)) return true;
  return false;
}

function isPart({ sizeBytes, allocatedBytes }: LocalFile, { lengthBytes }: MetainfoFile): boolean {
  return sizeBytes === lengthBytes && allocatedBytes < lengthBytes;
}
