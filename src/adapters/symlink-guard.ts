/** Tells whether a directory of a torrent is reached through directories alone: nothing is seen or deleted through a symlink. */

import { lstatSync } from 'node:fs';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, parentPath } from '../core/bytes.ts';
import { pathOf } from './torrent-file.ts';

export class SymlinkGuard {
  private readonly top: ByteString;
  private readonly known = new Map<ByteString, boolean>();

  /**
   * A multi-file torrent's own directory must be no symlink either; the directory that a single file lies in is the
   * user's, who may have made it one.
   */
  constructor(directory: ByteString, isOwnDirectory: boolean) {
    const top = isOwnDirectory ? parentPath(directory) : directory;
    this.top = top === '/' ? asByteString('') : top;
  }

  /** `directory` is the torrent's own or lies below it. */
  isPlain(directory: ByteString): boolean {
    if (directory.length <= this.top.length) return directory === this.top;
    const known = this.known.get(directory);
    if (known !== undefined) return known;
    // Not `realpath`: Node's takes the bytes of a path for UTF-8, which names need not be.
    const isPlain = kindOf(directory) === 'directory' && this.isPlain(parentPath(directory));
    this.known.set(directory, isPlain);
    return isPlain;
  }

  /** The same, or it is not there yet, and can be made below what is plain. */
  canBePlain(directory: ByteString): boolean {
    const isAbove = directory.length <= this.top.length;
    if (isAbove || kindOf(directory) !== 'nothing') return this.isPlain(directory);
    return this.canBePlain(parentPath(directory));
  }
}

type Kind = 'directory' | 'other' | 'nothing';

/** Links are not followed. */
function kindOf(path: ByteString): Kind {
  try {
    const status = lstatSync(pathOf(path), { throwIfNoEntry: false });
    if (status === undefined) return 'nothing';
    return status.isDirectory() ? 'directory' : 'other';
  } catch {
    return 'other';
  }
}
