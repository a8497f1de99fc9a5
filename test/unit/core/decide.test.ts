/** The decision about one torrent: every state it can be in, and what comes of it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { closedMode, partsMode, streamMode } from '../../../src/core/parts.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import { makeDuty, makeFailure, makeLocal, makeReceipts, mebibyte, nowMs } from '../../support/world.ts';
import { album, decision, kindOf } from './decision.ts';

const mode = asByteString(partsMode);
const complete = { isComplete: true };
/** Too small for the album as a whole. */
const tight = { spaceLimitBytes: 32 * mebibyte };

describe('what comes first', () => {
  it('is work under way: nothing else is begun with the torrent', () => {
    const jobs = [{ kind: 'prove', doneBytes: 5, totalBytes: 10 } as const];
    const expected = { kind: 'job', job: 'prove', doneBytes: 5, totalBytes: 10 };
    assert.deepEqual(decision({ jobs, loaded: complete }), expected);
    assert.deepEqual(decision({ jobs, receipts: [0, 1, 2], failure: makeFailure() }), expected);
  });

  it('is the rest after a failure, until it is over', () => {
    const failure = makeFailure();
    assert.deepEqual(decision({ loaded: complete, failure }), { kind: 'retry', failure });
    assert.equal(kindOf({ receipts: [0, 1, 2], failure }), 'retry');
    assert.equal(kindOf({ failure }), 'retry');
    assert.equal(kindOf({ loaded: complete, failure: makeFailure({ retryAtMs: nowMs }) }), 'ship');
    assert.equal(kindOf({ loaded: complete, failure: makeFailure({ atMs: nowMs + 1 }) }), 'ship');
  });

  it('is to leave alone what is paused, whatever could be done with it', () => {
    const ledger = { wishes: { ...noWishes, paused: new Set([album.infohash]) } };
    for (const spec of [{}, { loaded: complete }, { loaded: {} }, { failure: makeFailure() }]) {
      assert.deepEqual(decision(spec, {}, { ledger }), { kind: 'paused' });
    }
    const receipts = new Map([[album.infohash, makeReceipts(album, [0, 1, 2])]]);
    assert.equal(kindOf({ loaded: complete }, {}, { ledger: { ...ledger, receipts } }), 'paused');
    assert.equal(kindOf({ loaded: complete, jobs: [{}] }, {}, { ledger }), 'job');
  });

  it('is to take out what is left of a stream, though it is paused: what it claims to have may be gone', () => {
    const ledger = { wishes: { ...noWishes, paused: new Set([album.infohash]) } };
    const left = { mode: asByteString(streamMode), isStarted: false, isActive: false };
    assert.equal(kindOf({ loaded: left }, {}, { ledger }), 'unload');
  });

  it('is to load anew what was closed for a purge of which the proofs are lost, and not what was stopped by hand', () => {
    const loaded = { isOpen: false, isActive: false, isStarted: false };
    for (const limits of [{}, tight]) {
      assert.equal(kindOf({ loaded: { ...loaded, mode: asByteString(closedMode) } }, limits), 'unload');
    }
    assert.equal(kindOf({ loaded }), 'stopped');
    const receipts = [0, 1, 2];
    assert.equal(kindOf({ loaded: { ...loaded, mode: asByteString(closedMode) }, receipts }), 'purge');
  });

  it('is the end of what is proved whole, whatever rtorrent does with it', () => {
    const receipts = [0, 1, 2];
    assert.equal(kindOf({ receipts }), 'retire');
    assert.equal(kindOf({ receipts, local: makeLocal(album) }), 'purge');
    assert.equal(kindOf({ receipts, loaded: complete }, { duty: makeDuty({ requiredRatio: 2 }) }), 'purge');
    assert.equal(kindOf({ receipts, loaded: { isActive: false, isStarted: false } }), 'purge');
    assert.equal(kindOf({ receipts, loaded: { mode } }, tight), 'purge');
  });
});

describe('a torrent that is not in rtorrent', () => {
  it('wants to be, whole or in parts', () => {
    assert.deepEqual(decision({}), { kind: 'load-whole' });
    assert.deepEqual(decision({}, tight), { kind: 'load-parts' });
    assert.deepEqual(decision({ receipts: [1] }), { kind: 'load-parts' });
  });
});

