/** Purging: what may be deleted here, by manifest, once receipts prove that all of it is on the remote. */

import type { Purge, Retire, WaitReason } from './action.ts';
import type { ByteString } from './bytes.ts';
import { joinPath, withoutTrailingSlash } from './bytes.ts';
import type { Infohash, ManagedTorrent, Metainfo } from './metainfo.ts';
import { expectedDirectory, locate } from './locate.ts';
import { absolutePaths, neighboursOf, rootPath } from './overlap.ts';
import type { Receipt } from './prove.ts';
import type { Situation } from './situation.ts';
import type { Surroundings } from './surroundings.ts';
import type { RtorrentTorrent, RtorrentView } from './snapshot.ts';

/** What a purge has to know of the others. */
type Others = Pick<Surroundings, 'view' | 'managed' | 'snapshot'>;

/** The end of a torrent that is proven whole: its local data goes first, its .torrent last. */
export function purgeOrRetire(
  situation: Situation,
  receipts: readonly Receipt[],
  others: Others,
): Purge | Retire | WaitReason {
  const { loaded, local, managed, directory } = situation;
  if (directory === undefined) {
    return { kind: 'place-unknown', reported: loaded?.reportedDirectory ?? managed.metainfo.name };
  }
  const retirement: Retire = { kind: 'retire', managed, directory, receipts };
  // Only what was looked at can be seen to be empty.
  const isNothingHere = local?.files.every((file) => file === undefined) ?? false;
  if (loaded === undefined && isNothingHere) return retirement;
  const decision = purge(situation, receipts, others);
  if (decision.kind !== 'purge' || decision.isLoaded || isAnythingLeft(decision, situation)) return decision;
  return retirement;
}

/**
 * Proven files of a torrent that is not loaded and is not proven whole: an earlier purge was cut short, or pieces of them
 * came back with their neighbours'. Undefined where there are none that may go.
 */
export function purgeLeftovers(situation: Situation, others: Others): Purge | undefined {
  const { local, receipts } = situation;
  const here = inFileOrder(receipts).filter(({ fileIndex }) => local?.files[fileIndex] !== undefined);
  if (here.length === 0) return undefined;
  const decision = purge(situation, here, others);
  return decision.kind === 'purge' && isAnythingLeft(decision, situation) ? decision : undefined;
}

export function inFileOrder(receipts: ReadonlyMap<number, Receipt>): readonly Receipt[] {
  return [...receipts.values()].sort((one, other) => one.fileIndex - other.fileIndex);
}

/** Whether any file that is to go is here and is not another torrent's. */
function isAnythingLeft({ directory, files, keep }: Purge, { local }: Situation): boolean {
  return files.some(
    (file) => local?.files[file.index] !== undefined && !keep.has(joinPath(directory, file.path)),
  );
}

/** Deletes the files that the receipts prove, and padding, which holds nothing. */
export function purge(
  situation: Situation,
  receipts: readonly Receipt[],
  others: Others,
): Purge | WaitReason {
  const { metainfo } = situation.managed;
  const { directory } = situation;
  if (directory === undefined) {
    return { kind: 'place-unknown', reported: situation.loaded?.reportedDirectory ?? metainfo.name };
  }
  const held = pathsToKeep(metainfo, directory, others);
  if ('kind' in held) return held;
  const keep = situation.loaded === undefined ? new Set([...held, ...pathsUnheld(metainfo, others)]) : held;
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

/** Absolute paths of the files that other loaded torrents have in the same place, or why they cannot be told. */
export function pathsToKeep(
  metainfo: Metainfo,
  directory: ByteString,
  { view, managed }: Pick<Others, 'view' | 'managed'>,
): ReadonlySet<ByteString> | WaitReason {
  const keep = new Set<ByteString>();
  for (const other of neighboursOf(view, managed, rootPath(metainfo, directory), metainfo.infohash)) {
    const paths = pathsOf(other, view, managed);
    if (paths === undefined) return { kind: 'shared-files', other: other.reportedName };
    for (const path of paths) keep.add(path);
  }
  return keep;
}

/**
 * Where a torrent is not loaded, nobody says whose the files in its place are: they may be those of another of its name
 * that is not loaded either, unless that one's are proved to be elsewhere as well.
 */
function pathsUnheld(metainfo: Metainfo, { view, managed, snapshot }: Others): readonly ByteString[] {
  return [...managed.values()].flatMap(({ metainfo: other }) => {
    const isAnother = other.name === metainfo.name && other.infohash !== metainfo.infohash;
    if (!isAnother || view.torrents.has(other.infohash)) return [];
    const proved = snapshot.ledger.receipts.get(other.infohash);
    const paths = absolutePaths(other, expectedDirectory(other, view.defaultDirectory));
    return paths.filter((_, index) => proved?.has(index) !== true);
  });
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
