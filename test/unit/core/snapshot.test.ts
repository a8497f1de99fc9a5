/** Snapshots: what was not seen has no value that anyone could take for an empty one. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observed, RtorrentView } from '../../../src/core/snapshot.ts';
import { makeMetainfo, makeView, makeWorld } from '../../support/world.ts';

/** Reads a value without looking whether there is one: must not compile. */
function careless(observed: Observed<RtorrentView>): RtorrentView | undefined {
  // @ts-expect-error `value` is there only after a look at `seen`.
  return observed.value as RtorrentView | undefined;
}

describe('Observed', () => {
  it('has no value where nothing was seen, and cannot be read carelessly', () => {
    const view = makeView();
    assert.equal(careless({ seen: true, value: view }), view);
    assert.equal(careless({ seen: false, reason: 'no answer' }), undefined);
  });
});

describe('a world of the tests', () => {
  it('shows an unmanaged torrent to rtorrent alone', () => {
    const metainfo = makeMetainfo();
    const world = makeWorld([{ metainfo, isManaged: false, loaded: {} }]);
    assert.equal(world.managed.size, 0);
    assert.ok(world.rtorrent.seen && world.rtorrent.value.torrents.has(metainfo.infohash));
  });
});
