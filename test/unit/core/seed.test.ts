/** Seeding on: what was shipped before its duty was done stays until it is. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { makeDuty, makeLocal, makeReceipts, nowMs } from '../../support/world.ts';
import { album, decision, kindOf } from './decision.ts';

const complete = { isComplete: true };

describe('a torrent that is shipped when complete', () => {
  it('seeds on after it was shipped, where the user wants it so, until its duty is done', () => {
    const policy = { duty: makeDuty({ requiredRatio: 1 }), shipWhen: 'completed' } as const;
    const receipts = [0, 1, 2];
    const seeding = decision({ loaded: complete, receipts }, policy);
    assert.ok(seeding.kind === 'ratio' && seeding.isShipped);
    assert.equal(kindOf({ loaded: complete }, policy), 'ship');
    const done = { isComplete: true, uploadedBytes: album.totalBytes };
    assert.equal(kindOf({ loaded: done, receipts, local: makeLocal(album) }, policy), 'purge');
    const stopped = { ...complete, isStarted: false, isActive: false };
    assert.equal(kindOf({ loaded: stopped, receipts }, policy), 'stopped');
    assert.equal(kindOf({ loaded: { isHashing: true }, receipts }, policy), 'hashing');
    // It cannot seed any more: some of it has gone, or rtorrent has forgotten it.
    assert.equal(kindOf({ loaded: {}, receipts }, policy), 'purge');
    const gutted = { ...stopped, isOpen: false };
    assert.equal(kindOf({ loaded: gutted, local: makeLocal(album, [1, 1]), receipts }, policy), 'purge');
    assert.equal(kindOf({ receipts, local: makeLocal(album) }, policy), 'purge');
    // A purge was begun.
    const begun = {
      step: 'purge',
      directory: asByteString('/downloads/album'),
      atMs: nowMs,
      uploadedBytes: 0,
    } as const;
    const ledger = {
      intents: new Map([[album.infohash, begun]]),
      receipts: new Map([[album.infohash, makeReceipts(album, receipts)]]),
    };
    assert.equal(kindOf({ loaded: stopped }, policy, { ledger }), 'purge');
  });
});
