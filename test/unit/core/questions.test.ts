/** What else has to be seen: pieces of some torrents, paths of the remote, and in an idle pass nothing. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { detailsWanted, mayBeDue, remotePathsWanted } from '../../../src/core/questions.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { Wishes } from '../../../src/core/wishes.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  infohashOf,
  makeFailure,
  makeLedger,
  makeMetainfo,
  makePolicy,
  makeReceipts,
  makeTorrent,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import { allSituations, viewIn } from './situation-in.ts';

const album = makeMetainfo({ name: 'album', files: [16 * mebibyte, 16 * mebibyte] });
const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [1, 2] });
const beside = makeMetainfo({ name: 'beside' });
const mode = asByteString(partsMode);

function details(world: Snapshot): readonly string[] {
  return detailsWanted(viewIn(world), world.managed, world.ledger);
}

function paths(...torrents: readonly TorrentSpec[]): readonly string[] {
  return remotePathsWanted(allSituations(makeWorld(torrents)), makePolicy(), makeLedger(), nowMs);
}

describe('detailsWanted', () => {
  it('are those of managed torrents that are fetched in parts, and of no others', () => {
    const world = makeWorld([
      { metainfo: album, loaded: { mode } },
      { metainfo: twin, isManaged: false, loaded: { mode } },
      { metainfo: beside, loaded: {} },
    ]);
    assert.deepEqual(details(world), [album.infohash]);
  });

  it('are none in a world where nothing is in parts and nothing proved', () => {
    const world = makeWorld([
      { metainfo: album, loaded: {} },
      { metainfo: twin, loaded: {} },
    ]);
    assert.deepEqual(details(world), []);
  });

  it('are those of whoever shares a place with what is proved', () => {
    const world = makeWorld([
      { metainfo: album, loaded: { isComplete: true }, receipts: [0] },
      { metainfo: twin, isManaged: false, loaded: {} },
      { metainfo: beside, isManaged: false, loaded: {} },
    ]);
    assert.deepEqual(details(world), [twin.infohash]);
    const gone = makeWorld([
      { metainfo: album, receipts: [0, 1] },
      { metainfo: twin, isManaged: false, loaded: {} },
    ]);
    assert.deepEqual(details(gone), [twin.infohash]);
  });

  it('are none for a torrent of which nothing is proved', () => {
    const world = makeWorld([
      { metainfo: album, loaded: { isComplete: true }, receipts: [] },
      { metainfo: twin, isManaged: false, loaded: {} },
    ]);
    assert.deepEqual(details(world), []);
  });

  it('are none for receipts of torrents that are not managed any more', () => {
    const receipts = new Map([[album.infohash, makeReceipts(album, [0, 1])]]);
    const world = makeWorld([{ metainfo: twin, isManaged: false, loaded: {} }], { ledger: { receipts } });
    assert.deepEqual(details(world), []);
  });

  it('come in an order of their own', () => {
    const torrents = ['a', 'b', 'c', 'd'].map((name) => ({
      metainfo: makeMetainfo({ name }),
      loaded: { mode },
    }));
    const forwards = details(makeWorld(torrents));
    assert.deepEqual(details(makeWorld([...torrents].reverse())), forwards);
    assert.deepEqual(forwards, [...forwards].sort());
  });
});

describe('remotePathsWanted', () => {
  it('are those of files that are due', () => {
    assert.deepEqual(paths({ metainfo: album, loaded: { isComplete: true } }), [
      'album/file-0',
      'album/file-1',
    ]);
    assert.deepEqual(paths({ metainfo: album, loaded: { isComplete: true }, receipts: [0] }), [
      'album/file-1',
    ]);
    assert.deepEqual(paths({ metainfo: album, loaded: { mode }, detail: { pieces: [1] } }), ['album/file-1']);
  });

  it('go by the place of its own that a torrent was given', () => {
    const all = allSituations(makeWorld([{ metainfo: album, loaded: { isComplete: true }, receipts: [0] }]));
    const ledger = makeLedger({ placements: new Map([[album.infohash, asByteString('album.1234')]]) });
    assert.deepEqual(remotePathsWanted(all, makePolicy(), ledger, nowMs), ['album.1234/file-1']);
  });

  it('are none of a torrent that is paused', () => {
    const all = allSituations(makeWorld([{ metainfo: album, loaded: { isComplete: true } }]));
    const of = (wishes: Partial<Wishes>): readonly string[] =>
      remotePathsWanted(all, makePolicy(), makeLedger({ wishes: { ...noWishes, ...wishes } }), nowMs);
    assert.equal(of({}).length, 2);
    assert.deepEqual([of({ isAllPaused: true }), of({ paused: new Set([album.infohash]) })], [[], []]);
  });

  it('are none while nothing is complete, or all is proved', () => {
    assert.deepEqual(paths({ metainfo: album, loaded: {} }, { metainfo: beside }), []);
    assert.deepEqual(paths({ metainfo: album, loaded: { isComplete: true }, receipts: [0, 1] }), []);
  });

  it('are none of what is under way, or rests after a failure', () => {
    const loaded = { isComplete: true };
    assert.deepEqual(paths({ metainfo: album, loaded, jobs: [{}] }), []);
    assert.deepEqual(paths({ metainfo: album, loaded, failure: makeFailure() }), []);
    const rested = makeFailure({ retryAtMs: nowMs });
    assert.equal(paths({ metainfo: album, loaded, failure: rested }).length, 2);
  });
});

describe('mayBeDue', () => {
  it('is true of what is complete and of what is fetched in parts, and of nothing else', () => {
    assert.equal(mayBeDue(undefined), false);
    assert.equal(mayBeDue(makeTorrent(album)), false);
    assert.equal(mayBeDue(makeTorrent(album, { isComplete: true })), true);
    assert.equal(mayBeDue(makeTorrent(album, { mode })), true);
  });
});
