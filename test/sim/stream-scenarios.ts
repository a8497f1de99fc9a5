/** Small worlds with a file that is larger than the limit, for the exhaustive crash test. */

import { makePolicy } from '../support/world.ts';
import type { Scenario } from './scenarios.ts';

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
