/**
 * Measures how a file that is larger than its disk goes through piece by piece, against what its links allow: on the rig, on a
 * small disk of its own, with the seed and the line to the remote held to given rates, and peers that want it from us.
 * `node bench/oversize-pieces.ts [RUNS [LINK…]]`; needs what the rig needs, and root or sudo for the disk.
 */

import { downloadedByUs, startLeechers, uploadsByUs } from '../test/e2e/rig/swarm.ts';
import { startRig } from '../test/e2e/rig.ts';
import { runUntilEmpty } from './daemon-run.ts';
import { printTable, spreadsOf } from './figures.ts';
import type { HeldLinks } from './held-links.ts';
import { withLinks } from './held-links.ts';
import type { Link } from './links.ts';
import { boundSeconds, chosen, nameOf, usualLinks } from './links.ts';

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
    await startLeechers(rig, torrent, leechers, {
      extraLines: [`throttle.global_down.max_rate.set_kb = ${leecherKiB}`],
    });
    rig.writeConfiguration({ space_limit: limitBytes, oversize: 'pieces' });
    const { seconds, peakBytes } = await runUntilEmpty(rig);
    await rig.expectShipped(torrent);
    const fetchedBytes = downloadedByUs(rig, torrent);
    return {
      boundSeconds: boundSeconds(link, fileBytes),
      seconds,
      fetchedTwicePercent: (fetchedBytes / fileBytes - 1) * 100,
      peakOverLimit: peakBytes / limitBytes,
      uploadedBytes: Math.max(0, ...uploadsByUs(rig, torrent)),
    };
  } finally {
    await rig.stop();
  }
}

async function main(held: HeldLinks): Promise<void> {
  const rows: string[][] = [];
  for (const link of chosen(usualLinks, process.argv.slice(3))) {
    const of = await spreadsOf(runs, () => measure(link, held));
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
