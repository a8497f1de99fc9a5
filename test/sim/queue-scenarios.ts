/** Worlds with a name about duty, stalls, the order of the queue, and what users tell the driver. */

import { makeDuty } from '../support/world.ts';
import type { Scenario } from './scenarios.ts';
import { closeForPurge, hashOf, k, policy } from './scenarios.ts';

export const queueScenarios: readonly Scenario[] = [
  {
    name: 'a ratio to be reached',
    spec: {
      policy: policy(200, { duty: makeDuty({ requiredRatio: 1 }) }),
      torrents: [{ name: 'a', files: [40 * k, 30 * k] }],
    },
  },
  {
    name: 'closed for its purge, and the ledger is lost: it owes time that it has to seed yet',
    spec: {
      policy: policy(200, { duty: makeDuty({ requiredSeedTimeMs: 1_800_000 }) }),
      torrents: [{ name: 'a', files: [40 * k, 30 * k] }],
    },
    events: {
      1: (world) => {
        if (closeForPurge(world, hashOf('a', 0))) world.ledger.lose();
      },
    },
  },
  {
    name: 'shipped when complete, and seeding on',
    spec: {
      policy: policy(200, {
        duty: makeDuty({ requiredRatio: 1, requiredSeedTimeMs: 1_800_000 }),
        shipWhen: 'completed',
      }),
      torrents: [{ name: 'a', files: [40 * k, 30 * k] }],
    },
  },
  {
    name: 'a dead torrent, and another that waits for its space, until somebody has it',
    spec: {
      policy: policy(130),
      torrents: [
        { name: 'dead', files: [40 * k, 40 * k], swarm: { downBytesPerSecond: 0, upBytesPerSecond: 0 } },
        { name: 'next', files: [100 * k] },
      ],
    },
    events: {
      7: (world) => world.swarms.set(hashOf('dead', 0), { downBytesPerSecond: 20_000, upBytesPerSecond: 0 }),
    },
  },
  {
    name: 'a dead torrent in parts, and another that waits for the turn',
    spec: {
      policy: policy(130),
      torrents: [
        {
          name: 'dead',
          files: [60 * k, 60 * k, 60 * k],
          swarm: { downBytesPerSecond: 5, upBytesPerSecond: 0 },
        },
        { name: 'next', files: [60 * k, 70 * k, 60 * k] },
      ],
    },
    events: {
      1: (world) => world.swarms.set(hashOf('dead', 0), { downBytesPerSecond: 0, upBytesPerSecond: 0 }),
      7: (world) => world.swarms.set(hashOf('dead', 0), { downBytesPerSecond: 20_000, upBytesPerSecond: 0 }),
    },
  },
  {
    name: 'the tracker is away for a while',
    spec: {
      policy: policy(130),
      torrents: [80, 90].map((size) => ({ name: `t${size}`, files: [size * k] })),
    },
    events: {
      0: (world) => (world.trackers.trouble = 'gone'),
      7: (world) => (world.trackers.trouble = undefined),
    },
  },
  {
    name: 'paused for a while, in the middle of it',
    spec: {
      policy: policy(100),
      torrents: [70, 80, 90].map((size) => ({ name: `t${size}`, files: [size * k] })),
    },
    events: {
      1: (world) => world.ledger.paused.add(hashOf('t70', 0)),
      3: (world) => (world.ledger.isAllPaused = true),
      5: (world) => {
        world.ledger.isAllPaused = false;
        world.ledger.paused.clear();
      },
    },
  },
];
