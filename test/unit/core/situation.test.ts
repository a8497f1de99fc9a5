/** Situations: everything about one torrent side by side, in an order that depends on sizes and infohashes alone. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { downloads, makeFailure, makeLocal, makeMetainfo, makeWorld, mebibyte } from '../../support/world.ts';
import { allSituations, situationIn } from './situation-in.ts';

describe('situations', () => {
  const small = makeMetainfo({ name: 'small', files: [mebibyte] });
  const large = makeMetainfo({ name: 'large', files: [16 * mebibyte, 16 * mebibyte] });
  const stranger = makeMetainfo({ name: 'stranger' });

  it('are one for each managed torrent, smallest first, and none for others', () => {
    const world = makeWorld([
      { metainfo: large },
      { metainfo: stranger, isManaged: false, loaded: {} },
      { metainfo: small },
    ]);
    assert.deepEqual(
      allSituations(world).map(({ managed }) => managed.metainfo.name),
      ['small', 'large'],
    );
  });

  it('bring together what every part of the snapshot says', () => {
    const failure = makeFailure();
    const local = makeLocal(large, [mebibyte]);
    const world = makeWorld([
      {
        metainfo: large,
        loaded: { mode: asByteString('file') },
        detail: {},
        local,
        receipts: [1],
        failure,
        jobs: [{}],
      },
    ]);
    const situation = situationIn(world, large);
    assert.equal(situation.loaded?.infohash, large.infohash);
    assert.equal(situation.detail?.files.length, 2);
    assert.equal(situation.local, local);
    assert.deepEqual([...situation.receipts.keys()], [1]);
    assert.equal(situation.failure, failure);
    assert.equal(situation.jobs[0]?.infohash, large.infohash);
    assert.equal(situation.directory, '/downloads/large');
    assert.equal(situation.allocatedBytes, mebibyte);
    assert.equal(situation.committedBytes, 32 * mebibyte);
  });

  it('are about nothing where nothing is known', () => {
    const situation = situationIn(makeWorld([{ metainfo: small }]), small);
    const { loaded, detail, local, failure, allocatedBytes, committedBytes } = situation;
    assert.deepEqual([loaded, detail, local, failure], Array(4).fill(undefined));
    assert.deepEqual(situation.jobs, []);
    assert.deepEqual([allocatedBytes, committedBytes, situation.receipts.size], [0, 0, 0]);
    assert.equal(situation.directory, downloads);
  });
});
