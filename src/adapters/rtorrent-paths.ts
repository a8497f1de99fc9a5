/** Directories as rtorrent reports them, made absolute and plain: `~`, relative paths and symlinks resolved. */

import { realpathSync } from 'node:fs';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, baseName, bytesOfText, joinPath, parentPath } from '../core/bytes.ts';
import { pathOf } from './torrent-file.ts';

/**
 * Resolves reports against the directory that rtorrent runs in and the user's home. Two names for one place (a symlink in
 * the way, `//`, `/./`) become one, so that it can be told whose files lie where. One object serves one look.
 */
export class ReportedPaths {
  private readonly workingDirectory: ByteString;
  private readonly home: ByteString;
  private readonly known = new Map<ByteString, ByteString>();

  constructor(workingDirectory: ByteString, home: string) {
    this.workingDirectory = workingDirectory;
    this.home = bytesOfText(home);
  }

  /** A directory that torrents lie in. A part that does not exist yet, or has lost bytes, stays as it is reported. */
  directory(reported: ByteString): ByteString {
    const known = this.known.get(reported);
    if (known !== undefined) return known;
    const absolute = this.absolute(reported);
    const resolved = realPath(absolute) ?? absolute;
    this.known.set(reported, resolved);
    return resolved;
  }

  /** A multi-file torrent's own directory: what it lies in is resolved, and not itself, for its name is the torrent's. */
  ownDirectory(reported: ByteString): ByteString {
    const absolute = this.absolute(reported);
    return joinPath(this.directory(parentPath(absolute)), baseName(absolute));
  }

  private absolute(reported: ByteString): ByteString {
    if (reported.startsWith('/')) return reported;
    if (reported === '~' || reported.startsWith('~/')) return asByteString(this.home + reported.slice(1));
    return reported === '' ? reported : joinPath(this.workingDirectory, reported);
  }
}

/** Node's own `realpath` takes bytes for UTF-8; the system's does not. */
function realPath(path: ByteString): ByteString | undefined {
  if (path === '') return undefined;
  try {
    return asByteString(realpathSync.native(pathOf(path), { encoding: 'buffer' }).toString('latin1'));
  } catch {
    return undefined;
  }
}
