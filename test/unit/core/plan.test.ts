/** The plan: order, room, turns and slots among several torrents, and what is done when something was not seen. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Plan } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { TorrentSpec, WorldSpec } from '../../support/world.ts';
import {
  gibibyte,
  infohashOf,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';

const complete = { isComplete: true };

function planned(torrents: readonly TorrentSpec[], policy: Partial<Policy> = {}, rest: WorldSpec = {}): Plan {
  return plan(makeWorld(torrents, rest), makePolicy(policy));
}

/** `name: action`, in the order of the plan. */
function actionsOf({ actions }: Plan): readonly string[] {
  return actions.map(({ managed, kind }) => `${managed.metainfo.name}: ${kind}`);
}

/** `name: reason`, by name. */
function waitsOf({ waits }: Plan): readonly string[] {
  return waits.map(({ managed, reason }) => `${managed.metainfo.name}: ${reason.kind}`).sort();
}

/** A torrent of one file of so many MiB. */
function ofSize(name: string, mebibytes: number, spec: Omit<TorrentSpec, 'metainfo'> = {}): TorrentSpec {
  return { metainfo: makeMetainfo({ name, files: [mebibytes * mebibyte] }), ...spec };
}

/** It is complete, and all of it is here. */
function whole(mebibytes: number): Omit<TorrentSpec, 'metainfo'> {
  const { metainfo } = ofSize('whole', mebibytes);
  return { loaded: complete, local: makeLocal(metainfo) };
}

describe('loading', () => {
  it('goes smallest first, and what does not fit waits with what is left', () => {
    const result = planned([ofSize('c', 30), ofSize('a', 10), ofSize('d', 40), ofSize('b', 20)], {
      spaceLimitBytes: 65 * mebibyte,
    });
    assert.deepEqual(actionsOf(result), ['a: load', 'b: load', 'c: load']);
    assert.deepEqual(
      result.waits.map(({ reason }) => reason),
      [{ kind: 'space', needBytes: 40 * mebibyte, roomBytes: 5 * mebibyte }],
    );
  });

  it('leaves the room that loaded torrents may still come to take', () => {
    const loading = ofSize('loading', 40, {
      loaded: {},
      local: makeLocal(ofSize('loading', 40).metainfo, [1]),
    });
    const result = planned([loading, ofSize('a', 10), ofSize('b', 20)], { spaceLimitBytes: 60 * mebibyte });
    assert.deepEqual(actionsOf(result), ['a: load']);
    assert.deepEqual(waitsOf(result), ['b: space', 'loading: downloading']);
    assert.equal(result.space?.roomBytes, 20 * mebibyte);
  });

  it('does not spend what a purge of the same pass will free', () => {
    const done = makeMetainfo({ name: 'done', files: [40 * mebibyte] });
    const result = planned(
      [{ metainfo: done, loaded: complete, local: makeLocal(done), receipts: [0] }, ofSize('a', 30)],
      { spaceLimitBytes: 50 * mebibyte },
    );
    assert.deepEqual(actionsOf(result), ['done: purge']);
    assert.deepEqual(waitsOf(result), ['a: space']);
  });

  it('loads one of two that would lie in one place', () => {
    const twin = {
      metainfo: makeMetainfo({ name: 'a', infohash: infohashOf('twin'), files: [12 * mebibyte] }),
    };
    const result = planned([ofSize('a', 10), twin]);
    assert.deepEqual(actionsOf(result), ['a: load']);
    assert.deepEqual(
      result.waits.map(({ reason }) => reason),
      [{ kind: 'path-taken', path: '/downloads/a' }],
    );
  });

  it('loads nothing over what somebody else has loaded', () => {
    const somebodys = { metainfo: makeMetainfo({ name: 'a', infohash: infohashOf('other') }) };
    const result = planned([{ ...somebodys, isManaged: false, loaded: complete }, ofSize('a', 10)]);
    assert.deepEqual(actionsOf(result), []);
    assert.deepEqual(waitsOf(result), ['a: path-taken']);
  });
});

