/**
 * What else has to be seen before a plan can be made: asked once rtorrent, disk and ledger have been seen, so that an
 * idle pass asks the remote nothing.
 */

import type { ByteString } from './bytes.ts';
import { withoutTrailingSlash } from './bytes.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import { remotePathOf } from './place.ts';
import { locate } from './locate.ts';
import { neighboursOf, rootPath } from './overlap.ts';
import { partsMode } from './parts.ts';
import type { Policy } from './policy.ts';
import { isResting } from './retry.ts';
import { filesDue } from './ship.ts';
import type { Situation } from './situation.ts';
import type { LedgerView, RtorrentTorrent, RtorrentView } from './snapshot.ts';
import { isPaused } from './wishes.ts';

/**
 * Torrents whose pieces and files have to be known: managed ones that are, or will have to be, fetched in parts, and
 * whatever shares a place with one that is proven and about to be deleted.
 */
export function detailsWanted(
  view: RtorrentView,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
  ledger: LedgerView,
): readonly Infohash[] {
  const wanted = new Set<Infohash>();
  for (const torrent of view.torrents.values()) {
    const isManaged = managed.has(torrent.infohash);
    if (isManaged ? torrent.mode === partsMode : surroundsAll(torrent, view)) wanted.add(torrent.infohash);
  }
  for (const [infohash, receipts] of ledger.receipts) {
    const mine = managed.get(infohash);
    if (mine === undefined || receipts.size === 0) continue;
    const intent = ledger.intents.get(infohash);
    const directory = locate(mine.metainfo, view.torrents.get(infohash), view.defaultDirectory, intent);
    if (directory === undefined) continue;
    for (const other of neighboursOf(view, managed, rootPath(mine.metainfo, directory), infohash)) {
      wanted.add(other.infohash);
    }
  }
  return [...wanted].sort();
}

/** Whether its own directory is the default directory or above it: then it may own files in any torrent's place. */
function surroundsAll({ isMultiFile, reportedDirectory }: RtorrentTorrent, view: RtorrentView): boolean {
  const own = withoutTrailingSlash(reportedDirectory);
  const top = withoutTrailingSlash(view.defaultDirectory);
  return isMultiFile && (top === own || top.startsWith(own === '/' ? own : `${own}/`));
}

/** Whether files of it may be due, at a glance: what is not is not looked at any further. */
export function mayBeDue(torrent: RtorrentTorrent | undefined): boolean {
  return torrent !== undefined && (torrent.isComplete || torrent.mode === partsMode);
}

/** Paths below the remote's root that have to be listed: those of files that are due and not proven yet. */
export function remotePathsWanted(
  all: readonly Situation[],
  policy: Policy,
  ledger: Pick<LedgerView, 'placements' | 'shipments' | 'wishes'>,
  nowMs: number,
): readonly ByteString[] {
  const paths: ByteString[] = [];
  for (const situation of all) {
    const isLeftAlone = isPaused(situation.managed.metainfo.infohash, ledger.wishes);
    const isBusy = situation.jobs.length > 0 && situation.loaded?.mode !== partsMode;
    if (isBusy || isLeftAlone || isResting(situation.failure, nowMs)) continue;
    for (const file of filesDue(situation, ledger, policy, nowMs)) {
      paths.push(remotePathOf(situation.managed.metainfo, file, ledger.placements));
    }
  }
  return paths;
}
