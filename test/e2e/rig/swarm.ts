/** Leechers beside us in one torrent's swarm, and what went between them, the seed and us. */

import type { Rig } from '../rig.ts';
import type { Leecher } from './peers.ts';
import type { RtorrentOptions } from './rtorrent.ts';
import type { RigTorrent } from './torrents.ts';
import type { Announce } from './tracker.ts';

/** One after the other, each with an address of its own; they want all of the torrent. */
export async function startLeechers(
  rig: Rig,
  torrent: RigTorrent,
  count: number,
  options: RtorrentOptions = {},
): Promise<readonly Leecher[]> {
  const leechers: Leecher[] = [];
  for (let started = 0; started < count; started += 1) {
    const leecher = await rig.startLeecher(options);
    await leecher.download(torrent);
    leechers.push(leecher);
  }
  return leechers;
}

/** What we told the tracker that we had uploaded, in bytes; it is told anew after each time that the torrent was loaded. */
export function uploadsByUs(rig: Rig, torrent: RigTorrent): readonly number[] {
  return announcesByUs(rig, torrent).map(({ uploadedBytes }) => uploadedBytes);
}

/** What we told the tracker that we had downloaded, in bytes: what was fetched twice is in it, and nothing that is on its way to others. */
export function downloadedByUs(rig: Rig, torrent: RigTorrent): number {
  // It is told anew after each time that the torrent was loaded.
  return announcesByUs(rig, torrent).reduce((sum, { downloadedBytes }, index, announces) => {
    const next = announces[index + 1];
    return next === undefined || next.event === 'started' ? sum + downloadedBytes : sum;
  }, 0);
}

function announcesByUs({ tracker, client }: Rig, { infohash }: RigTorrent): readonly Announce[] {
  return tracker.announces.filter(
    (announce) => announce.infohash === infohash && announce.address === client.address,
  );
}

/** All that others have sent, less what the leechers got of it, in bytes: where we send them nothing, it came to us. */
export async function fetchedByUs(
  { seeder }: Rig,
  { infohash }: RigTorrent,
  leechers: readonly Leecher[],
): Promise<number> {
  let bytes = Number(await seeder.call('d.up.total', infohash));
  for (const leecher of leechers) {
    bytes += Number(await leecher.call('d.up.total', infohash));
    bytes -= Number(await leecher.call('d.down.total', infohash));
  }
  return bytes;
}