describe('starting again what the low-diskspace guard closed', () => {
  const closed = { isActive: false, isOpen: false };
  /** So much is free beyond the reserve. */
  const free = (mebibytes: number): WorldSpec => ({ disk: { freeBytes: mebibytes * mebibyte + gibibyte } });

  it('goes by what is still to come, to the byte', () => {
    const { metainfo } = ofSize('a', 40);
    const torrent = { metainfo, loaded: closed, local: makeLocal(metainfo, [10 * mebibyte]) };
    assert.deepEqual(actionsOf(planned([torrent], {}, free(30))), ['a: start']);
    assert.deepEqual(planned([torrent, ofSize('whole', 60, whole(60))], {}, free(29)).waits[0]?.reason, {
      kind: 'low-diskspace',
      needBytes: 30 * mebibyte,
      roomBytes: 29 * mebibyte,
    });
  });

  it('goes one by one, smallest first, as far as there is room for all that they want', () => {
    const result = planned(
      [ofSize('b', 61, { loaded: closed }), ofSize('a', 60, { loaded: closed })],
      {},
      free(100),
    );
    assert.deepEqual(actionsOf(result), ['a: start']);
    assert.deepEqual(waitsOf(result), ['b: low-diskspace']);
  });

  it('leaves the room of what is downloading', () => {
    const result = planned(
      [ofSize('a', 60, { loaded: closed }), ofSize('b', 61, { loaded: {} })],
      {},
      free(100),
    );
    assert.deepEqual(actionsOf(result), []);
    assert.deepEqual(waitsOf(result), ['a: low-diskspace', 'b: downloading']);
  });
});

describe('the order of a plan', () => {
  it('begins transfers first, then does what takes a moment, and asks the remote once more last', () => {
    const parts = makeMetainfo({ name: 'oversize', files: [60, 60].map((size) => size * mebibyte) });
    const there = ofSize('there', 3);
    const result = planned(
      [
        { metainfo: parts },
        ofSize('new', 1),
        ofSize('closed', 5, { loaded: { isActive: false } }),
        ofSize('whole', 150, { loaded: {} }),
        ofSize('shipping', 2, { loaded: complete }),
        ofSize('there', 3, { loaded: complete }),
        ofSize('proved', 4, { loaded: complete, receipts: [0] }),
        ofSize('gone', 6, { receipts: [0] }),
      ],
      { spaceLimitBytes: 100 * mebibyte },
      { remote: { there: there.metainfo.totalBytes } },
    );
    assert.deepEqual(actionsOf(result), [
      'there: prove',
      'shipping: ship',
      'whole: unload',
      'closed: start',
      'gone: retire',
      'proved: purge',
    ]);
    // What is loaded whole and too large holds the room until it is out.
    assert.deepEqual(waitsOf(result), ['new: space', 'oversize: space']);
  });

  it('loads whole torrents before it selects parts of others', () => {
    const parts = makeMetainfo({ name: 'oversize', files: [40, 40, 40].map((size) => size * mebibyte) });
    const result = planned([{ metainfo: parts }, ofSize('new', 10)], { spaceLimitBytes: 100 * mebibyte });
    assert.deepEqual(actionsOf(result), ['new: load', 'oversize: select']);
  });
});

