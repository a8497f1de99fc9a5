/** Looks at the local disk: what the filesystem has, and what lies on it of each torrent, in allocated blocks. */

import type { Stats } from 'node:fs';
import { lstatSync, statfsSync } from 'node:fs';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, displayText, joinPath, parentPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { DiskView, LocalFile, LocalTorrent } from '../core/snapshot.ts';
import type { Place } from '../ports/seedbox.ts';
import { SymlinkGuard } from './symlink-guard.ts';
import { pathOf } from './torrent-file.ts';

/** `st_blocks` counts in units of 512 bytes, whatever the filesystem's block is (stat(2)). */
const statBlockBytes = 512;

export function measureDisk(directory: ByteString, places: readonly Place[]): DiskView {
  const torrents = new Map<Infohash, LocalTorrent>();
  for (const place of places) {
    torrents.set(place.managed.metainfo.infohash, measureTorrent(place));
  }
  return { ...measureFilesystem(directory), torrents };
}

function measureTorrent({ managed: { metainfo }, directory }: Place): LocalTorrent {
  const nothing = { directory, files: [], allocatedBytes: 0 };
  // Most torrents have nothing here: one look tells, where the metainfo may list thousands of files.
  if (metainfo.isMultiFile && statusOf(directory) === undefined) return nothing;
  let allocatedBytes = 0;
  const guard = new SymlinkGuard(directory, metainfo.isMultiFile);
  const files = metainfo.files.map((file): LocalFile | undefined => {
    const path = joinPath(directory, file.path);
    const status = statusOf(path);
    if (status?.isFile() !== true || !guard.isPlain(parentPath(path))) return undefined;
    const fileBytes = status.blocks * statBlockBytes;
    allocatedBytes += fileBytes;
    return { sizeBytes: status.size, allocatedBytes: fileBytes };
  });
  return files.some((file) => file !== undefined) ? { directory, files, allocatedBytes } : nothing;
}

export function measureFilesystem(directory: ByteString): Omit<DiskView, 'torrents'> {
  try {
    const { bavail, blocks, bsize } = statfsSync(pathOf(directory));
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, blockBytes: bsize };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // rtorrent makes its directory with the first torrent: until then its parent has the space.
    if (code === 'ENOENT' && directory.length > 1) {
      const parent = parentPath(directory);
      return measureFilesystem(parent === '' ? asByteString('/') : parent);
    }
    throw new Fault('failed', `cannot measure the space at ${displayText(directory)} (${code ?? 'error'})`);
  }
}

/** What is there, links not followed; undefined for nothing, and for what we may not see. */
export function statusOf(path: ByteString): Stats | undefined {
  try {
    return lstatSync(pathOf(path), { throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A part of the path is no directory, or too long for this filesystem: so nothing is there.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP') return undefined;
    throw new Fault(
      'refused',
      `cannot look at ${displayText(path)} (${code ?? 'error'})`,
      'run as the same user as rtorrent',
    );
  }
}
