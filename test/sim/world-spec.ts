/** A world as data: what there is at its beginning. Drawn from a seed, or written down as a scenario. */

import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString, joinPath } from '../../src/core/bytes.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import type { MetainfoSpec } from '../support/world.ts';
import { blockBytes, infohashOf, makeMetainfo, makePolicy, mebibyte } from '../support/world.ts';
import type { FileLayout, SimTorrent } from './content.ts';
import { makeSimTorrent, rawContent } from './content.ts';
import type { LoadOrder } from './rtorrent-state.ts';
import { wholeOrder } from './rtorrent-state.ts';
import type { Swarm } from './swarm.ts';
import type { WorldSettings } from './world.ts';
import { World } from './world.ts';

export interface SimTorrentSpec extends MetainfoSpec {
  /** Torrents of equal files and equal numbers hold the same bytes; its own by default. */
  readonly contentId?: number;
  /** `managed` by default; `late` is added by the user some day, `unmanaged` is loaded from the start and not ours. */
  readonly role?: 'managed' | 'late' | 'unmanaged';
  /** Where it is loaded from the start, if not in the default directory; as latin1. */
  readonly directory?: string;
  readonly swarm?: Swarm;
  /** The subdirectory of the managed directory that its .torrent lies in. */
  readonly shelf?: '' | 'high/' | 'low/';
}

export interface WorldSpec extends Partial<WorldSettings> {
  readonly torrents: readonly SimTorrentSpec[];
  /** Content of others on the remote from the start: text by path. */
  readonly remoteFiles?: Readonly<Record<string, string>>;
}

/** Takes minutes for what tests call a torrent. */
const plainSwarm: Swarm = { downBytesPerSecond: 20_000, upBytesPerSecond: 10_000 };

const pieceLengthBytes = 16 * 1024;

export function buildWorld(spec: WorldSpec): World {
  const world = new World({
    seed: 1,
    policy: makePolicy(),
    diskBytes: 64 * mebibyte,
    blockBytes,
    remoteBytes: 1024 * mebibyte,
    lowDiskspaceBytes: 0,
    hashMs: 2_000,
    remoteBytesPerSecond: 100_000,
    ...spec,
  });
  spec.torrents.forEach((one, index) => {
    const torrent = makeTorrentOf(one, index);
    const { infohash } = torrent.metainfo;
    world.catalog.set(infohash, torrent);
    world.swarms.set(infohash, { ...(one.swarm ?? plainSwarm) });
    if (one.role === undefined || one.role === 'managed')
      world.managedFiles.set(torrentPathOf(infohash, '', one.shelf), infohash);
    if (one.role === 'unmanaged') {
      const order = wholeOrder(torrent, asByteString(one.directory ?? world.rtorrent.defaultDirectory));
      if (!isOverOthers(world, order)) world.rtorrent.load(order);
    }
  });
  for (const [path, text] of Object.entries(spec.remoteFiles ?? {})) {
    world.remote.files.set(asByteString(path), { content: rawContent(text), owner: undefined });
  }
  return world;
}

/** Whether another torrent has other bytes where this one's would be. */
export function isOverOthers(world: World, { torrent, directory }: LoadOrder): boolean {
  const others = new Map<ByteString, FileLayout | undefined>();
  for (const loaded of world.rtorrent.torrents.values()) {
    if (loaded.order.torrent === torrent) continue;
    loaded.paths.forEach((path, index) => others.set(path, loaded.order.torrent.files[index]));
  }
  return torrent.files.some((layout) => {
    const path = joinPath(directory, layout.file.path);
    if (world.disk.isBlocked(path)) return true;
    return others.has(path) && others.get(path)?.whole.identity !== layout.whole.identity;
  });
}

export function torrentPathOf(infohash: Infohash, twin = '', shelf: '' | 'high/' | 'low/' = ''): ByteString {
  return asByteString(`/managed/${shelf}${infohash}${twin}.torrent`);
}

function makeTorrentOf(spec: SimTorrentSpec, index: number): SimTorrent {
  const infohash = infohashOf(`${spec.name ?? ''}/${index}`);
  return makeSimTorrent(makeMetainfo({ pieceLengthBytes, infohash, ...spec }), spec.contentId ?? index + 1);
}
