/** What is under way for one torrent, taken together. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filesUnderWay, waitForJobs } from '../../../src/core/under-way.ts';
import { makeJob, makeMetainfo } from '../../support/world.ts';

const album = makeMetainfo({ name: 'album' });
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
