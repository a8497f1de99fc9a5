/**
 * Measures how a file that is larger than its disk goes through piece by piece, against what its links allow: on the rig, on a
 * small disk of its own, with the seed and the line to the remote held to given rates, and peers that want it from us.
 * `node bench/oversize-pieces.ts [RUNS [LINK…]]`; needs what the rig needs, and root or sudo for the disk.
 */

import type { Leecher } from '../test/e2e/rig/peers.ts';
import type { RigTorrent } from '../test/e2e/rig/torrents.ts';
import type { Rig } from '../test/e2e/rig.ts';
import { startRig } from '../test/e2e/rig.ts';
import { runUntilEmpty } from './daemon-run.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';
import type { HeldLinks } from './held-links.ts';
import { withLinks } from './held-links.ts';
import type { Link } from './links.ts';
import { boundSeconds, chosen, nameOf } from './links.ts';

const kib = 1024;
const mib = 1024 ** 2;
const fileBytes = 160 * mib;
const limitBytes = 24 * mib;
const diskBytes = 48 * mib;
const pieceLengthBytes = 256 * kib;
/** They want all of it, and take next to nothing of the seed's rate. */
const leechers = 2;
const leecherKiB = 4;
const runs = Number(process.argv[2] ?? 3);

const links: readonly Link[] = [
  { downKiB: 2048, shipKiB: 4096 },
  { downKiB: 2048, shipKiB: 2048 },
  { downKiB: 4096, shipKiB: 2048 },
];

interface Figures {
  readonly boundSeconds: number;
  readonly seconds: number;
  readonly fetchedTwicePercent: number;
  readonly peakOverLimit: number;
  readonly uploadedBytes: number;
}

async function measure(link: Link, held: HeldLinks): Promise<Figures> {
  const rig = await startRig({ ...held.hold(link), client: { lowDiskspaceTimer: 'off', diskBytes } });
  try {
    const torrent = await rig.addTorrent({ name: 'huge.iso', bytes: fileBytes, pieceLengthBytes });
    const others = await startLeechers(rig, torrent);
    rig.writeConfiguration({ space_limit: limitBytes, oversize: 'pieces' });
    const { seconds, peakBytes } = await runUntilEmpty(rig);
    await rig.expectShipped(torrent);
    const fetchedBytes = await fetchedByUs(rig, torrent, others);
    return {
      boundSeconds: boundSeconds(link, fileBytes),
      seconds,
      fetchedTwicePercent: (fetchedBytes / fileBytes - 1) * 100,
      peakOverLimit: peakBytes / limitBytes,
      uploadedBytes: uploadedByUs(rig, torrent),
    };
  } finally {
    await rig.stop();
  }
}

async function startLeechers(rig: Rig, torrent: RigTorrent): Promise<readonly Leecher[]> {
  const started: Leecher[] = [];
  for (let count = 0; count < leechers; count += 1) {
    const leecher = await rig.startLeecher({
      extraLines: [`throttle.global_down.max_rate.set_kb = ${leecherKiB}`],
    });
    await leecher.download(torrent);
    started.push(leecher);
  }
  return started;
}

/** All that anybody has sent and no other has taken. */
async function fetchedByUs(rig: Rig, { infohash }: RigTorrent, others: readonly Leecher[]): Promise<number> {
  let bytes = Number(await rig.seeder.call('d.up.total', infohash));
  for (const leecher of others) {
    bytes += Number(await leecher.call('d.up.total', infohash));
    bytes -= Number(await leecher.call('d.down.total', infohash));
  }
  return bytes;
}

/** As we told the tracker, which is told anew after each time that the torrent was loaded. */
function uploadedByUs(rig: Rig, { infohash }: RigTorrent): number {
  return rig.tracker.announces
    .filter((announce) => announce.infohash === infohash && announce.address === rig.client.address)
    .reduce((most, { uploadedBytes }) => Math.max(most, uploadedBytes), 0);
}

async function main(held: HeldLinks): Promise<void> {
  const rows: string[][] = [];
  for (const link of chosen(links, process.argv.slice(3))) {
    const all: Figures[] = [];
    for (let run = 0; run < runs; run += 1) all.push(await measure(link, held));
    const of = (pick: (figures: Figures) => number, digits: number): string =>
      showSpread(spreadOf(all.map(pick)), digits);
    rows.push([
      nameOf(link),
      boundSeconds(link, fileBytes).toFixed(1),
      of(({ seconds }) => seconds, 1),
      of((figures) => figures.seconds / figures.boundSeconds, 2),
      of(({ fetchedTwicePercent }) => fetchedTwicePercent, 2),
      of(({ peakOverLimit }) => peakOverLimit, 3),
      of(({ uploadedBytes }) => uploadedBytes, 0),
    ]);
  }
  printTable(
    `${fileBytes / mib} MiB in pieces of ${pieceLengthBytes / kib} KiB through ${limitBytes / mib} MiB, held by ${held.way}`,
    ['', 'bound, s', 'seconds', 'of the bound', 'fetched twice, %', 'peak of the limit', 'uploaded, bytes'],
    rows,
  );
}

await withLinks(main);
