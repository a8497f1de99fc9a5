/** Shipping: which files are due, and what is done about what the remote holds already. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Infohash } from '../../../src/core/metainfo.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { ownPlace } from '../../../src/core/place.ts';
import { filesDue, shipOrProve } from '../../../src/core/ship.ts';
import type { LedgerView, Observed } from '../../../src/core/snapshot.ts';
import type { Verify } from '../../../src/core/policy.ts';
import type { RemoteListing } from '../../../src/core/prove.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  infohashOf,
  makeDuty,
  makeLedger,
  makeManaged,
  makeListing,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import { situationIn } from './situation-in.ts';

const album = makeMetainfo({
  name: 'album',
  files: [16 * mebibyte, 8 * mebibyte, { lengthBytes: 8 * mebibyte, isPadding: true }, 16 * mebibyte],
});
const inParts = asByteString(partsMode);

function due(
  spec: Omit<TorrentSpec, 'metainfo'>,
  requiredRatio = 0,
  ledger: LedgerView = makeLedger(),
): readonly number[] {
  const situation = situationIn(makeWorld([{ metainfo: album, ...spec }]), album);
  const policy = makePolicy({ duty: makeDuty({ requiredRatio }) });
  return filesDue(situation, ledger, policy, nowMs).map((file) => file.index);
}

describe('filesDue', () => {
  it('are all files of a complete torrent, but padding and what is proved', () => {
    assert.deepEqual(due({ loaded: { isComplete: true } }), [0, 1, 3]);
    assert.deepEqual(due({ loaded: { isComplete: true }, receipts: [1] }), [0, 3]);
  });

  it('are none before the ratio is reached', () => {
    const loaded = { isComplete: true, uploadedBytes: 1.5 * album.totalBytes };
    assert.deepEqual(due({ loaded: { ...loaded, uploadedBytes: loaded.uploadedBytes - 1 } }, 1.5), []);
    assert.deepEqual(due({ loaded }, 1.5), [0, 1, 3]);
  });

  it('are all as soon as it is complete, where the user wants it so', () => {
    const situation = situationIn(makeWorld([{ metainfo: album, loaded: { isComplete: true } }]), album);
    const policy = makePolicy({ duty: makeDuty({ requiredRatio: 1 }), shipWhen: 'completed' });
    assert.equal(filesDue(situation, makeLedger(), policy, nowMs).length, 3);
  });

  it('are none of what is incomplete, being checked, or not in rtorrent', () => {
    assert.deepEqual(due({ loaded: {}, detail: { pieces: 'all' } }), []);
    assert.deepEqual(due({ loaded: { isComplete: true, isHashing: true } }), []);
    assert.deepEqual(due({}), []);
  });

  it('are the complete files of a selection, whatever the ratio, a few at a time', () => {
    const loaded = { mode: inParts };
    assert.deepEqual(due({ loaded, detail: { pieces: [0, 1], selected: [0, 1] } }, 3), [0]);
    const isUnderWay = { jobs: [{ files: [0] }] };
    assert.deepEqual(due({ loaded, detail: { pieces: [0, 1], selected: [0, 1] }, ...isUnderWay }), [1]);
    assert.deepEqual(due({ loaded, detail: { pieces: [1], selected: [0, 1] } }), [1]);
    assert.deepEqual(due({ loaded, detail: { pieces: 'all', selected: [3] } }), [3]);
    assert.deepEqual(due({ loaded, detail: { pieces: 'all', selected: [3] }, receipts: [3] }), []);
  });

  it('of a selection are first those that it has sent before', () => {
    const spec = { loaded: { mode: inParts }, detail: { pieces: 'all', selected: [0, 1] } } as const;
    const sentBy = (owner: Infohash): LedgerView =>
      makeLedger({ shipments: new Map([[asByteString('album/file-1'), owner]]) });
    assert.deepEqual(due(spec, 0, sentBy(album.infohash)), [1]);
    assert.deepEqual(due(spec, 0, sentBy(infohashOf('other'))), [0]);
    const placements = new Map([[album.infohash, asByteString('album.1234')]]);
    assert.deepEqual(due(spec, 0, { ...sentBy(album.infohash), placements }), [0]);
  });

  it('are none of a selection of which the pieces were not seen', () => {
    assert.deepEqual(due({ loaded: { mode: inParts } }), []);
    assert.deepEqual(due({ loaded: { mode: inParts, isHashing: true }, detail: { pieces: 'all' } }), []);
  });
});

describe('shipOrProve', () => {
  const complete = { isComplete: true };
  const other = infohashOf('other');

  function decision(
    sizes: Readonly<Record<string, number>> | Observed<RemoteListing>,
    owners: Readonly<Record<string, Infohash>> = {},
    spec: Omit<TorrentSpec, 'metainfo'> = { loaded: complete },
    placements: LedgerView['placements'] = new Map(),
    verify: Verify = 'checksum',
  ): ReturnType<typeof shipOrProve> {
    const situation = situationIn(makeWorld([{ metainfo: album, ...spec }]), album);
    const remote: Observed<RemoteListing> =
      'seen' in sizes ? (sizes as Observed<RemoteListing>) : { seen: true, value: makeListing(sizes) };
    const shipments = new Map(Object.entries(owners).map(([path, owner]) => [asByteString(path), owner]));
    const policy = makePolicy({ verify });
    const ledger = makeLedger({ shipments, placements });
    const managed = new Map([[other, makeManaged(album)]]);
    const files = filesDue(situation, ledger, policy, nowMs);
    return shipOrProve(situation, files, { remote, ledger, managed }, policy);
  }

  function filesOf(action: ReturnType<typeof shipOrProve>): readonly number[] {
    assert.ok('files' in action && typeof action.files !== 'number');
    return action.files.map((file) => (typeof file === 'number' ? file : file.index));
  }

  it('ships what is not there', () => {
    const action = decision({});
    assert.equal(action.kind, 'ship');
    assert.deepEqual(filesOf(action), [0, 1, 3]);
    assert.ok('directory' in action);
    assert.equal(action.directory, '/downloads/album');
  });

  it('ships only what is not there', () => {
    const action = decision({ 'album/file-0': 16 * mebibyte, 'file-1': 8 * mebibyte });
    assert.equal(action.kind, 'ship');
    assert.deepEqual(filesOf(action), [1, 3]);
  });

  it('proves once all of it is there', () => {
    const action = decision({
      'album/file-0': 16 * mebibyte,
      'album/file-1': 8 * mebibyte,
      'album/file-3': 16 * mebibyte,
    });
    assert.equal(action.kind, 'prove');
    assert.deepEqual(filesOf(action), [0, 1, 3]);
  });

  it('ships again what has another size and is ours, down to nothing', () => {
    const action = decision({ 'album/file-0': 0 }, { 'album/file-0': album.infohash });
    assert.equal(action.kind, 'ship');
    assert.deepEqual(filesOf(action), [0, 1, 3]);
  });

  it('overwrites nothing that is not known to be ours, and goes to a place of its own instead', () => {
    const elsewhere = { kind: 'place', managed: makeManaged(album), place: ownPlace(album) };
    assert.deepEqual(decision({ 'album/file-1': 5 }), elsewhere);
    assert.deepEqual(decision({ 'album/file-1': 5 }, { 'album/file-1': other }), elsewhere);
    // Not there yet, but another torrent is being sent there.
    assert.deepEqual(decision({}, { 'album/file-1': other }), elsewhere);
  });

  it('compares what has the right size before it makes up its mind, and knows where else to go', () => {
    const sizes = {
      'album/file-0': 16 * mebibyte,
      'album/file-1': 8 * mebibyte,
      'album/file-3': 16 * mebibyte,
    };
    const action = decision(sizes, { 'album/file-1': other });
    assert.ok(action.kind === 'prove');
    assert.equal(action.elsewhere, ownPlace(album));
  });

  it('takes nothing for proved by its size alone that it did not put there itself', () => {
    const sizes = {
      'album/file-0': 16 * mebibyte,
      'album/file-1': 8 * mebibyte,
      'album/file-3': 16 * mebibyte,
    };
    const bySize = (owner: Infohash | undefined): ReturnType<typeof shipOrProve> => {
      const owners =
        owner === undefined ? {} : Object.fromEntries(Object.keys(sizes).map((path) => [path, owner]));
      return decision(sizes, owners, { loaded: complete }, new Map(), 'size');
    };
    const elsewhere = { kind: 'place', managed: makeManaged(album), place: ownPlace(album) };
    assert.deepEqual(bySize(other), elsewhere);
    assert.deepEqual(bySize(undefined), elsewhere);
    assert.equal(bySize(album.infohash).kind, 'prove');
  });

  it('goes by its own place once it has one, and moves no further', () => {
    const placements = new Map([[album.infohash, asByteString('album.own')]]);
    const spec = { loaded: complete };
    const sizes = { 'album/file-1': 5, 'album.own/file-0': 16 * mebibyte };
    const action = decision(sizes, {}, spec, placements);
    assert.equal(action.kind, 'ship');
    assert.deepEqual(filesOf(action), [1, 3]);
    assert.deepEqual(decision({ 'album.own/file-1': 5 }, { 'album.own/file-1': other }, spec, placements), {
      kind: 'remote-conflict',
      path: 'album.own/file-1',
      other,
    });
  });

  it('does not move once a part of it is proved: it would lie in two places', () => {
    const spec = { loaded: complete, receipts: [0] };
    assert.deepEqual(decision({ 'album/file-1': 5 }, {}, spec), {
      kind: 'remote-conflict',
      path: 'album/file-1',
      other: undefined,
    });
    const action = decision({ 'album/file-1': 8 * mebibyte, 'album/file-3': 16 * mebibyte }, {}, spec);
    assert.ok(action.kind === 'prove');
    assert.equal(action.elsewhere, undefined);
  });

  it('waits while the remote is not seen', () => {
    const unseen = { seen: false, reason: 'no answer', remedy: 'try ssh' } as const;
    assert.deepEqual(decision(unseen), { kind: 'remote-unseen', reason: 'no answer', remedy: 'try ssh' });
  });

  it('waits where it does not know the place', () => {
    const reportedDirectory = asByteString('/what?');
    assert.deepEqual(decision({}, {}, { loaded: { ...complete, reportedDirectory } }), {
      kind: 'place-unknown',
      reported: '/what?',
    });
  });
});
