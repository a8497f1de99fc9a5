/** Tells whether a directory of a torrent is reached through directories alone: nothing is seen or deleted through a symlink. */

import { realpathSync } from 'node:fs';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, parentPath } from '../core/bytes.ts';
import { pathOf } from './torrent-file.ts';

export class SymlinkGuard {
  private readonly top: ByteString;
  private readonly realTop: string;
  private readonly known = new Map<ByteString, boolean>();

  /**
   * A multi-file torrent's own directory must be no symlink either; the directory that a single file lies in is the
   * user's, who may have made it one.
   */
  constructor(directory: ByteString, isOwnDirectory: boolean) {
    this.top = isOwnDirectory ? parentPath(directory) : directory;
    this.realTop = realPath(this.top) ?? '';
  }

  /** `directory` is the torrent's own or lies below it. */
  isPlain(directory: ByteString): boolean {
    const known = this.known.get(directory);
    if (known !== undefined) return known;
    const real = realPath(directory);
    const below = directory.slice(this.top.length);
    const isPlain = real !== undefined && real === `${this.realTop === '/' ? '' : this.realTop}${below}`;
    this.known.set(directory, isPlain);
    return isPlain;
  }
}

function realPath(path: ByteString): string | undefined {
  try {
    return realpathSync(pathOf(path === '' ? asByteString('/') : path), { encoding: 'latin1' });
  } catch {
    return undefined;
  }
}
