/** What is under way for one torrent, taken together. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plan } from '../../../src/core/plan.ts';
import { filesUnderWay, isOver, waitForJobs } from '../../../src/core/under-way.ts';
import { leastWindowBytes } from '../../../src/core/stream-rate.ts';
import {
  blockBytes,
  infohashOf,
  makeJob,
  makeLedger,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';

const album = makeMetainfo({
  name: 'album',
  pieceLengthBytes: mebibyte,
  files: [16 * mebibyte, 200 * mebibyte],
});
const ship = makeJob(album, { id: 'ship-1', files: [0, 1], doneBytes: 20, totalBytes: 100 });
const proof = makeJob(album, { id: 'prove-2', kind: 'prove', files: [4], doneBytes: 5, totalBytes: 10 });

describe('what is under way', () => {
  it('is nothing to wait for where there is nothing', () => {
    assert.equal(waitForJobs([]), undefined);
    assert.equal(filesUnderWay([]).size, 0);
  });

  it('is told as one: as shipping, where anything is shipped', () => {
    const both = { kind: 'job', job: 'ship', doneBytes: 25, totalBytes: 110 };
    assert.deepEqual(waitForJobs([proof, ship]), both);
    assert.deepEqual(waitForJobs([proof]), { kind: 'job', job: 'prove', doneBytes: 5, totalBytes: 10 });
  });

  it('is about the files of all of it', () => {
    assert.deepEqual(filesUnderWay([ship, proof]), new Set([0, 1, 4]));
  });
});

interface Situation {
  readonly paused?: string;
  readonly isManaged?: boolean;
  /** In mebibytes, both. */
  readonly limit?: number;
  readonly here?: number;
}

describe('a job under way is over', () => {
  const stream = { windowBytes: 40 * mebibyte, arrivingBytes: 0, fetchedBytes: 0, sendingBytes: 0 };
  const isOverIn = (
    kind: 'ship' | 'prove' | 'stream',
    { paused = '', isManaged = true, limit = 64, here = 0 }: Situation,
  ): boolean => {
    const wishes = { ...makeLedger().wishes, paused: new Set([infohashOf(paused)]) };
    const job = kind === 'stream' ? { kind, files: [1], stream } : { kind };
    const local = makeLocal(album, [0, here * mebibyte]);
    const snapshot = makeWorld([{ metainfo: album, jobs: [job], isManaged, local }], { ledger: { wishes } });
    const policy = makePolicy({ spaceLimitBytes: limit * mebibyte });
    return isOver(snapshot.jobs[0]!, snapshot, plan(snapshot, policy));
  };

  for (const kind of ['ship', 'prove', 'stream'] as const) {
    it(`when its torrent is paused or taken away: ${kind}`, () => {
      assert.equal(isOverIn(kind, {}), false);
      assert.equal(isOverIn(kind, { paused: 'album' }), true);
      assert.equal(isOverIn(kind, { paused: 'other' }), false);
      assert.equal(isOverIn(kind, { isManaged: false }), true);
    });
  }

  it('when the limit is lowered below the least window of a stream; what is shipped makes room', () => {
    const least = leastWindowBytes(album.pieceLengthBytes, blockBytes) / mebibyte;
    assert.equal(isOverIn('stream', { limit: least }), false);
    assert.equal(isOverIn('stream', { limit: least - 0.001 }), true);
    assert.equal(isOverIn('ship', { limit: least - 0.001 }), false);
  });

  it('not for what is here beyond its window, loaded whole by hand before, say', () => {
    assert.equal(isOverIn('stream', { here: 100 }), false);
  });
});
