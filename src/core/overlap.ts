/** Which torrents share a place on the local disk, so that none is loaded over another and none takes another's files. */

import type { ByteString } from './bytes.ts';
import { joinPath, parentPath, withoutTrailingSlash } from './bytes.ts';
import { fitsReport, locate } from './locate.ts';
import type { Infohash, ManagedTorrent, Metainfo } from './metainfo.ts';
import type { RtorrentTorrent, RtorrentView } from './snapshot.ts';

/** The one path that holds all of a torrent: its own directory, or its single file. */
export function rootPath(metainfo: Metainfo, directory: ByteString): ByteString {
  return metainfo.isMultiFile ? directory : joinPath(directory, metainfo.name);
}

/** The torrent's files as absolute paths, in file order. */
export function absolutePaths(metainfo: Metainfo, directory: ByteString): readonly ByteString[] {
  return metainfo.files.map((file) => joinPath(directory, file.path));
}

/** The places that are taken, by whom. Built once for a plan; asked for every candidate. */
export interface ClaimedRoots {
  readonly byPath: Map<ByteString, Infohash>;
  /** Directories that a torrent's place lies below, at any depth. */
  readonly parents: ReadonlyMap<ByteString, Infohash>;
  /** Reports of rtorrent in which bytes may be lost: compared one by one. */
  readonly mangled: readonly { readonly path: ByteString; readonly infohash: Infohash }[];
}

export function claimedRoots(
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
): ClaimedRoots {
  const byPath = new Map<ByteString, Infohash>();
  const parents = new Map<ByteString, Infohash>();
  const mangled: { path: ByteString; infohash: Infohash }[] = [];
  const top = withoutTrailingSlash(view.defaultDirectory);
  for (const torrent of view.torrents.values()) {
    const path = loadedRoot(view, managed, torrent);
    if (path.includes('?')) mangled.push({ path, infohash: torrent.infohash });
    else byPath.set(path, torrent.infohash);
    // A candidate's place is right below the default directory: what lies deeper there may lie in it.
    if (!path.startsWith(top === '/' ? top : `${top}/`)) continue;
    for (let at = parentPath(path); at.length > top.length; at = parentPath(at)) {
      parents.set(at, torrent.infohash);
    }
  }
  return { byPath, parents, mangled };
}

/** Whether another torrent than `infohash` lies at the path, or in it. */
export function isClaimed(claimed: ClaimedRoots, root: ByteString, infohash: Infohash): boolean {
  const holder = claimed.byPath.get(root) ?? claimed.parents.get(root);
  if (holder !== undefined && holder !== infohash) return true;
  return claimed.mangled.some((one) => one.infohash !== infohash && isInside(root, one.path));
}

/** Takes the place for a torrent that the plan is about to load. */
export function claim(claimed: ClaimedRoots, root: ByteString, infohash: Infohash): void {
  claimed.byPath.set(root, infohash);
}

/**
 * Loaded torrents that may own files below `root`, or the very file: those whose files have to be known before
 * anything there is deleted.
 */
export function neighboursOf(
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
  root: ByteString,
  infohash: Infohash,
): readonly RtorrentTorrent[] {
  return [...view.torrents.values()]
    .filter((torrent) => torrent.infohash !== infohash && touches(root, loadedRoot(view, managed, torrent)))
    .sort((one, other) => (one.infohash < other.infohash ? -1 : 1));
}

/** Where a loaded torrent's data lies: from the metainfo where it is managed, else as rtorrent reports it. */
function loadedRoot(
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
  torrent: RtorrentTorrent,
): ByteString {
  const metainfo = managed.get(torrent.infohash)?.metainfo;
  const directory = metainfo && locate(metainfo, torrent, view.defaultDirectory);
  if (metainfo !== undefined && directory !== undefined) return rootPath(metainfo, directory);
  const reported = withoutTrailingSlash(torrent.reportedDirectory);
  return torrent.isMultiFile ? reported : joinPath(reported, torrent.reportedName);
}

/** Whether a report is the path or lies in it, as far as lost bytes allow to tell. */
function isInside(path: ByteString, reported: ByteString): boolean {
  const start = reported.slice(0, path.length) as ByteString;
  return fitsReport(path, start) && (reported.length === path.length || reported.charAt(path.length) === '/');
}

/** Whether one path is the other or lies in it, as far as reports with lost bytes allow to tell. */
function touches(root: ByteString, reported: ByteString): boolean {
  const length = Math.min(root.length, reported.length);
  const start = root.slice(0, length) as ByteString;
  if (!fitsReport(start, reported.slice(0, length) as ByteString)) return false;
  return (
    root.length === reported.length ||
    (root.length > reported.length ? root : reported).charAt(length) === '/'
  );
}
