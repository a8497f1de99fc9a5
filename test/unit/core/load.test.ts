/** Loading one torrent whole: its needs, the room, and places that are taken. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadOrWait } from '../../../src/core/load.ts';
import type { ClaimedRoots } from '../../../src/core/overlap.ts';
import { claimedRoots } from '../../../src/core/overlap.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { blockBytes, infohashOf, makeLocal, makeMetainfo, makeWorld, mebibyte } from '../../support/world.ts';
import { situationIn, viewIn } from './situation-in.ts';

const film = makeMetainfo({ name: 'film', files: [16 * mebibyte] });

function nothingClaimed(): ClaimedRoots {
  return { byPath: new Map(), parents: new Map(), mangled: [] };
}

function load(
  roomBytes: number,
  spec: Omit<TorrentSpec, 'metainfo'> = {},
  claimed = nothingClaimed(),
): ReturnType<typeof loadOrWait> {
  const world = makeWorld([{ metainfo: film, ...spec }]);
  return loadOrWait(situationIn(world, film), roomBytes, claimed, blockBytes);
}

describe('loadOrWait', () => {
  it('loads what fits, to the byte, and reserves all that it may come to take', () => {
    const decision = load(16 * mebibyte);
    assert.equal(decision.kind, 'load');
    assert.ok('reservedBytes' in decision);
    assert.equal(decision.reservedBytes, 16 * mebibyte);
    assert.equal(decision.managed.metainfo, film);
  });

  it('waits with the figures where it does not fit', () => {
    const roomBytes = 16 * mebibyte - 1;
    assert.deepEqual(load(roomBytes), { kind: 'space', needBytes: 16 * mebibyte, roomBytes });
  });

  it('needs only what is not there yet', () => {
    const local = makeLocal(film, [10 * mebibyte]);
    const decision = load(6 * mebibyte, { local });
    assert.ok('reservedBytes' in decision);
    assert.equal(decision.reservedBytes, 6 * mebibyte);
    const more = load(0, { local: makeLocal(film, [20 * mebibyte]) });
    assert.ok('reservedBytes' in more);
    assert.equal(more.reservedBytes, 0);
  });

  it('needs nothing more for what lies there whole', () => {
    // Of 64 MiB in pieces of 16: it would take a block for its extents if it were written anew.
    const large = makeMetainfo({ name: 'large', isMultiFile: true, files: [64 * mebibyte] });
    const situation = situationIn(makeWorld([{ metainfo: large, local: makeLocal(large) }]), large);
    const decision = loadOrWait(situation, 0, nothingClaimed(), blockBytes);
    assert.ok(decision.kind === 'load', decision.kind);
    assert.equal(decision.reservedBytes, 0);
  });

  it('is not loaded over another torrent', () => {
    const other = makeMetainfo({ name: 'film', infohash: infohashOf('other') });
    const view = viewIn(makeWorld([{ metainfo: other, isManaged: false, loaded: {} }]));
    const claimed = claimedRoots(view, new Map());
    assert.deepEqual(load(16 * mebibyte, {}, claimed), { kind: 'path-taken', path: '/downloads/film' });
  });

  it('takes its place, for the others of the same pass', () => {
    const claimed = nothingClaimed();
    load(16 * mebibyte, {}, claimed);
    assert.deepEqual([...claimed.byPath], [['/downloads/film', film.infohash]]);
  });

  it('takes no place while it waits', () => {
    const claimed = nothingClaimed();
    load(0, {}, claimed);
    assert.equal(claimed.byPath.size, 0);
  });
});
