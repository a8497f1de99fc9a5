/** Small worlds with a file that is larger than the limit, for the exhaustive crash test. */

import { asByteString } from '../../src/core/bytes.ts';
import { makePolicy } from '../support/world.ts';
import { prove } from './proved-scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { hashOf } from './scenarios.ts';
import type { World } from './world.ts';

const k = 1024;
const swarm = { downBytesPerSecond: 400_000, upBytesPerSecond: 0 };
const remoteBytesPerSecond = 2_000_000;

function policy(limit: number): ReturnType<typeof makePolicy> {
  return makePolicy({ spaceLimitBytes: limit * k, oversize: 'pieces' });
}

export const streamScenarios: readonly Scenario[] = [
  {
    name: 'a file that is larger than the limit, streamed, its neighbours in its border pieces',
    spec: {
      policy: policy(300),
      torrents: [
        {
          name: 'a',
          files: [20_000, 24 * 16 * k + 700, 5_000],
          swarm,
        },
      ],
      remoteBytesPerSecond,
    },
    // Its last neighbour lies in a border piece, comes back whole with that, and may be deleted a second time.
    events: {},
  },
  {
    name: 'two files that are larger than the limit, and a small one that lies in a piece of each',
    spec: {
      policy: policy(250),
      torrents: [{ name: 'a', files: [16 * 16 * k + 14_000, 5_000, 16 * 16 * k], swarm }],
      remoteBytesPerSecond,
    },
    events: {},
  },
  {
    name: 'a file that is larger than the limit, and the remote has lost a neighbour of it that was proved',
    spec: { policy: policy(300), torrents: [{ name: 'a', files: [20_000, 24 * 16 * k + 700], swarm }] },
    events: {
      0: (world) => {
        prove(world, hashOf('a', 0), [0]);
        world.remote.files.delete(asByteString('a/file-0'));
      },
    },
  },
  {
    name: 'a file that is larger than the limit, on the remote under its name, and the ledger knows nothing of it',
    spec: {
      policy: policy(300),
      torrents: [{ name: 'a', files: [20_000, 24 * 16 * k + 700, 5_000], swarm }],
    },
    events: { 0: putWholeThere },
  },
  {
    name: 'a file that was sent whole and not proved, and the limit is too small for it now',
    spec: {
      policy: policy(300),
      torrents: [{ name: 'a', files: [20_000, 24 * 16 * k + 700, 5_000], swarm }],
    },
    events: {
      0: (world) => {
        putWholeThere(world);
        world.ledger.shipments.set(asByteString('a/file-1'), hashOf('a', 0));
      },
    },
  },
  {
    name: 'a file that is larger than the limit, where the remote holds another of its size and name',
    spec: {
      policy: policy(250),
      torrents: [
        {
          name: 'a',
          files: [20 * 16 * k],
          swarm,
        },
      ],
      remoteBytesPerSecond,
      remoteFiles: { a: 'x'.repeat(20 * 16 * k) },
    },
  },
];

/** The driver is killed at some of their points only: there are thousands. */
export const longStreamScenarios: readonly Scenario[] = [
  {
    name: 'a file streamed in pieces smaller than a block',
    spec: {
      policy: policy(90),
      torrents: [{ name: 'a', pieceLengthBytes: 1 * k, files: [3_333, 120 * k + 77, 2_222], swarm }],
      remoteBytesPerSecond,
    },
  },
  {
    name: 'a file streamed in pieces of half a MiB',
    spec: {
      policy: policy(6 * k),
      torrents: [{ name: 'a', pieceLengthBytes: 512 * k, files: [9 * k * k], swarm }],
      remoteBytesPerSecond,
    },
  },
  {
    name: 'a file streamed among empty ones, padding, and equal names in different directories',
    spec: {
      policy: policy(300),
      torrents: [
        {
          name: 'a',
          files: [
            { path: 'x/same', lengthBytes: 20_000 },
            { path: 'x/.pad/1', lengthBytes: 12_768, isPadding: true },
            { path: 'x/empty', lengthBytes: 0 },
            { path: 'y/same', lengthBytes: 24 * 16 * k + 700 },
            { path: 'y/.pad/1', lengthBytes: 15_684, isPadding: true },
            { path: 'z/same', lengthBytes: 30_000 },
            { path: 'z/empty', lengthBytes: 0 },
          ],
          swarm,
        },
      ],
      remoteBytesPerSecond,
    },
  },
];

/** The large file has its name on the remote, and a neighbour of it is proved. */
function putWholeThere(world: World): void {
  const whole = world.catalog.get(hashOf('a', 0))?.files[1]?.whole;
  if (whole === undefined) return;
  prove(world, hashOf('a', 0), [0]);
  world.remote.files.set(asByteString('a/file-1'), { content: whole, owner: hashOf('a', 0) });
}
