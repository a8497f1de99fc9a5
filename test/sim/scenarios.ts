/** Small worlds with a name: what the exhaustive crash test runs, and what red seeds became. */

import { infohashOf, makePolicy } from '../support/world.ts';
import { asByteString } from '../../src/core/bytes.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import { closedMode } from '../../src/core/parts.ts';
import type { Policy } from '../../src/core/policy.ts';
import { rawContent } from './content.ts';
import type { WorldSpec } from './world-spec.ts';
import { torrentPathOf } from './world-spec.ts';
import type { World } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly spec: WorldSpec;
  /** Why a death of the driver may change the end; undefined where it must not. */
  readonly endMayDiffer?: string;
  /** What happens in it, by the number of the pass before which it happens. */
  readonly events?: Readonly<Record<number, (world: World) => void>>;
}

export const k = 1024;

export function policy(limit: number, overrides: Partial<Policy> = {}): Policy {
  return makePolicy({ spaceLimitBytes: limit * k, ...overrides });
}

/** The torrent that is written down at that place of the scenario's list. */
export function hashOf(name: string, index: number): ReturnType<typeof infohashOf> {
  return infohashOf(`${name}/${index}`);
}

/** As the driver leaves it between closing a torrent for its purge and deleting. False where it is not loaded. */
export function closeForPurge({ rtorrent }: World, infohash: Infohash): boolean {
  const loaded = rtorrent.torrents.get(infohash);
  if (loaded === undefined) return false;
  rtorrent.stop(loaded);
  rtorrent.close(loaded);
  loaded.mode = asByteString(closedMode);
  return true;
}

