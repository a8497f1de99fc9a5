/** A seedbox and the hands of the test on it, as the suites about the seedbox take it. */

import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, joinPath } from '../../../src/core/bytes.ts';
import type { SeedboxPort } from '../../../src/ports/seedbox.ts';
import type { SmallTorrent } from './small-torrent.ts';

/** An empty managed directory, an empty place for data, and the hands of the test on both. Paths are absolute. */
export interface SeedboxWorld {
  readonly seedbox: SeedboxPort;
  readonly managedDirectory: ByteString;
  readonly data: ByteString;
  /** Makes the file's directories as well. */
  write(path: ByteString, content: Uint8Array): void;
  makeDirectory(path: ByteString): void;
  /** Told of every torrent before its .torrent is written. */
  introduce(torrent: SmallTorrent): void;
  removeFile(path: ByteString): void;
  /** Every file and every directory below, sorted; directories end with `/`. Relative to it. */
  entriesBelow(directory: ByteString): readonly ByteString[];
  close(): void;
}

export function placeTorrent(world: SeedboxWorld, torrent: SmallTorrent, name: string): ByteString {
  const path = managedPath(world, name);
  world.introduce(torrent);
  world.write(path, torrent.bytes);
  return path;
}

export function managedPath(
  { managedDirectory }: Pick<SeedboxWorld, 'managedDirectory'>,
  name: string,
): ByteString {
  return joinPath(managedDirectory, asByteString(name));
}
