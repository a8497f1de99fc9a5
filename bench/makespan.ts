/**
 * Measures how long a whole directory of torrents takes from the daemon's start to its end, against what the links allow: on
 * the rig, with the seed and the line to the remote held to given rates. `node bench/makespan.ts [RUNS [WORLD…]]`; needs
 * `npm run build` and what the rig needs. With root, the kernel holds the rates (`shaped-network.ts`); without, rtorrent's own
 * limit and a relay do, and so does `LINKS=relay`.
 */

import type { Rig } from '../test/e2e/rig.ts';
import { startRig } from '../test/e2e/rig.ts';
import type { RigTorrent, TorrentOptions } from '../test/e2e/rig/torrents.ts';
import { openCountingSocket } from './counting-socket.ts';
import { runUntilEmpty } from './daemon-run.ts';
import { printTable, spreadsOf } from './figures.ts';
import type { HeldLinks } from './held-links.ts';
import { withLinks } from './held-links.ts';
import type { Link } from './links.ts';
import { boundSeconds, nameOf } from './links.ts';

const kib = 1024;
const mib = 1024 * kib;
const pieceLengthBytes = 32 * kib;
const limitBytes = 14 * mib;
const link: Link = { downKiB: 1024, shipKiB: 1024 };
const runs = Number(process.argv[2] ?? 1);

interface World {
  readonly name: string;
  readonly torrents: readonly TorrentOptions[];
  readonly oversize?: 'pieces';
}

const worlds: readonly World[] = [
  { name: '30 torrents of 1 to 3 MiB', torrents: small(30) },
  { name: 'half the bytes in a torrent of 30 files', torrents: [...small(15), large(30)] },
  { name: 'half the bytes in one file, by pieces', torrents: [...small(15), large(1)], oversize: 'pieces' },
];

function small(count: number): readonly TorrentOptions[] {
  return Array.from({ length: count }, (_, index) =>
    torrentOf(`small ${index}`, 2, (512 + (index % 5) * 256) * kib),
  );
}

/** Of 30 MiB. */
function large(files: number): TorrentOptions {
  return torrentOf('large', files, (30 * mib) / files);
}

function torrentOf(name: string, count: number, bytes: number): TorrentOptions {
  if (count === 1) return { name, bytes, pieceLengthBytes };
  // No multiples of the piece length: neighbours share their border pieces.
  const files = Array.from({ length: count }, (_, index) => ({
    path: [`file ${String(index).padStart(2, '0')}`],
    bytes: bytes + (index % 2 === 0 ? 1_001 : -1_001),
  }));
  return { name, files, pieceLengthBytes };
}

interface Figures {
  readonly boundSeconds: number;
  readonly seconds: number;
  readonly meanOfLimit: number;
  readonly peakOfLimit: number;
  readonly fetchedBeyond: number;
  readonly sentBeyond: number;
  readonly cpuSeconds: number;
  readonly requests: number;
}

async function measure(world: World, links: HeldLinks): Promise<Figures> {
  const rig = await startRig(links.hold(link));
  const shippedBytes = links.shippedBytes ?? rig.remote.sentBytes;
  const socket = await openCountingSocket(`${rig.directory}/counting`, rig.client.socketPath);
  try {
    const torrents: RigTorrent[] = [];
    for (const torrent of world.torrents) torrents.push(await rig.addTorrent(torrent));
    const totalBytes = torrents.reduce((sum, torrent) => sum + torrent.totalBytes, 0);
    const oversize = world.oversize;
    rig.writeConfiguration({ space_limit: limitBytes, socket_url: `scgi://${socket.path}`, oversize });
    const shippedBefore = shippedBytes();
    const { seconds, peakBytes, meanBytes, cpuSeconds } = await runUntilEmpty(rig);
    for (const torrent of torrents) await rig.expectShipped(torrent);
    return {
      boundSeconds: boundSeconds(link, totalBytes),
      seconds,
      meanOfLimit: meanBytes / limitBytes,
      peakOfLimit: peakBytes / limitBytes,
      fetchedBeyond: (await sentBySeed(rig, torrents)) / totalBytes - 1,
      sentBeyond: (shippedBytes() - shippedBefore) / totalBytes - 1,
      cpuSeconds,
      requests: socket.count(),
    };
  } finally {
    socket.stop();
    await rig.stop();
  }
}

async function sentBySeed({ seeder }: Rig, torrents: readonly RigTorrent[]): Promise<number> {
  let bytes = 0;
  for (const { infohash } of torrents) bytes += Number(await seeder.call('d.up.total', infohash));
  return bytes;
}

async function rowOf(world: World, links: HeldLinks): Promise<readonly string[]> {
  const of = await spreadsOf(runs, () => measure(world, links));
  return [
    world.name,
    of((figures) => figures.boundSeconds, 1),
    of(({ seconds }) => seconds, 1),
    of((figures) => figures.seconds / figures.boundSeconds, 2),
    of(({ meanOfLimit }) => meanOfLimit, 2),
    of(({ peakOfLimit }) => peakOfLimit, 3),
    of(({ fetchedBeyond }) => fetchedBeyond * 100, 1),
    of(({ sentBeyond }) => sentBeyond * 100, 1),
    of(({ cpuSeconds }) => cpuSeconds, 1),
    of(({ requests }) => requests, 0),
  ];
}

async function main(links: HeldLinks): Promise<void> {
  const words = process.argv.slice(3);
  const rows: (readonly string[])[] = [];
  for (const [number, world] of worlds.entries()) {
    if (words.length > 0 && !words.includes(String(number + 1))) continue;
    rows.push(await rowOf(world, links));
  }
  const columns = ['', 'bound, s', 'seconds', 'of the bound', 'mean of the limit', 'peak of the limit'];
  const costs = ['fetched beyond, %', 'sent beyond, %', 'CPU s', 'requests'];
  const heading = `60 MiB through ${limitBytes / mib} MiB, ${nameOf(link)}, held by ${links.way}`;
  printTable(heading, [...columns, ...costs], rows);
}

await withLinks(main);
