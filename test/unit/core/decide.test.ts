/** The decision about one torrent: every state it can be in, and what comes of it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { decide } from '../../../src/core/decide.ts';
import { partsMode } from '../../../src/core/parts.ts';
import type { Policy } from '../../../src/core/policy.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import type { TorrentSpec, WorldSpec } from '../../support/world.ts';
import {
  makeDuty,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeReceipts,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

const album = makeMetainfo({ name: 'album', files: [16 * mebibyte, 16 * mebibyte, 16 * mebibyte] });
const mode = asByteString(partsMode);
const complete = { isComplete: true };
/** Too small for the album as a whole. */
const tight = { spaceLimitBytes: 32 * mebibyte };

function decision(
  spec: Omit<TorrentSpec, 'metainfo'>,
  policy: Partial<Policy> = {},
  rest: WorldSpec = {},
): ReturnType<typeof decide> {
  const world = makeWorld([{ metainfo: album, ...spec }], rest);
  return decide(situationIn(world, album), surroundingsIn(world, makePolicy(policy)));
}

function kindOf(...question: Parameters<typeof decision>): string {
  return decision(...question).kind;
}

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

  it('waits for its batch', () => {
    assert.deepEqual(decision({ loaded, detail: { selected: [0, 1] } }, tight), {
      kind: 'batch',
      files: 2,
      doneBytes: 0,
      totalBytes: 32 * mebibyte,
    });
  });

  it('ships a file as soon as it is whole', () => {
    const action = decision({ loaded, detail: { pieces: [1], selected: [0, 1] } }, tight);
    assert.equal(action.kind, 'ship');
    assert.ok('files' in action && typeof action.files !== 'number');
    assert.equal(action.files.length, 1);
  });

  const arrived = { remote: { 'album/file-0': 16 * mebibyte, 'album/file-1': 16 * mebibyte } };
  const ours = { shipments: new Map([[asByteString('album/file-0'), album.infohash]]) };
  const shipping = { id: 'ship-1', files: [1] };

  it('proves one batch while the next is sent', () => {
    const spec = { loaded, detail: { pieces: [0, 1] }, jobs: [shipping], receipts: [2] };
    const action = decision(spec, { ...tight }, { ...arrived, ledger: ours });
    assert.ok(action.kind === 'prove', action.kind);
    assert.deepEqual(
      action.files.map(({ index }) => index),
      [0],
    );
  });

  it('begins nothing but transfers beside those under way: no end, no unload, nothing after a failure', () => {
    const jobs = [shipping];
    const detail = { pieces: [0, 1], selected: [0, 1] };
    assert.equal(kindOf({ loaded, detail, jobs, receipts: [0, 1] }, tight), 'job');
    // As long as nothing is proved, a proof may move it elsewhere.
    assert.equal(kindOf({ loaded, detail, jobs }, tight, arrived), 'job');
    assert.equal(
      kindOf({ loaded: { ...loaded, isActive: false }, detail, jobs, receipts: [2] }, tight),
      'job',
    );
    assert.equal(kindOf({ loaded, detail, jobs, receipts: [2], failure: makeFailure() }, tight), 'job');
    assert.equal(kindOf({ loaded, detail: { pieces: [1] }, jobs }, tight), 'job');
  });

  it('ships in orders of an eighth of what it may take, but of one file at least', () => {
    const many = makeMetainfo({
      name: 'many',
      pieceLengthBytes: mebibyte,
      files: Array<number>(32).fill(mebibyte),
    });
    const shippedOf = (selected: readonly number[]): number => {
      const world = makeWorld([{ metainfo: many, loaded, detail: { pieces: 'all', selected } }]);
      const action = decide(situationIn(world, many), surroundingsIn(world, makePolicy(tight)));
      assert.ok(action.kind === 'ship', action.kind);
      return action.files.length;
    };
    assert.equal(shippedOf(many.files.map(({ index }) => index)), 4);
    assert.equal(shippedOf([3, 5]), 1);
  });

  it('goes on fetching while what is whole is proved', () => {
    const spec = { loaded, detail: { pieces: [1], selected: [0, 1] }, receipts: [1] };
    assert.deepEqual(decision(spec, tight), {
      kind: 'batch',
      files: 2,
      doneBytes: 16 * mebibyte,
      totalBytes: 32 * mebibyte,
    });
  });

  it('is purged once every selected file is proved, by the receipts it has', () => {
    const action = decision(
      { loaded, detail: { pieces: [0, 1], selected: [0, 1] }, receipts: [0, 1] },
      tight,
    );
    assert.ok(action.kind === 'purge', action.kind);
    assert.deepEqual(
      action.files.map((file) => file.index),
      [0, 1],
    );
    assert.equal(action.isLoaded, true);
  });

  it('is purged by receipts in file order, however the ledger lists them', () => {
    const purgedBy = (order: readonly number[]): readonly number[] => {
      const receipts = new Map([[album.infohash, makeReceipts(album, order)]]);
      const action = decision({ loaded, detail: { selected: [0, 1] } }, tight, { ledger: { receipts } });
      assert.ok(action.kind === 'purge', action.kind);
      return action.receipts.map((receipt) => receipt.fileIndex);
    };
    assert.deepEqual(purgedBy([1, 0]), [0, 1]);
    assert.deepEqual(purgedBy([0, 1]), [0, 1]);
  });

  it('is selected anew where nothing is selected: that proves nothing, and nothing is purged', () => {
    assert.equal(kindOf({ loaded, detail: { selected: [] } }, tight), 'unload');
    assert.equal(kindOf({ loaded, detail: { selected: [] }, receipts: [0] }, tight), 'unload');
  });

  it('is not loaded whole again when the limit has grown', () => {
    assert.equal(kindOf({ loaded, detail: { selected: [0] } }), 'batch');
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
});