describe('a torrent that is loaded whole', () => {
  it('downloads', () => {
    assert.deepEqual(decision({ loaded: { completedBytes: 7 } }), {
      kind: 'downloading',
      doneBytes: 7,
      totalBytes: 48 * mebibyte,
    });
  });

  it('is checked, and nothing is concluded meanwhile', () => {
    assert.equal(kindOf({ loaded: { isHashing: true } }), 'hashing');
    assert.equal(kindOf({ loaded: { isHashing: true, isComplete: true } }), 'hashing');
    assert.equal(kindOf({ loaded: { isHashing: true, isActive: false } }), 'hashing');
    assert.equal(kindOf({ loaded: { isHashing: true }, local: makeLocal(album) }, tight), 'hashing');
  });

  it('stays stopped where a person stopped it', () => {
    assert.equal(kindOf({ loaded: { isStarted: false, isActive: false, isOpen: false } }), 'stopped');
  });

  it('stays stopped also when it is complete but short of its ratio', () => {
    const loaded = { isComplete: true, isStarted: false, isActive: false };
    assert.equal(kindOf({ loaded }, { duty: makeDuty({ requiredRatio: 1 }) }), 'stopped');
    assert.equal(
      kindOf(
        { loaded: { ...loaded, uploadedBytes: 48 * mebibyte } },
        { duty: makeDuty({ requiredRatio: 1 }) },
      ),
      'ship',
    );
  });

  it('waits for the user where some of its files are switched off and all others are here', () => {
    assert.equal(kindOf({ loaded: { isPartiallyDone: true } }), 'partly-wanted');
    assert.equal(kindOf({ loaded: { isPartiallyDone: true, isStarted: false } }), 'stopped');
  });

  it('seeds until its ratio is reached', () => {
    const loaded = { isComplete: true, uploadedBytes: 48 * mebibyte - 1 };
    assert.deepEqual(decision({ loaded }, { duty: makeDuty({ requiredRatio: 1 }) }), {
      kind: 'ratio',
      ratio: (48 * mebibyte - 1) / (48 * mebibyte),
      seededMs: 0,
      terms: makeDuty({ requiredRatio: 1 }),
      isShipped: false,
    });
    assert.equal(
      kindOf(
        { loaded: { ...loaded, uploadedBytes: 48 * mebibyte } },
        { duty: makeDuty({ requiredRatio: 1 }) },
      ),
      'ship',
    );
  });

  it('is shipped when complete, also while it is stopped and its path is forgotten', () => {
    const loaded = { isComplete: true, isStarted: false, isActive: false, isOpen: false };
    const action = decision({ loaded });
    assert.equal(action.kind, 'ship');
    assert.ok('directory' in action);
    assert.equal(action.directory, '/downloads/album');
  });

  it('is proved when the remote has it', () => {
    const sizes = Object.fromEntries([0, 1, 2].map((index) => [`album/file-${index}`, 16 * mebibyte]));
    assert.equal(kindOf({ loaded: complete }, {}, { remote: sizes }), 'prove');
  });

  it('is shipped as it stands when complete, however large', () => {
    assert.equal(kindOf({ loaded: complete, local: makeLocal(album) }, tight), 'ship');
  });

  it('is taken out when it is too large, to be fetched in parts', () => {
    assert.equal(kindOf({ loaded: {} }, tight), 'unload');
  });

  it('is taken out when it is too large also where a person stopped it', () => {
    assert.equal(kindOf({ loaded: { isStarted: false, isActive: false } }, tight), 'unload');
  });
});

describe('a torrent that the low-diskspace guard closed', () => {
  const loaded = { isActive: false, isOpen: false, message: asByteString('Low diskspace.') };

  it('wants to start again', () => {
    assert.deepEqual(decision({ loaded }), { kind: 'restart' });
  });

  it('does not where it would never fit: it is fetched in parts', () => {
    assert.equal(kindOf({ loaded }, tight), 'unload');
  });
});

describe('a torrent that is fetched in parts', () => {
  const loaded = { mode };
  const detail = { pieces: [0], selected: [0, 1] };

  it('wants to go on, whatever is under way, selected, whole or proved', () => {
    assert.deepEqual(decision({ loaded, detail }, tight), { kind: 'window' });
    assert.deepEqual(decision({ loaded, detail, jobs: [{ files: [0] }] }, tight), { kind: 'window' });
    assert.deepEqual(decision({ loaded, detail, receipts: [0, 1] }, tight), { kind: 'window' });
  });

  it('is not loaded whole again when the limit has grown', () => {
    assert.equal(kindOf({ loaded, detail }), 'window');
  });

  it('is selected anew where nothing is selected: that proves nothing, and nothing is purged', () => {
    assert.equal(kindOf({ loaded, detail: { selected: [] } }, tight), 'unload');
    assert.equal(kindOf({ loaded, detail: { selected: [] }, receipts: [0] }, tight), 'unload');
  });

  it('is checked, and nothing is concluded meanwhile', () => {
    const checked = { ...loaded, isHashing: true };
    assert.equal(kindOf({ loaded: checked, detail: { pieces: 'all' } }, tight), 'hashing');
    assert.equal(kindOf({ loaded: checked }, tight), 'hashing');
  });

  it('stays stopped where a person stopped it', () => {
    const stopped = { ...loaded, isStarted: false, isActive: false };
    assert.equal(kindOf({ loaded: stopped, detail: { selected: [0] } }, tight), 'stopped');
  });

  it('starts anew from what the disk holds when it was closed', () => {
    assert.equal(
      kindOf({ loaded: { ...loaded, isActive: false }, detail: { selected: [0] } }, tight),
      'unload',
    );
  });

  it('starts anew from what the disk holds when rtorrent was started anew, unless a person stopped it', () => {
    const fromSession = { ...detail, isAsLoaded: false };
    assert.equal(kindOf({ loaded, detail: fromSession }, tight), 'unload');
    const stopped = { ...loaded, isStarted: false, isActive: false };
    assert.equal(kindOf({ loaded: stopped, detail: fromSession }, tight), 'stopped');
  });

  it('does nothing beside what is under way where it cannot go on', () => {
    const jobs = [{ files: [1] }];
    const paused = { wishes: { ...noWishes, paused: new Set([album.infohash]) } };
    assert.equal(kindOf({ loaded: { ...loaded, isActive: false }, detail, jobs }, tight), 'job');
    assert.equal(kindOf({ loaded: { ...loaded, isHashing: true }, detail, jobs }, tight), 'job');
    assert.equal(kindOf({ loaded, jobs }, tight), 'job');
    assert.equal(kindOf({ loaded, detail: { ...detail, isAsLoaded: false }, jobs }, tight), 'job');
    assert.equal(kindOf({ loaded, detail, jobs, failure: makeFailure() }, tight), 'job');
    assert.equal(kindOf({ loaded, detail, jobs }, tight, { ledger: paused }), 'job');
  });
});
