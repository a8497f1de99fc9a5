/** Which torrents are fetched in parts. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFetchedInParts, partsMode } from '../../../src/core/parts.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { blockBytes, makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

const metainfo = makeMetainfo({ files: [16 * mebibyte, 16 * mebibyte] });

function isInParts(spec: Omit<TorrentSpec, 'metainfo'>, spaceLimitBytes: number): boolean {
  const world = makeWorld([{ metainfo, ...spec }]);
  const { space } = surroundingsIn(world, makePolicy({ spaceLimitBytes }));
  return isFetchedInParts(situationIn(world, metainfo), space, blockBytes);
}

describe('isFetchedInParts', () => {
  it('is true of what is larger than the limit, to the byte', () => {
    assert.equal(isInParts({}, 32 * mebibyte), false);
    assert.equal(isInParts({}, 32 * mebibyte - 1), true);
    assert.equal(isInParts({ loaded: {} }, 32 * mebibyte - 1), true);
  });

  it('is false of what is complete here, however large', () => {
    assert.equal(isInParts({ loaded: { isComplete: true } }, mebibyte), false);
  });

  it('stays true of what was loaded so, whatever the limit has become', () => {
    const loaded = { mode: asByteString(partsMode) };
    assert.equal(isInParts({ loaded }, 32 * mebibyte), true);
    assert.equal(isInParts({ loaded: { ...loaded, isComplete: true } }, 32 * mebibyte), true);
  });

  it('is true of what was shipped in part and has left rtorrent: it never becomes whole again', () => {
    assert.equal(isInParts({ receipts: [0] }, 32 * mebibyte), true);
    assert.equal(isInParts({ receipts: [0], loaded: {} }, 32 * mebibyte), false);
  });
});
