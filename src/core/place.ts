/** Where a torrent lies on the remote: at its name, or, where that is taken by something else, at a place of its own. */

import type { ByteString } from './bytes.ts';
import { asByteString, joinPath, textOfBytes } from './bytes.ts';
import type { Infohash, Metainfo, MetainfoFile } from './metainfo.ts';

/** The longest name of a directory on the filesystems there are, in bytes. */
const longestName = 255;

/** Which torrents lie elsewhere than at their names, and in which directory below the remote's root. */
export type Placements = ReadonlyMap<Infohash, ByteString>;

/**
 * The directory below the remote's root that the torrent's files are below: its name, the root itself for a single
 * file, or the place of its own that it was given.
 */
export function remoteDirectoryOf(metainfo: Metainfo, placements: Placements): ByteString {
  return placements.get(metainfo.infohash) ?? (metainfo.isMultiFile ? metainfo.name : asByteString(''));
}

/** The file's place below the remote's root: `NAME`, `NAME/path`, or the same below the place of its own. */
export function remotePathOf(metainfo: Metainfo, file: MetainfoFile, placements: Placements): ByteString {
  return joinPath(remoteDirectoryOf(metainfo, placements), file.path);
}

/**
 * The place of its own: `NAME.` and the first digits of the infohash, so that it can be foretold, or the whole infohash
 * where the name is not UTF-8 (command lines take nothing else).
 */
export function ownPlace({ name, infohash }: Metainfo): ByteString {
  if (textOfBytes(name) === undefined) return asByteString(infohash.toLowerCase());
  const suffix = `.${infohash.slice(0, 8).toLowerCase()}`;
  let kept = name.slice(0, longestName - suffix.length);
  // Cut between characters, not within one.
  while (textOfBytes(asByteString(kept)) === undefined) kept = kept.slice(0, -1);
  return asByteString(kept + suffix);
}
