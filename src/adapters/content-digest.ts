/** Reads local files whole and gives their checksums: one side of a proof. */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ByteString } from '../core/bytes.ts';
import { joinPath, parentPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import type { Place } from '../ports/seedbox.ts';
import { SymlinkGuard } from './symlink-guard.ts';
import { pathOf } from './torrent-file.ts';

const chunkBytes = 1024 ** 2;

/** MD5 of each file, lower-case hex, by file index; absent where there is no regular file, reached through no symlink. */
export async function digestFiles(
  { managed, directory }: Place,
  files: readonly MetainfoFile[],
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const guard = new SymlinkGuard(directory, managed.metainfo.isMultiFile);
  const digests = new Map<number, string>();
  let doneBytes = 0;
  for (const file of files) {
    const path = joinPath(directory, file.path);
    if (!guard.isPlain(parentPath(path))) continue;
    const digest = await digestFile(path, signal, (bytes) => {
      doneBytes += bytes;
      onProgress(doneBytes);
    });
    if (digest !== undefined) digests.set(file.index, digest);
  }
  return digests;
}

async function digestFile(
  path: ByteString,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<string | undefined> {
  // O_NONBLOCK: a pipe that was put in the file's place must not hold us up.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let handle;
  try {
    handle = await open(pathOf(path), flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const hash = createHash('md5');
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      if (signal.aborted) throw new Fault('limit', 'reading was cancelled');
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      onRead(bytesRead);
    }
  } finally {
    await handle.close();
  }
}
