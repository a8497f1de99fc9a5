/** Deletes by manifest: these files and no others, never through a symlink, never another torrent's, never recursively. */

import type { Stats } from 'node:fs';
import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, displayText, joinPath, parentPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { RemovalOrder, RemovalReport } from '../ports/seedbox.ts';
import { SymlinkGuard } from './symlink-guard.ts';
import { pathOf } from './torrent-file.ts';

export function removeFiles(order: RemovalOrder): RemovalReport {
  const spared: { path: ByteString; reason: string }[] = [];
  let removedFiles = 0;
  let freedBytes = 0;
  const guard = new SymlinkGuard(order.directory, order.managed.metainfo.isMultiFile);
  for (const file of order.files) {
    const path = joinPath(order.directory, file.path);
    if (order.keep.has(path)) {
      spared.push({ path, reason: 'another torrent has it' });
      continue;
    }
    const status = statusOf(path);
    if (status === undefined) continue;
    if (!status.isFile()) spared.push({ path, reason: 'it is no regular file' });
    else if (!guard.isPlain(parentPath(path))) spared.push({ path, reason: 'a symlink leads to it' });
    else {
      remove(path);
      removedFiles += 1;
      freedBytes += status.nlink > 1 ? 0 : status.blocks * 512;
    }
  }
  const leftOver = order.managed.metainfo.isMultiFile ? removeEmptyDirectories(order, guard) : [];
  return { removedFiles, freedBytes, leftOver, spared };
}

/** Removes the manifest's directories that are empty now, deepest first; answers with what keeps the others. */
function removeEmptyDirectories(order: RemovalOrder, guard: SymlinkGuard): readonly ByteString[] {
  const { metainfo } = order.managed;
  const manifest = new Set(metainfo.files.map((file) => joinPath(order.directory, file.path)));
  const directories = new Set<ByteString>([order.directory]);
  for (const path of manifest) {
    for (let at = parentPath(path); at.length > order.directory.length; at = parentPath(at))
      directories.add(at);
  }
  const leftOver: ByteString[] = [];
  for (const directory of [...directories].sort((one, other) => other.length - one.length)) {
    if (!guard.isPlain(directory)) continue;
    const strangers = namesIn(directory)
      .map((name) => joinPath(directory, name))
      .filter((path) => !manifest.has(path) && !directories.has(path));
    leftOver.push(...strangers);
    if (namesIn(directory).length === 0) removeDirectory(directory);
  }
  return leftOver;
}

function statusOf(path: ByteString): Stats | undefined {
  try {
    return lstatSync(pathOf(path), { throwIfNoEntry: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw fault('look at', path, error);
  }
}

function remove(path: ByteString): void {
  try {
    unlinkSync(pathOf(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fault('delete', path, error);
  }
}

/** A directory that cannot go (it is a mount, or its parent is another's) is empty, and does no harm. */
function removeDirectory(path: ByteString): void {
  try {
    rmdirSync(pathOf(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTEMPTY', 'EBUSY', 'EACCES', 'EPERM', 'EROFS'].includes(code ?? '')) {
      throw fault('delete', path, error);
    }
  }
}

function namesIn(directory: ByteString): readonly ByteString[] {
  try {
    const names = readdirSync(pathOf(directory), { encoding: 'buffer' });
    return names.map((name) => asByteString(name.toString('latin1')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw fault('read', directory, error);
  }
}

function fault(verb: string, path: ByteString, error: unknown): Fault {
  const { code } = error as NodeJS.ErrnoException;
  return new Fault(
    'refused',
    `cannot ${verb} ${displayText(path)} (${code ?? 'error'})`,
    'run as the same user as rtorrent',
  );
}
