/** Worlds worth looking at: a seedbox at work, one in trouble, one with ten thousand torrents. */

import { plan } from '../../../src/core/plan.ts';
import { bytesOfText, displayText } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import type { Failure, Snapshot } from '../../../src/core/snapshot.ts';
import type { HistoryEntry } from '../../../src/dashboard/wire.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  gibibyte,
  makeDuty,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeReceipt,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import type { MadeWorld } from '../../unit/dashboard/made-world.ts';
import { driverEvent, makeDashboardWorld } from '../../unit/dashboard/made-world.ts';

export const policy = makePolicy({ duty: makeDuty({ requiredRatio: 1 }), spaceLimitBytes: 40 * gibibyte });

const files = (count: number, bytes: number): readonly number[] => Array.from({ length: count }, () => bytes);

/** Names are bytes: this one's is given as text. */
function torrent(name: string, lengths: readonly number[]): Metainfo {
  return makeMetainfo({ name: bytesOfText(name), files: lengths });
}

const dvd = torrent('debian-13.2.0-amd64-DVD-1.iso', [4.7 * gibibyte]);
const films = torrent('Prelinger Archives – Industrial Films 1931–1962', files(46, 240 * mebibyte));
const planet = torrent('planet-261109.osm.pbf', [78.4 * gibibyte]);
const sintel = torrent('Sintel (2010) 4K open movie', [5.1 * gibibyte, 900 * 1024]);
const wiki = torrent('enwiki-20261101-pages-articles-multistream.xml.bz2', [22.6 * gibibyte]);
const librivox = torrent('LibriVox – Moby Dick (unabridged)', files(136, 13 * mebibyte));
const nasa = torrent('NASA Apollo 11 flight audio, restored', files(220, 88 * mebibyte));
const cc = torrent('Nine Inch Nails – The Slip [FLAC]', files(12, 38 * mebibyte));
const tears = torrent('Tears of Steel (2012) 4K', [6.3 * gibibyte]);
const fedora = torrent('Fedora-Workstation-Live-43.x86_64', [2.3 * gibibyte, 2048]);
const gutenberg = torrent('Project Gutenberg, all of it, as text', files(90, 180 * mebibyte));
const weather = torrent('ERA5 reanalysis, hourly, Europe 1990–2020', files(360, 410 * mebibyte));

const whole = (metainfo: Metainfo): Partial<TorrentSpec> => ({ local: makeLocal(metainfo) });

function atWork(progress: number): readonly TorrentSpec[] {
  const part = (metainfo: Metainfo, share: number): number => Math.floor(metainfo.totalBytes * share);
  return [
    {
      metainfo: dvd,
      loaded: { isComplete: true, uploadedBytes: part(dvd, 0.64), upRateBytesPerSecond: 3.1 * mebibyte },
      ...whole(dvd),
    },
    {
      metainfo: sintel,
      loaded: { completedBytes: part(sintel, 0.2 + 0.5 * progress), downRateBytesPerSecond: 24.6 * mebibyte },
      local: makeLocal(sintel, [part(sintel, 0.5)]),
    },
    {
      metainfo: fedora,
      loaded: { isComplete: true, uploadedBytes: part(fedora, 1.3) },
      ...whole(fedora),
      jobs: [{ kind: 'ship', files: [0, 1], totalBytes: fedora.totalBytes, doneBytes: part(fedora, 0.38) }],
    },
    {
      metainfo: weather,
      loaded: {
        completedBytes: 4.2 * gibibyte,
        downRateBytesPerSecond: 11.2 * mebibyte,
        mode: 'file' as never,
        uploadedBytes: 2 * gibibyte,
      },
      detail: { selected: Array.from({ length: 14 }, (_, index) => index + 40), pieces: [] },
      local: makeLocal(weather, [...files(40, 0), ...files(11, 410 * mebibyte)]),
      receipts: Array.from({ length: 40 }, (_, index) => index),
    },
    {
      metainfo: cc,
      loaded: { isComplete: true, uploadedBytes: part(cc, 2.1) },
      ...whole(cc),
      jobs: [{ kind: 'prove', files: [0], totalBytes: cc.totalBytes, doneBytes: part(cc, 0.7) }],
    },
    {
      metainfo: librivox,
      loaded: { completedBytes: part(librivox, 0.91), downRateBytesPerSecond: 2.2 * mebibyte },
      local: makeLocal(librivox, files(124, 13 * mebibyte)),
    },
    { metainfo: films },
    { metainfo: tears },
    { metainfo: nasa },
    { metainfo: wiki },
    { metainfo: gutenberg },
    { metainfo: planet },
  ];
}

const fullDisk: Failure = {
  step: 'ship',
  message: 'rsync failed with exit code 11: write failed on "/home/me/big": No space left on device (28)',
  remedy: 'make room on bighost, or set remote_path to a larger disk',
  count: 4,
  sinceMs: nowMs - 6_300_000,
  atMs: nowMs - 1_200_000,
  retryAtMs: nowMs + 2_400_000,
};

/** `progress` is 0 to 1. */
export function worldAtWork(progress = 1): Snapshot {
  return makeWorld(atWork(progress), { disk: { freeBytes: 62 * gibibyte } });
}

