/** Purging: what may be deleted here, by manifest, once receipts prove that all of it is on the remote. */

import type { Purge, Retire, WaitReason } from './action.ts';
import type { ByteString } from './bytes.ts';
import { joinPath, withoutTrailingSlash } from './bytes.ts';
import type { Infohash, ManagedTorrent, Metainfo } from './metainfo.ts';
import { expectedDirectory, locate } from './locate.ts';
import { absolutePaths, neighboursOf, rootPath } from './overlap.ts';
import type { Receipt } from './prove.ts';
import type { Situation } from './situation.ts';
import type { RtorrentTorrent, RtorrentView } from './snapshot.ts';

/** The end of a torrent that is proven whole: its local data goes first, its .torrent last. */
export function purgeOrRetire(
  situation: Situation,
  receipts: readonly Receipt[],
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
): Purge | Retire | WaitReason {
  const retirement: Retire = { kind: 'retire', managed: situation.managed, receipts };
  const isAnythingHere = situation.local?.files.some((file) => file !== undefined) ?? false;
  if (situation.loaded === undefined && !isAnythingHere) return retirement;
  const decision = purge(situation, receipts, view, managed);
  if (decision.kind !== 'purge' || decision.isLoaded || isAnythingLeft(decision, situation)) return decision;
  return retirement;
}

/** Whether any file is here that is not another torrent's. */
function isAnythingLeft({ managed, directory, keep }: Purge, { local }: Situation): boolean {
  const paths = absolutePaths(managed.metainfo, directory);
  return paths.some((path, index) => local?.files[index] !== undefined && !keep.has(path));
}

/** Deletes the files that the receipts prove, and padding, which holds nothing. */
export function purge(
  situation: Situation,
  receipts: readonly Receipt[],
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
): Purge | WaitReason {
  const { metainfo } = situation.managed;
  const { directory } = situation;
  if (directory === undefined) {
    return { kind: 'place-unknown', reported: situation.loaded?.reportedDirectory ?? metainfo.name };
  }
  const keep = pathsToKeep(metainfo, directory, view, managed);
  if ('kind' in keep) return keep;
  const proven = new Set(receipts.map((receipt) => receipt.fileIndex));
  return {
    kind: 'purge',
    managed: situation.managed,
    directory,
    receipts,
    files: metainfo.files.filter((file) => file.isPadding || proven.has(file.index)),
    keep,
    isLoaded: situation.loaded !== undefined,
  };
}

/**
 * Absolute paths of the files that other torrents have in the same place, or why they cannot be told. Where this torrent
 * is not loaded, nobody says whose the files there are: they may be those of another that is not loaded either.
 */
export function pathsToKeep(
  metainfo: Metainfo,
  directory: ByteString,
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
): ReadonlySet<ByteString> | WaitReason {
  const keep = new Set<ByteString>();
  for (const other of neighboursOf(view, managed, rootPath(metainfo, directory), metainfo.infohash)) {
    const paths = pathsOf(other, view, managed);
    if (paths === undefined) return { kind: 'shared-files', other: other.reportedName };
    for (const path of paths) keep.add(path);
  }
  if (view.torrents.has(metainfo.infohash)) return keep;
  for (const { metainfo: other } of managed.values()) {
    if (other.name !== metainfo.name || other.infohash === metainfo.infohash) continue;
    if (view.torrents.has(other.infohash)) continue;
    for (const path of absolutePaths(other, expectedDirectory(other, view.defaultDirectory))) keep.add(path);
  }
  return keep;
}

/** The other torrent's files, absolute; undefined where they were not seen, or where bytes of a path may be lost. */
function pathsOf(
  other: RtorrentTorrent,
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
): readonly ByteString[] | undefined {
  const metainfo = managed.get(other.infohash)?.metainfo;
  const directory = metainfo && locate(metainfo, other, view.defaultDirectory);
  if (metainfo !== undefined && directory !== undefined) return absolutePaths(metainfo, directory);
  const paths = view.details
    .get(other.infohash)
    ?.files.map((file) => joinPath(withoutTrailingSlash(other.reportedDirectory), file.path));
  return paths?.some((path) => path.includes('?')) === true ? undefined : paths;
}
