/** The other peers of a rig's swarm: the seed, and leechers. Each is an rtorrent of its own. */

import type { MadeTorrent } from '../../support/torrent-file.ts';
import type { Processes } from './processes.ts';
import type { Rtorrent, RtorrentOptions } from './rtorrent.ts';
import { createRtorrent } from './rtorrent.ts';
import { loadInto } from './torrents.ts';

export interface Seeder extends Rtorrent {
  /** Limits what it sends, from now on, over all torrents; 0 is no limit. */
  setRateKiB(rateKiB: number): Promise<void>;
  /** Leaves the torrent's swarm (the tracker is told): the torrent has no seed. */
  pause(torrent: Pick<MadeTorrent, 'infohash'>): Promise<void>;
  /** Joins it again. Peers that knew it before may take long to come back: rtorrent does not dial a peer twice in 600 s. */
  resume(torrent: Pick<MadeTorrent, 'infohash'>): Promise<void>;
}

export interface Leecher extends Rtorrent {
  /** Starts to download; wait for it with `completedBytes`. */
  download(torrent: MadeTorrent): Promise<void>;
  completedBytes(torrent: Pick<MadeTorrent, 'infohash'>): Promise<number>;
  /**
   * Bytes that failed their piece's hash. What two peers sent at once counts as skipped, and is no fault of either;
   * the part of a block that is under way can make this up to 16 KiB per peer more than it is.
   */
  badBytes(torrent: Pick<MadeTorrent, 'infohash'>): Promise<number>;
}

interface PeerPlace {
  readonly directory: string;
  readonly address: string;
}

type Environment = Readonly<Record<string, string>>;

export async function startSeeder(
  processes: Processes,
  environment: Environment,
  place: PeerPlace,
  rateKiB: number,
): Promise<Seeder> {
  const extraLines = rateKiB === 0 ? [] : [`throttle.global_up.max_rate.set_kb = ${rateKiB}`];
  const rtorrent = await createRtorrent(processes, environment, place, {
    lowDiskspaceTimer: 'off',
    extraLines,
  });
  await rtorrent.start();
  const controls: Omit<Seeder, keyof Rtorrent> = {
    async setRateKiB(rate) {
      await rtorrent.call('throttle.global_up.max_rate.set_kb', '', rate);
    },
    async pause({ infohash }) {
      await rtorrent.call('d.stop', infohash);
    },
    async resume({ infohash }) {
      await rtorrent.call('d.start', infohash);
    },
  };
  return Object.assign(rtorrent, controls);
}

export async function startLeecher(
  processes: Processes,
  environment: Environment,
  place: PeerPlace,
  options: RtorrentOptions = {},
): Promise<Leecher> {
  const rtorrent = await createRtorrent(processes, environment, place, {
    lowDiskspaceTimer: 'off',
    ...options,
    // Else it reads all of it again once it is complete, and says meanwhile that nothing is done.
    extraLines: [...(options.extraLines ?? []), 'pieces.hash.on_completion.set = no'],
  });
  await rtorrent.start();
  const number = async (method: string, infohash: string): Promise<number> =>
    Number(await rtorrent.call(method, infohash));
  const controls: Omit<Leecher, keyof Rtorrent> = {
    download: (torrent) => loadInto(rtorrent, torrent, rtorrent.downloadDirectory),
    completedBytes: ({ infohash }) => number('d.completed_bytes', infohash),
    async badBytes({ infohash }) {
      const downloaded = await number('d.down.total', infohash);
      const skipped = await number('d.skip.total', infohash);
      return Math.max(0, downloaded - skipped - (await number('d.bytes_done', infohash)));
    },
  };
  return Object.assign(rtorrent, controls);
}
