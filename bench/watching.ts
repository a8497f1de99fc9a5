/**
 * Measures what somebody who watches costs the daemon: the report of one look as the page and `top` get it, with 10,000 managed
 * torrents, 3,000 of them in rtorrent, of which some move. `node bench/watching.ts [LOOKS]`.
 */

import { plan } from '../src/core/plan.ts';
import type { Snapshot } from '../src/core/snapshot.ts';
import { Feed } from '../src/dashboard/feed.ts';
import type { Told } from '../src/dashboard/feed.ts';
import type { StreamMessage } from '../src/dashboard/wire.ts';
import type { Moment } from '../src/driver/monitor.ts';
import { Monitor } from '../src/driver/monitor.ts';
import { gibibyte, makeMetainfo, makePolicy, makeWorld, mebibyte, nowMs } from '../test/support/world.ts';
import type { TorrentSpec } from '../test/support/world.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';

const managedCount = 10_000;
const loadedCount = 3_000;
const filesInTorrent = 20;
const looks = Number(process.argv[2] ?? 30);

const policy = makePolicy({ spaceLimitBytes: 4_000 * gibibyte });
const metainfos = Array.from({ length: managedCount }, (_, number) =>
  makeMetainfo({
    name: `Harbour ${1950 + (number % 70)} 1080p.BluRay.x265.10bit-NORTH [${number.toString(36)}]`,
    files: Array.from({ length: filesInTorrent }, (_file, index) => (index + 1) * mebibyte + number),
  }),
);

/** One look: a tenth downloads and a tenth seeds of what is loaded, each at another rate than a look ago; the rest rests. */
function lookOf(turn: number, share: number): Snapshot {
  const moving = Math.floor(loadedCount * share);
  const torrents = metainfos.map((metainfo, number): TorrentSpec => {
    if (number >= loadedCount) return { metainfo };
    const rate = (number * 37 + turn * 101) % 900_000;
    if (number < moving) {
      return { metainfo, loaded: { completedBytes: turn * mebibyte, downRateBytesPerSecond: rate } };
    }
    if (number < 2 * moving) {
      return {
        metainfo,
        loaded: { isComplete: true, uploadedBytes: turn * rate, upRateBytesPerSecond: rate },
      };
    }
    return { metainfo, loaded: { completedBytes: 100 } };
  });
  return {
    ...makeWorld(torrents, { disk: { freeBytes: 8_000 * gibibyte } }),
    takenAtMs: nowMs + turn * 1000,
  };
}

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

interface Cost {
  readonly cpuMs: number;
  readonly bytes: number;
  readonly rows: number;
}

async function costsOf(share: number): Promise<{ readonly first: Cost; readonly later: readonly Cost[] }> {
  const monitor = new Monitor();
  const driver = {
    kind: 'daemon',
    version: '0',
    managedDirectory: '/managed',
    remote: 'host:/there',
  } as const;
  const feed = new Feed({ monitor, driver, policy: () => policy });
  let heard: (told: Told) => void = () => undefined;
  const costs: Cost[] = [];
  for (let turn = 0; turn <= looks; turn += 1) {
    const snapshot = lookOf(turn, share);
    const moment: Moment = { snapshot, plan: plan(snapshot, policy) };
    const told = new Promise<Told>((resolve) => (heard = resolve));
    const before = process.cpuUsage();
    monitor.publish(moment);
    if (turn === 0) feed.subscribe((one) => heard(one));
    const { data } = await told;
    costs.push({ cpuMs: cpuMs(before), bytes: Buffer.byteLength(data), rows: rowsIn(data) });
  }
  feed.end();
  const [first, ...later] = costs;
  if (first === undefined) throw new Error('nothing was told');
  return { first, later };
}

function rowsIn(data: string): number {
  const message = JSON.parse(data) as StreamMessage;
  if (message.kind === 'report') return message.report.torrents.length;
  return message.kind === 'change' ? message.change.changed.length : 0;
}

// The feed's own timers keep no process alive.
const alive = setInterval(() => undefined, 1_000);
const rows: (readonly string[])[] = [];
for (const [name, share] of [
  ['nothing moves', 0],
  ['60 move', 0.01],
  ['600 move', 0.1],
] as const) {
  const { first, later } = await costsOf(share);
  const spread = (read: (cost: Cost) => number, digits: number): string =>
    showSpread(spreadOf(later.map(read)), digits);
  if (rows.length === 0)
    rows.push([
      'everything, once',
      first.cpuMs.toFixed(0),
      (first.bytes / 1000).toFixed(0),
      String(first.rows),
    ]);
  rows.push([
    name,
    spread((one) => one.cpuMs, 0),
    spread((one) => one.bytes / 1000, 1),
    spread((one) => one.rows, 0),
  ]);
}
printTable(
  `A look told to who watches; ${managedCount} torrents: median (least–most)`,
  ['', 'CPU ms', 'kB', 'rows'],
  rows,
);
clearInterval(alive);
