/** Which torrents are fetched in parts. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFetchedInParts, partsMode } from '../../../src/core/parts.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { blockBytes, gibibyte, makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

const metainfo = makeMetainfo({ files: [16 * mebibyte, 16 * mebibyte] });

function isInParts(
  spec: Omit<TorrentSpec, 'metainfo'>,
  spaceLimitBytes: number,
  freeBytes = 100 * gibibyte,
): boolean {
  const world = makeWorld([{ metainfo, ...spec }], { disk: { freeBytes } });
  const policy = makePolicy({ spaceLimitBytes });
  const { space } = surroundingsIn(world, policy);
  return isFetchedInParts(situationIn(world, metainfo), space, policy, blockBytes);
}

describe('isFetchedInParts', () => {
  it('is true of what is larger than the limit, to the byte', () => {
    assert.equal(isInParts({}, 32 * mebibyte), false);
    assert.equal(isInParts({}, 32 * mebibyte - 1), true);
    assert.equal(isInParts({ loaded: {} }, 32 * mebibyte - 1), true);
  });

  it('goes by what the filesystem has, but for what is downloading: that may come back', () => {
    const limit = 64 * mebibyte;
    assert.equal(isInParts({}, limit, 0), true);
    assert.equal(isInParts({ loaded: { isActive: false } }, limit, 0), true);
    assert.equal(isInParts({ loaded: {} }, limit, 0), false);
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