export function worldInTrouble(): Snapshot {
  const torrents = atWork(1).map((spec) =>
    spec.metainfo === cc || spec.metainfo === fedora ? { ...spec, jobs: [], failure: fullDisk } : spec,
  );
  const stopped = {
    metainfo: tears,
    loaded: { isActive: false, isStarted: false, completedBytes: gibibyte },
  };
  return {
    ...makeWorld([...torrents.filter(({ metainfo }) => metainfo !== tears), stopped], {
      disk: { freeBytes: 62 * gibibyte },
    }),
    rejected: [
      { path: '/home/me/managed_torrents/half.torrent' as never, reason: 'it ends in the middle of a list' },
    ],
  };
}

/** Ten thousand, of every state. */
export function worldOfMany(count = 10_000): Snapshot {
  const torrents = Array.from({ length: count }, (_, index): TorrentSpec => {
    const metainfo = torrent(
      `archive-${String(index).padStart(5, '0')} – ${['field recordings', 'maps', 'scans', 'lectures'][index % 4] ?? ''}`,
      [(index + 1) * mebibyte],
    );
    if (index % 50 === 0) return { metainfo, loaded: { completedBytes: 100, downRateBytesPerSecond: 1000 } };
    if (index % 75 === 1) return { metainfo, loaded: { isComplete: true }, local: makeLocal(metainfo) };
    return { metainfo };
  });
  return makeWorld(torrents, { disk: { freeBytes: 62 * gibibyte } });
}

/** A dashboard's world with two hours behind it. */
export function makeShowcase(): MadeWorld {
  const world = { ...makeDashboardWorld(), policy: () => policy };
  const { monitor } = world;
  for (let minute = -120; minute < 0; minute += 1) {
    const wave = Math.sin(minute / 9) * 0.5 + Math.sin(minute / 23) * 0.5;
    const rotation = ((minute + 120) % 37) / 37;
    const snapshot = makeWorld(
      [
        {
          metainfo: wiki,
          loaded: {
            completedBytes: Math.floor(wiki.totalBytes * (0.2 + 0.8 * rotation)),
            downRateBytesPerSecond: (34 + 11 * wave) * mebibyte,
            upRateBytesPerSecond: (5 + 2 * wave) * mebibyte,
          },
          local: makeLocal(wiki, [Math.floor(wiki.totalBytes * (0.2 + 0.8 * rotation))]),
        },
        {
          metainfo: gutenberg,
          loaded: { isComplete: true },
          local: makeLocal(gutenberg),
        },
      ],
      { disk: { freeBytes: 62 * gibibyte } },
    );
    const moment = { ...snapshot, takenAtMs: nowMs + minute * 60_000 };
    monitor.countShipped(Math.max(0, (18 + 8 * Math.sin(minute / 5)) * mebibyte * 60));
    monitor.publish({ snapshot: moment, plan: plan(moment, policy) });
  }
  world.receipts.push(...Array.from({ length: 40 }, (_, index) => makeReceipt(weather, index)));
  pushHistory(world);
  return {
    ...world,
    show: (snapshot) => {
      monitor.countShipped(21 * mebibyte * 60);
      monitor.publish({ snapshot, plan: plan(snapshot, policy) });
    },
  };
}

function pushHistory(world: MadeWorld): void {
  const past: readonly (readonly [
    minutes: number,
    metainfo: Metainfo,
    action: HistoryEntry['action'],
    files: number,
    detail: string,
  ])[] = [
    [2, weather, 'purge', 4, '4 files deleted, 1.6 GiB freed'],
    [3, weather, 'prove', 4, '4 files alike'],
    [6, weather, 'ship', 4, '4 files'],
    [11, sintel, 'load', 2, '5.1 GiB'],
    [19, cc, 'ship', 12, '12 files'],
    [44, weather, 'select', 14, '14 of 360 files'],
    [58, torrent('Big Buck Bunny (2008) 4K', [691 * mebibyte]), 'retire', 1, 'all of it is on the remote'],
    [58, torrent('Big Buck Bunny (2008) 4K', [691 * mebibyte]), 'purge', 1, '1 file deleted, 691 MiB freed'],
    [60, torrent('Big Buck Bunny (2008) 4K', [691 * mebibyte]), 'prove', 1, '1 file alike'],
    [96, fedora, 'load', 2, '2.3 GiB'],
    [110, dvd, 'load', 1, '4.7 GiB'],
  ];
  for (const [minutes, metainfo, action, count, detail] of past) {
    world.events.push({
      atMs: nowMs - minutes * 60_000,
      infohash: metainfo.infohash,
      name: displayText(metainfo.name),
      action,
      files: count,
      bytes: count * 410 * mebibyte,
      tookMs: action === 'ship' ? 74_000 : 900,
      detail,
    });
  }
  world.monitor.recordEvent(
    driverEvent({
      kind: 'recovery',
      outcome: undefined,
      detail: 'the remote answers again',
      bytes: 0,
      tookMs: 0,
      atMs: nowMs - 31 * 60_000,
    }),
  );
}
