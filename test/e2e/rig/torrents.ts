/** Puts torrents into a rig: content and seed, the .torrent file, a peer that downloads. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import type { MadeTorrent, RawName, TorrentSpecification } from '../../support/torrent-file.ts';
import { makeTorrent, rawBytes } from '../../support/torrent-file.ts';
import type { Rtorrent } from './rtorrent.ts';
import type { Tracker } from './tracker.ts';
import { until } from './until.ts';

export interface TorrentOptions extends TorrentSpecification {
  /** Whether the .torrent is put into the managed directory (the default) or beside it. */
  readonly managed?: boolean;
  /** Whether the seeding peer has it (the default); without a seed its content is never written to a disk. */
  readonly seeded?: boolean;
  /** The name of the .torrent file; by default the torrent's name, cut to 200 bytes, and `.torrent`. */
  readonly torrentFileName?: RawName;
}

export interface RigTorrent extends MadeTorrent {
  /** Where the .torrent lies: a path of bytes, as the torrent's name is part of it. */
  readonly torrentPath: Buffer;
}

export interface TorrentPlaces {
  readonly managedDirectory: string;
  readonly unmanagedDirectory: string;
  readonly seedDirectory: string;
  readonly seeder: Rtorrent;
  readonly tracker: Tracker;
}

/** Makes the torrent and, if seeded, waits until the tracker counts its seed: a peer that asks now is told of it. */
export async function addTorrent(places: TorrentPlaces, options: TorrentOptions): Promise<RigTorrent> {
  const contentDirectory = options.seeded === false ? undefined : mkdtempSync(`${places.seedDirectory}/`);
  const made = await makeTorrent(options, places.tracker.announceUrl, contentDirectory);
  if (contentDirectory !== undefined) await seed(places, made, contentDirectory);
  const fileName =
    options.torrentFileName === undefined
      ? Buffer.concat([rawBytes(options.name).subarray(0, 200), Buffer.from('.torrent')])
      : rawBytes(options.torrentFileName);
  const directory = options.managed === false ? places.unmanagedDirectory : places.managedDirectory;
  const torrentPath = Buffer.concat([Buffer.from(`${directory}/`), fileName]);
  writeFileSync(torrentPath, made.metainfo);
  return { ...made, torrentPath };
}

async function seed(
  { seeder, tracker }: TorrentPlaces,
  made: MadeTorrent,
  contentDirectory: string,
): Promise<void> {
  await loadInto(seeder, made, contentDirectory);
  await until(
    `the seeding peer has announced ${made.infohash}`,
    () =>
      tracker.peersOf(made.infohash).some((peer) => peer.address === seeder.address && peer.leftBytes === 0),
    60_000 + made.totalBytes / 20_000,
    () => seeder.describe(),
  );
}

/** Loads and starts a torrent in a peer of the rig, by a path of its own (rtorrent takes no path a second time). */
export async function loadInto(peer: Rtorrent, made: MadeTorrent, directory: string): Promise<void> {
  const path = `${peer.directory}/${made.infohash}.torrent`;
  writeFileSync(path, made.metainfo);
  await peer.call('load.start', '', path, `d.directory.set="${directory}"`);
}
