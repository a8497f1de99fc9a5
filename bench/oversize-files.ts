/**
 * Measures how a torrent that is four times too large goes through by files, against what its links allow: on the rig, with
 * the seed and the line to the remote held to given rates. `node bench/oversize-files.ts [RUNS [LINK…]]`; needs what the rig needs.
 */

import { startRig } from '../test/e2e/rig.ts';
import { runUntilEmpty } from './daemon-run.ts';
import { printTable, spreadsOf } from './figures.ts';
import type { HeldLinks } from './held-links.ts';
import { withLinks } from './held-links.ts';
import type { Link } from './links.ts';
import { boundSeconds, chosen, nameOf, usualLinks } from './links.ts';

const kib = 1024;
const files = 24;
const mib = 1024 * kib;
const fileBytes = 8 * mib;
const pieceLengthBytes = 64 * kib;
const runs = Number(process.argv[2] ?? 3);

interface Figures {
  readonly seconds: number;
  readonly overBound: number;
  readonly fetchedTwicePercent: number;
  readonly peakOverLimit: number;
  readonly rolls: number;
}

async function measure(link: Link, held: HeldLinks): Promise<Figures> {
  const rig = await startRig(held.hold(link));
  try {
    const torrent = await rig.addTorrent({
      name: 'oversize',
      // No multiples of the piece length: neighbours share their border pieces.
      files: Array.from({ length: files }, (_, index) => ({
        path: [`file ${String(index).padStart(2, '0')}.bin`],
        bytes: fileBytes + index * 1_001,
      })),
      pieceLengthBytes,
    });
    const limitBytes = Math.floor(torrent.totalBytes / 4);
    rig.writeConfiguration({ space_limit: limitBytes });
    const { seconds, peakBytes, written } = await runUntilEmpty(rig);
    await rig.expectShipped(torrent);
    const uploadedBytes = Number(await rig.seeder.call('d.up.total', torrent.infohash));
    return {
      seconds,
      overBound: seconds / boundSeconds(link, torrent.totalBytes),
      fetchedTwicePercent: (uploadedBytes / torrent.totalBytes - 1) * 100,
      peakOverLimit: peakBytes / limitBytes,
      rolls: written.split('moved on in').length - 1,
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
      of(({ seconds }) => seconds, 1),
      of(({ overBound }) => overBound, 2),
      of(({ fetchedTwicePercent }) => fetchedTwicePercent, 2),
      of(({ peakOverLimit }) => peakOverLimit, 3),
      of(({ rolls }) => rolls, 0),
    ]);
  }
  printTable(
    `${files} files of ${fileBytes / mib} MiB through a quarter of their size, held by ${held.way}`,
    ['', 'seconds', 'of the bound', 'fetched twice, %', 'peak of the limit', 'rolls'],
    rows,
  );
}

await withLinks(main);