export const scenarios: readonly Scenario[] = [
  { name: 'one file', spec: { policy: policy(100), torrents: [{ name: 'a', files: [40 * k] }] } },
  {
    name: 'several files in directories',
    spec: {
      policy: policy(200),
      torrents: [
        {
          name: 'a',
          files: [
            { path: 'x/1', lengthBytes: 30 * k },
            { path: 'x/y/2', lengthBytes: 9_001 },
          ],
        },
      ],
    },
  },
  {
    name: 'plain rotation',
    spec: {
      policy: policy(100),
      torrents: [70, 80, 90].map((size) => ({ name: `t${size}`, files: [size * k] })),
    },
  },
  {
    name: 'empty files and padding',
    spec: {
      policy: policy(100),
      torrents: [
        {
          name: 'a',
          files: [
            { lengthBytes: 20_000 },
            { lengthBytes: 0 },
            { path: '.pad/1', lengthBytes: 12_768, isPadding: true },
            { lengthBytes: 5_000 },
          ],
        },
      ],
    },
  },
  {
    name: 'too large, in parts',
    spec: { policy: policy(130), torrents: [{ name: 'a', files: [50 * k, 50 * k, 50 * k, 50 * k] }] },
  },
  {
    name: 'too large, with borders that fall into blocks',
    spec: { policy: policy(160), torrents: [{ name: 'a', files: [51_111, 3_333, 60_001, 777, 49_999] }] },
  },
  {
    name: 'two too large, one after the other',
    spec: {
      policy: policy(130),
      torrents: ['a', 'b'].map((name) => ({ name, files: [60 * k, 50 * k, 60 * k] })),
    },
  },
  {
    name: 'a file that is too large for ever',
    spec: {
      policy: policy(100),
      torrents: [
        { name: 'a', files: [40 * k, 200 * k] },
        { name: 'b', files: [30 * k] },
      ],
    },
  },
  {
    name: 'two torrents of one name',
    spec: {
      policy: policy(400),
      torrents: [
        { name: 'same', files: [40 * k, 30 * k] },
        { name: 'same', files: [40 * k, 60 * k] },
      ],
    },
  },
  {
    name: 'the remote holds something else under the name',
    spec: {
      policy: policy(200),
      torrents: [{ name: 'a', files: [40 * k, 30 * k] }],
      remoteFiles: { 'a/file-0': 'of others' },
    },
  },
  {
    name: 'the remote holds a directory of the name of a file',
    spec: {
      policy: policy(200),
      torrents: [
        { name: 'a', files: [40 * k] },
        { name: 'b', files: [30 * k] },
      ],
      remoteFiles: { 'a/file': 'of others' },
    },
  },
  {
    name: 'the remote is full for a while',
    spec: { policy: policy(200), remoteBytes: 50 * k, torrents: [{ name: 'a', files: [40 * k, 30 * k] }] },
    events: { 3: (world) => (world.remote.totalBytes = 1024 * k) },
  },
  {
    name: 'the remote is gone for a while',
    spec: { policy: policy(200), torrents: [{ name: 'a', files: [40 * k, 30 * k] }] },
    events: {
      1: (world) => (world.remote.trouble = 'gone'),
      4: (world) => (world.remote.trouble = undefined),
    },
  },
  {
    name: 'rtorrent loses its session',
    spec: {
      policy: policy(130),
      torrents: [
        { name: 'a', files: [50 * k, 50 * k, 50 * k] },
        { name: 'b', files: [9 * k] },
      ],
    },
    events: { 1: (world) => world.killRtorrent('lost', 5_000) },
  },
  {
    name: 'rtorrent dies without saving',
    spec: {
      policy: policy(130),
      torrents: [
        { name: 'a', files: [50 * k, 50 * k, 50 * k] },
        { name: 'b', files: [9 * k] },
      ],
    },
    events: { 2: (world) => world.killRtorrent('inserted', 5_000) },
  },
  {
    name: 'the ledger is lost',
    spec: { policy: policy(130), torrents: [{ name: 'a', files: [50 * k, 50 * k, 50 * k] }] },
    events: { 2: (world) => world.ledger.lose() },
  },
  {
    name: 'the ledger is lost when a torrent in parts was closed for its purge, and a part of it deleted',
    spec: { policy: policy(130), torrents: [{ name: 'a', files: [50 * k, 50 * k, 50 * k] }] },
    events: {
      1: (world) => {
        if (!closeForPurge(world, hashOf('a', 0))) return;
        world.disk.remove(asByteString('/downloads/a/file-0'));
        world.ledger.lose();
      },
    },
  },
  {
    name: 'the user erases a torrent',
    spec: {
      policy: policy(200),
      torrents: [
        { name: 'a', files: [40 * k, 30 * k] },
        { name: 'b', files: [60 * k] },
      ],
    },
    events: { 1: (world) => world.rtorrent.erase(hashOf('a', 0)) },
  },
  {
    name: 'the user takes a .torrent away',
    endMayDiffer: 'what was done before that is done',
    spec: {
      policy: policy(200),
      torrents: [
        { name: 'a', files: [40 * k, 30 * k] },
        { name: 'b', files: [60 * k] },
      ],
    },
    events: {
      1: (world) => {
        world.managedFiles.delete(torrentPathOf(hashOf('a', 0)));
        world.dropped.add(hashOf('a', 0));
      },
    },
  },
  {
    name: 'others fill the disk, and rtorrent closes what is unfinished',
    spec: {
      policy: policy(400),
      lowDiskspaceBytes: 1024 * k,
      torrents: [
        { name: 'a', files: [200 * k], swarm: { downBytesPerSecond: 40, upBytesPerSecond: 10_000 } },
        { name: 'b', files: [50 * k] },
      ],
    },
    events: {
      1: (world) => (world.disk.ballastBytes = world.disk.freeBytes() - 512 * k),
      3: (world) => (world.disk.ballastBytes = 0),
    },
  },
  {
    name: 'sizes alone',
    spec: { policy: policy(200, { verify: 'size' }), torrents: [{ name: 'a', files: [40 * k, 30 * k] }] },
  },
  {
    name: 'proved, erased by hand, and lying in the way of its own next part',
    spec: {
      policy: policy(130),
      torrents: [
        { name: 'a', files: [60 * k, 64 * k] },
        { name: 'b', files: [50 * k, 50 * k, 60 * k] },
      ],
    },
    events: { 1: (world) => world.rtorrent.erase(hashOf('a', 0)) },
  },
  {
    name: 'another torrent of the name lies here whole, and neither is loaded',
    spec: {
      policy: policy(400),
      torrents: [
        { name: 'same', files: [40 * k, 30 * k] },
        { name: 'same', files: [50 * k, 60 * k] },
      ],
    },
    events: { 1: (world) => world.killRtorrent('lost', 5_000) },
  },
  {
    name: 'an empty file has bytes here that are not its own',
    spec: {
      policy: policy(200),
      torrents: [
        { name: 'a', files: [40 * k, 0] },
        { name: 'b', files: [9 * k] },
      ],
    },
    events: { 0: (world) => world.disk.put(asByteString('/downloads/a/file-1'), rawContent('mine')) },
  },
];
