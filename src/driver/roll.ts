/** Rolls the window of a torrent in parts on: proven files go, the next ones are fetched, and rtorrent stops for a moment. */

import type { Outcome, Roll } from '../core/action.ts';
import { Fault } from '../core/fault.ts';
import { partsMode } from '../core/parts.ts';
import { nextBatch } from '../core/select.ts';
import type { DiskView, LocalTorrent, RtorrentTorrent } from '../core/snapshot.ts';
import { countOf } from '../core/units.ts';
import { begin, lookOnceMore, remove } from './deletion.ts';
import type { Ports } from './ports.ts';

/**
 * Cut after any step, the torrent is not in rtorrent, its intent tells where its data lies, and the next look deletes what
 * is left of the proven files, reads the pieces and selects. What is chosen anew keeps within what the disk shows to be
 * free after the deletion, not within what the deletion was to free.
 */
export async function roll(
  loaded: RtorrentTorrent | undefined,
  action: Roll,
  ports: Ports,
): Promise<Outcome | string> {
  const { managed, directory, files, selected } = action;
  const { metainfo } = managed;
  const { rtorrent, ledger } = ports;
  const isAsItWas = loaded?.mode === partsMode && loaded.isActive && !loaded.isHashing;
  if (!isAsItWas) return { kind: 'stale', detail: 'rtorrent changed meanwhile' };
  const doubt = await lookOnceMore(action, ports);
  if (doubt !== undefined) return doubt;
  await begin(action, loaded, ports);
  const claimed = await rtorrent.takeOut(metainfo.infohash);
  const gone =
    files.length === 0 ? [] : [await remove({ managed, directory, files, keep: new Set() }, ports)];
  const disk = await ports.seedbox.measure(directory, [{ managed, directory }]);
  const local = disk.torrents.get(metainfo.infohash);
  const added = chooseNext(action, disk, local);
  const next = [...selected, ...added].sort((one, other) => one - other);
  if (next.length === 0) return [...gone, 'there is no room for any other file now'].join('; ');
  // What came in between rtorrent's word on its pieces and its end is read from the disk.
  const there = await ports.seedbox.verifyPieces({ managed, directory }, claimed);
  const { uploadedBytes } = loaded;
  await rtorrent.loadSelected({ managed, directory, selected: new Set(next), uploadedBytes, ...there });
  await ledger.clearIntent(metainfo.infohash);
  if (added.length > 0) return [...gone, `${countOf(added.length, 'file')} more`].join('; ');
  throw new Fault(
    'failed',
    'what was deleted has not come free on the disk',
    'another program may hold the files open, or have taken the space',
  );
}

function chooseNext(
  { managed, selected, rest, window, heldBytes }: Roll,
  disk: DiskView,
  local: LocalTorrent | undefined,
): readonly number[] {
  const { files } = managed.metainfo;
  const isFreeBytes = Math.max(0, disk.freeBytes - heldBytes);
  const budgetBytes = Math.min(window.budgetBytes, (local?.allocatedBytes ?? 0) + isFreeBytes);
  const wanted = rest.flatMap((index) => files[index] ?? []);
  return nextBatch(managed, wanted, local, { ...window, budgetBytes }, new Set(selected));
}