describe('transfer slots', () => {
  const torrents = ['a', 'b', 'c', 'd'].map((name, index) => ofSize(name, index + 1, { loaded: complete }));

  it('are handed out smallest first, those of shipping apart from those of proving', () => {
    const result = planned(torrents, { maxTransfers: 2 }, { remote: { b: 2 * mebibyte } });
    assert.deepEqual(actionsOf(result), ['b: prove', 'a: ship', 'c: ship']);
    assert.deepEqual(waitsOf(result), ['d: transfer-slot']);
  });

  it('are held by work that is under way', () => {
    const busy = ofSize('busy', 9, { loaded: complete, jobs: [{}] });
    const result = planned([...torrents, busy], { maxTransfers: 2 });
    assert.deepEqual(actionsOf(result), ['a: ship']);
    assert.deepEqual(waitsOf(result), [
      'b: transfer-slot',
      'busy: job',
      'c: transfer-slot',
      'd: transfer-slot',
    ]);
    const full = planned([...torrents, busy], { maxTransfers: 1 });
    assert.deepEqual(actionsOf(full), []);
  });

  it('are free once the last byte is handed over, but as many transfers may be at their end as have slots', () => {
    const ending = { totalBytes: 100, doneBytes: 100 };
    const one = ofSize('one', 9, { loaded: complete, jobs: [ending] });
    const more = [one, ofSize('two', 9, { loaded: complete, jobs: [ending] })];
    assert.deepEqual(actionsOf(planned([...torrents, one], { maxTransfers: 1 })), ['a: ship']);
    assert.deepEqual(actionsOf(planned([...torrents, ...more], { maxTransfers: 1 })), []);
    assert.deepEqual(actionsOf(planned([...torrents, ...more], { maxTransfers: 2 })), ['a: ship', 'b: ship']);
  });

  it('of proofs are held to the end: the other disk may still be read', () => {
    const proving = { kind: 'prove', totalBytes: 100, doneBytes: 100 } as const;
    const busy = ofSize('busy', 9, { loaded: complete, jobs: [proving] });
    const result = planned([...torrents, busy], { maxTransfers: 1 }, { remote: { b: 2 * mebibyte } });
    assert.deepEqual(actionsOf(result), ['a: ship']);
  });

  it('are not given to two torrents of one name at once: the second one has to see the first', () => {
    const twin = makeMetainfo({ name: 'a', infohash: infohashOf('twin'), files: [7 * mebibyte] });
    const reportedDirectory = asByteString('/elsewhere');
    const twins = [
      ofSize('a', 1, { loaded: complete }),
      { metainfo: twin, loaded: { ...complete, reportedDirectory } },
    ];
    const result = planned(twins);
    assert.deepEqual(actionsOf(result), ['a: ship']);
    assert.deepEqual(waitsOf(result), ['a: transfer-slot']);
    const busy = planned([ofSize('a', 1, { loaded: complete, jobs: [{}] }), twins[1]!], { maxTransfers: 5 });
    assert.deepEqual(actionsOf(busy), []);
    assert.deepEqual(waitsOf(busy), ['a: job', 'a: transfer-slot']);
  });

  it('are not needed to purge', () => {
    const result = planned([ofSize('a', 1, { loaded: complete, receipts: [0] })], { maxTransfers: 0 });
    assert.deepEqual(actionsOf(result), ['a: purge']);
  });
});

describe('what was not seen', () => {
  const torrents = [
    ofSize('new', 1),
    ofSize('done', 2, { loaded: complete }),
    ofSize('proved', 3, { loaded: complete, receipts: [0] }),
    ofSize('gone', 4, { receipts: [0] }),
    ofSize('stranger', 5, { isManaged: false, loaded: complete }),
  ];
  const unseen = { seen: false, reason: 'no answer', remedy: 'start it' } as const;
  const policy = makePolicy();

  for (const part of ['rtorrent', 'disk'] as const) {
    it(`stops everything where it is ${part}`, () => {
      const result = plan({ ...makeWorld(torrents), [part]: unseen }, policy);
      assert.deepEqual(result.actions, []);
      assert.equal(result.space, undefined);
      assert.deepEqual(
        result.waits.map(({ managed, reason }) => [managed.metainfo.name, reason]),
        ['new', 'done', 'proved', 'gone'].map((name) => [
          name,
          { kind: `${part}-unseen`, reason: 'no answer', remedy: 'start it' },
        ]),
      );
    });
  }

  it('stops shipping and proving where it is the remote, and nothing that has its receipts', () => {
    const result = plan({ ...makeWorld(torrents), remote: unseen }, policy);
    assert.deepEqual(actionsOf(result), ['new: load', 'gone: retire', 'proved: purge']);
    assert.deepEqual(waitsOf(result), ['done: remote-unseen']);
  });
});

describe('each torrent alone', () => {
  it('is not held up by one that rests, is stopped, or meets a file of others on the remote', () => {
    const result = planned(
      [
        ofSize('conflict', 1, { loaded: complete }),
        ofSize('resting', 2, { failure: makeFailure() }),
        ofSize('stopped', 3, { loaded: { isStarted: false, isActive: false } }),
        ofSize('fine', 4, { loaded: complete }),
        ofSize('new', 5),
      ],
      {},
      { remote: { conflict: 5 } },
    );
    assert.deepEqual(actionsOf(result), ['fine: ship', 'conflict: place', 'new: load']);
    assert.deepEqual(waitsOf(result), ['resting: retry', 'stopped: stopped']);
  });
});
