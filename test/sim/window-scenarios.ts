/** Worlds with a name about torrents that are fetched in parts: their windows, borders, sizes of pieces, and turns. */

import type { Scenario } from './scenarios.ts';
import { hashOf, k, policy } from './scenarios.ts';

export const windowScenarios: readonly Scenario[] = [
  {
    name: 'a window that rolls several times',
    spec: {
      policy: policy(170),
      torrents: [{ name: 'a', files: Array.from({ length: 12 }, (_, index) => 30_000 + index * 1_001) }],
    },
  },
  {
    name: 'files smaller than a piece, many of them in one',
    spec: {
      policy: policy(120),
      torrents: [{ name: 'a', files: Array.from({ length: 24 }, (_, index) => 9_000 + index * 333) }],
    },
  },
  {
    name: 'pieces larger than the files',
    spec: {
      policy: policy(460),
      torrents: [
        { name: 'a', pieceLengthBytes: 128 * k, files: [60 * k, 70_001, 90 * k, 120 * k, 80 * k, 99_999] },
      ],
    },
  },
  {
    name: 'empty files, padding, and equal names in different directories',
    spec: {
      policy: policy(110),
      torrents: [
        {
          name: 'a',
          files: [
            { path: 'x/same', lengthBytes: 40_000 },
            { path: 'x/.pad/1', lengthBytes: 9_152, isPadding: true },
            { path: 'y/same', lengthBytes: 40_000 },
            { path: 'y/.pad/1', lengthBytes: 9_152, isPadding: true },
            { path: 'x/empty', lengthBytes: 0 },
            { path: 'z/same', lengthBytes: 40_000 },
            { path: 'z/empty', lengthBytes: 0 },
          ],
        },
      ],
    },
  },
  {
    name: 'a hash check by hand in the middle',
    spec: {
      policy: policy(130),
      torrents: [{ name: 'a', files: [40 * k, 50 * k, 40 * k, 50_001] }],
    },
    events: {
      1: (world) => {
        for (const loaded of world.rtorrent.torrents.values())
          if (loaded.isOpen) world.rtorrent.check(loaded);
      },
    },
  },
  {
    name: 'room comes up while the first files are fetched',
    spec: {
      policy: policy(180),
      torrents: [
        {
          name: 'a',
          files: Array<number>(8).fill(30 * k),
          swarm: { downBytesPerSecond: 500, upBytesPerSecond: 0 },
        },
        { name: 'b', files: [90 * k] },
      ],
    },
  },
  {
    name: 'several that are too large, and one of them dies in between',
    spec: {
      policy: policy(130),
      torrents: [
        { name: 'a', files: [40 * k, 50 * k, 40 * k, 50 * k] },
        { name: 'b', files: [50 * k, 50 * k, 50 * k] },
      ],
    },
    events: {
      2: (world) => world.killRtorrent('inserted', 5_000),
      4: (world) => world.rtorrent.erase(hashOf('b', 1)),
    },
  },
];

/** The driver is killed at some of their points only. */
export const longWindowScenarios: readonly Scenario[] = [
  {
    name: 'pieces smaller than a block',
    spec: {
      policy: policy(60),
      torrents: [
        {
          name: 'a',
          pieceLengthBytes: 1 * k,
          files: Array.from({ length: 10 }, (_, index) => 9_000 + index * 777),
        },
      ],
    },
  },
];

/** Too many calls to be killed at each of them. */
export const thousandFiles: Scenario = {
  name: 'a thousand files',
  spec: {
    policy: policy(2_000),
    torrents: [{ name: 'a', files: Array.from({ length: 1_000 }, (_, index) => 7_000 + index) }],
    remoteBytesPerSecond: 10_000_000,
  },
};
