/** Local files that are streamed: made sparse with their neighbours, and freed piece by piece. */

import { constants, mkdirSync, statfsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ByteString } from '../core/bytes.ts';
import { displayText, joinPath, parentPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import { freeableRanges } from '../core/punch.ts';
import type { Place, PunchOrder } from '../ports/seedbox.ts';
import { allocatedBytesOf, probePunching, punchRanges } from './hole-punch.ts';
import { SymlinkGuard } from './symlink-guard.ts';
import { pathOf } from './torrent-file.ts';

/** The file and the neighbours that its border pieces reach into, each with its full size; and the filesystem is tried. */
export async function prepareStream(place: Place, file: MetainfoFile): Promise<void> {
  const { metainfo } = place.managed;
  const guard = new SymlinkGuard(place.directory, metainfo.isMultiFile);
  for (const one of withNeighbours(metainfo, file)) {
    const path = joinPath(place.directory, one.path);
    if (!guard.canBePlain(parentPath(path))) throw inTheWay(path);
    mkdirSync(pathOf(parentPath(path)), { recursive: true });
    const handle = await openFile(path, constants.O_CREAT);
    try {
      const { size } = await handle.stat();
      if (size > one.lengthBytes) {
        throw new Fault('refused', `${displayText(path)} is longer than it should be`, 'move it away');
      }
      if (size < one.lengthBytes) await handle.truncate(one.lengthBytes);
    } finally {
      await handle.close();
    }
  }
  await probePunching(parentPath(joinPath(place.directory, file.path)));
}

export async function punchPieces(order: PunchOrder): Promise<{ readonly allocatedBytes: number }> {
  const { managed, directory, file, pieces, fresh } = order;
  const { metainfo } = managed;
  const path = joinPath(directory, file.path);
  if (!new SymlinkGuard(directory, metainfo.isMultiFile).canBePlain(parentPath(path))) throw inTheWay(path);
  const handle = await openFile(path, 0);
  try {
    if ((await handle.stat()).size !== file.lengthBytes) {
      throw new Fault('refused', `${displayText(path)} does not have its full size`, 'move it away');
    }
    const { bsize } = statfsSync(pathOf(path));
    // Else what rtorrent's mapping has not written yet comes back as blocks of zeros.
    await handle.datasync();
    await punchRanges(handle, freeableRanges(metainfo, file, pieces, fresh, bsize));
    return { allocatedBytes: allocatedBytesOf(handle) };
  } finally {
    await handle.close();
  }
}

/** The files that have a piece in common with this one, itself among them, but for empty ones. */
function withNeighbours(metainfo: Metainfo, file: MetainfoFile): readonly MetainfoFile[] {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return [file];
  return metainfo.files.filter((other) => {
    const reach = pieceRangeOf(metainfo, other);
    return reach !== undefined && reach.first <= range.last && reach.last >= range.first;
  });
}

/** Opens it as a regular file, for reading and writing; neither follows a symlink nor waits for a pipe. */
async function openFile(path: ByteString, more: number): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK | more;
  let handle: FileHandle;
  try {
    handle = await open(pathOf(path), flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Fault('gone', `${displayText(path)} is not here any more`);
    if (code === 'ELOOP' || code === 'EISDIR' || code === 'ENXIO') throw inTheWay(path);
    throw new Fault(
      'refused',
      `${displayText(path)} cannot be written (${code ?? 'error'})`,
      'run as the same user as rtorrent',
    );
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw inTheWay(path);
}

function inTheWay(path: ByteString): Fault {
  return new Fault(
    'refused',
    `${displayText(path)} is no regular file, or a symlink leads to it`,
    'move it away',
  );
}
