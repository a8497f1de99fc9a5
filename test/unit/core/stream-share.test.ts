/** What a stream under way may take: the room that the others leave, and no less than it can go on with. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { plan } from '../../../src/core/plan.ts';
import { leastWindowBytes, mostWindowBytes } from '../../../src/core/stream-rate.ts';
import { hasNoShare, streamShare } from '../../../src/core/stream-share.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { blockBytes, makeLocal, makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';

const pieceLengthBytes = mebibyte;
const huge = makeMetainfo({ name: 'huge', pieceLengthBytes, files: [500 * mebibyte, 400 * mebibyte] });
const least = leastWindowBytes(pieceLengthBytes, blockBytes) / mebibyte;

interface Situation {
  /** In mebibytes, as all here. */
  readonly limit?: number;
  readonly window?: number;
  /** Of both files. */
  readonly here?: readonly [number, number];
  readonly others?: readonly TorrentSpec[];
}

function look({ limit = 64, window = 20, here = [0, 0], others = [] }: Situation) {
  const stream = { windowBytes: window * mebibyte, arrivingBytes: 0, fetchedBytes: 0, sendingBytes: 0 };
  const under: TorrentSpec = {
    metainfo: huge,
    loaded: { mode: asByteString('stream'), isActive: true },
    jobs: [{ kind: 'stream', files: [1], stream }],
    local: makeLocal(huge, [here[0] * mebibyte, here[1] * mebibyte]),
  };
  const snapshot = makeWorld([under, ...others]);
  const decided = plan(snapshot, makePolicy({ spaceLimitBytes: limit * mebibyte, oversize: 'pieces' }));
  return { snapshot, decided, job: snapshot.jobs[0]! };
}

function share(situation: Situation): number | undefined {
  const { snapshot, decided, job } = look(situation);
  const bytes = streamShare(job, snapshot, decided);
  return bytes === undefined ? undefined : bytes / mebibyte;
}

const isEnded = (situation: Situation): boolean => {
  const { snapshot, decided, job } = look(situation);
  return hasNoShare(job, snapshot, decided);
};

const loaded = (name: string, size: number): TorrentSpec => ({
  metainfo: makeMetainfo({ name, pieceLengthBytes, files: [size * mebibyte] }),
  loaded: { isComplete: false },
});

const waiting = (name: string, size: number): TorrentSpec => ({
  metainfo: makeMetainfo({ name, pieceLengthBytes, files: [size * mebibyte] }),
});

describe('the window of a stream under way', () => {
  it('grows into the room that others leave', () => {
    assert.equal(share({ window: 20 }), 64);
    const other = loaded('other', 30);
    assert.equal(Math.floor(share({ others: [other] })!), 33);
  });

  it('leaves the room to those that are loaded now', () => {
    assert.equal(Math.floor(share({ others: [waiting('other', 30)] })!), 33);
  });

  it('makes way for those that wait for space, in their order, and for nobody whom that does not bring in', () => {
    const [small, middle, large] = [waiting('small', 20), waiting('middle', 36), waiting('large', 40)];
    assert.equal(Math.floor(share({ window: 64, others: [small] })!), 43);
    assert.equal(Math.floor(share({ window: 64, others: [middle, small] })!), 43);
    assert.equal(Math.floor(share({ window: 64, others: [large] })!), 23);
    assert.equal(share({ window: 64, others: [waiting('too large', 60)] }), 64);
  });

  it('makes no way for another that is oversize: it waits for its turn', () => {
    assert.equal(share({ window: 64, others: [waiting('second', 600)] }), 64);
  });

  it('falls with the limit, to its least, and below that the stream ends', () => {
    assert.equal(share({ window: 64, limit: 40 }), 40);
    assert.equal(share({ window: 64, limit: least }), least);
    assert.equal(isEnded({ window: 64, limit: least }), false);
    assert.equal(isEnded({ window: 64, limit: least - 1 }), true);
  });

  it('has what other files of the torrent take beside its own', () => {
    const beside = { here: [5, 3], window: 64 } as const;
    assert.equal(share({ ...beside, limit: least + 5 }), least + 5);
    assert.equal(isEnded({ ...beside, limit: least + 5 }), false);
    assert.equal(isEnded({ ...beside, limit: least + 4 }), true);
  });

  it('goes on within what it has where its neighbours have grown, and nobody lowered the limit', () => {
    const grown = { here: [2, 3], window: least, limit: least } as const;
    assert.equal(share(grown), least);
    assert.equal(isEnded(grown), false);
  });

  it('takes no more than is of use', () => {
    const most = mostWindowBytes(pieceLengthBytes) / mebibyte;
    assert.equal(share({ limit: most * 2 }), most);
  });

  it('is left alone once nothing more comes in', () => {
    assert.equal(share({ window: 0 }), undefined);
  });
});
