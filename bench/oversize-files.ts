/**
 * Measures how a torrent that is four times too large goes through by files, against what its links allow: on the rig, with
 * the seed and the line to the remote held to given rates. `node bench/oversize-files.ts [RUNS]`; needs what the rig needs.
 */

import { readdirSync } from 'node:fs';
import type { Rig } from '../test/e2e/rig.ts';
import { startRig } from '../test/e2e/rig.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';

const kib = 1024;
const files = 24;
const fileBytes = 2048 * kib;
const pieceLengthBytes = 32 * kib;
const runs = Number(process.argv[2] ?? 3);

interface Link {
  readonly name: string;
  readonly downKiB: number;
  readonly shipKiB: number;
}

const links: readonly Link[] = [
  { name: 'download 1.5 MiB/s, ship 3 MiB/s', downKiB: 1536, shipKiB: 3072 },
  { name: 'both 1.5 MiB/s', downKiB: 1536, shipKiB: 1536 },
  { name: 'download 3 MiB/s, ship 1.5 MiB/s', downKiB: 3072, shipKiB: 1536 },
];

interface Figures {
  readonly seconds: number;
  readonly overBound: number;
  readonly fetchedTwicePercent: number;
  readonly peakOverLimit: number;
  readonly rolls: number;
}

async function measure({ downKiB, shipKiB }: Link): Promise<Figures> {
  const rig = await startRig({ seedRateKiB: downKiB, remote: { rateKiB: shipKiB } });
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
    const sampling = rig.sampleAllocation();
    const startedAt = performance.now();
    const written = await untilGone(rig);
    const seconds = (performance.now() - startedAt) / 1000;
    const { peakBytes } = sampling.stop();
    await rig.expectShipped(torrent);
    if (process.env['SHOW_LOG'] !== undefined) console.error(written);
    const uploadedBytes = Number(await rig.seeder.call('d.up.total', torrent.infohash));
    const boundSeconds = torrent.totalBytes / kib / Math.min(downKiB, shipKiB);
    return {
      seconds,
      overBound: seconds / boundSeconds,
      fetchedTwicePercent: (uploadedBytes / torrent.totalBytes - 1) * 100,
      peakOverLimit: peakBytes / limitBytes,
      rolls: written.split('moved on in').length - 1,
    };
  } finally {
    await rig.stop();
  }
}

/** The daemon, until the managed directory is empty. */
async function untilGone(rig: Rig): Promise<string> {
  const daemon = rig.startDriver(['daemon']);
  const isGone = (): boolean => readdirSync(rig.managedDirectory).length === 0;
  await rig.until('all of it is gone', isGone, 300_000);
  daemon.signal('SIGTERM');
  const { stdout, stderr } = await daemon.finished;
  return stdout + stderr;
}

const rows: string[][] = [];
for (const link of links) {
  const all: Figures[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure(link));
  const of = (pick: (figures: Figures) => number, digits: number): string =>
    showSpread(spreadOf(all.map(pick)), digits);
  rows.push([
    link.name,
    of(({ seconds }) => seconds, 1),
    of(({ overBound }) => overBound, 2),
    of(({ fetchedTwicePercent }) => fetchedTwicePercent, 2),
    of(({ peakOverLimit }) => peakOverLimit, 3),
    of(({ rolls }) => rolls, 0),
  ]);
}
printTable(
  `${files} files of ${fileBytes / kib} KiB through a quarter of their size`,
  ['', 'seconds', 'of the bound', 'fetched twice, %', 'peak of the limit', 'rolls'],
  rows,
);
