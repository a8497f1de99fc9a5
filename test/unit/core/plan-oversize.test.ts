/** The plan for torrents that are too large: one at a time, in runs of files, and none that holds up another. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Plan } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { plan } from '../../../src/core/plan.ts';
import type { TorrentSpec, WorldSpec } from '../../support/world.ts';
import {
  infohashOf,
  makeDuty,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';

const loaded = { mode: asByteString(partsMode) };
const policy = makePolicy({ spaceLimitBytes: 100 * mebibyte });

/** A torrent of files of so many MiB each. */
function ofFiles(
  name: string,
  mebibytes: readonly number[],
  spec: Omit<TorrentSpec, 'metainfo'> = {},
): TorrentSpec {
  const files = mebibytes.map((size) => size * mebibyte);
  return { metainfo: makeMetainfo({ name, isMultiFile: true, files }), ...spec };
}

function planned(torrents: readonly TorrentSpec[], rest: WorldSpec = {}): Plan {
  return plan(makeWorld(torrents, rest), policy);
}

/** `name: what`, of actions and waits alike, by name. */
function outcomeOf({ actions, waits }: Plan): readonly string[] {
  return [
    ...actions.map((action) => `${action.managed.metainfo.name}: ${action.kind}`),
    ...waits.map(({ managed, reason }) => `${managed.metainfo.name}: ${reason.kind}`),
  ].sort();
}

function selectedBy({ actions }: Plan): readonly number[] {
  const select = actions.find((action) => action.kind === 'select');
  assert.ok(select !== undefined);
  return select.files;
}

/** The same torrents after the plan has deleted what it tidies. */
function tidied(torrents: readonly TorrentSpec[], { actions }: Plan): readonly TorrentSpec[] {
  const gone = new Map(
    actions.flatMap((action) =>
      action.kind === 'tidy'
        ? [[action.managed.metainfo.infohash, new Set(action.files.map((file) => file.index))] as const]
        : [],
    ),
  );
  return torrents.map((torrent) => {
    const { metainfo, local } = torrent;
    if (local === undefined) return torrent;
    const left = local.files.map((file, index) =>
      gone.get(metainfo.infohash)?.has(index) === true ? undefined : file?.allocatedBytes,
    );
    return { ...torrent, local: makeLocal(metainfo, left) };
  });
}

/** What is planned again and again as long as something is tidied: the outcomes, and the last plan. */
function settled(
  torrents: readonly TorrentSpec[],
  within = policy,
): readonly [readonly (readonly string[])[], Plan] {
  const outcomes: (readonly string[])[] = [];
  let world = torrents;
  for (let pass = 0; pass < 10; pass += 1) {
    const result = plan(makeWorld(world), within);
    outcomes.push(outcomeOf(result));
    if (!result.actions.some(({ kind }) => kind === 'tidy')) return [outcomes, result];
    world = tidied(world, result);
  }
  throw new Error(`tidied without end: ${outcomes.join(' | ')}`);
}

const four = [32, 32, 32, 32];

describe('the life of an oversize torrent', () => {
  it('begins outside of rtorrent', () => {
    assert.deepEqual(outcomeOf(planned([ofFiles('big', four, { loaded: {} })])), ['big: unload']);
  });

  it('goes on with a run of files that fits beside what is there', () => {
    assert.deepEqual(selectedBy(planned([ofFiles('big', four)])), [0, 1, 2]);
    const other = ofFiles('other', [32], { loaded: {} });
    assert.deepEqual(selectedBy(planned([ofFiles('big', four), other])), [0, 1]);
  });

  it('counts what is there of it to its own account', () => {
    const big = ofFiles('big', four);
    assert.deepEqual(
      selectedBy(planned([{ ...big, local: makeLocal(big.metainfo, [32 * mebibyte]) }])),
      [0, 1, 2],
    );
  });

  it('waits for its batch, and ships what is whole', () => {
    const detail = { selected: [0, 1, 2] };
    assert.deepEqual(outcomeOf(planned([ofFiles('big', four, { loaded, detail })])), ['big: batch']);
    const done = { ...detail, pieces: [0, 1] };
    assert.deepEqual(outcomeOf(planned([ofFiles('big', four, { loaded, detail: done })])), ['big: ship']);
  });

  it('rolls on when all of a batch is proved, and is selected where it was should it be cut short', () => {
    const detail = { selected: [0, 1, 2], pieces: [0, 1, 2, 3, 4, 5] };
    const batch = ofFiles('big', four, { loaded, detail, receipts: [0, 1, 2] });
    assert.deepEqual(outcomeOf(planned([batch])), ['big: roll']);
    assert.deepEqual(selectedBy(planned([ofFiles('big', four, { receipts: [0, 1, 2] })])), [3]);
  });

  it('ends like any other', () => {
    assert.deepEqual(outcomeOf(planned([ofFiles('big', four, { receipts: [0, 1, 2, 3] })])), ['big: retire']);
  });

  it('leaves its own batch the space that it may still take', () => {
    const big = ofFiles('big', four, { loaded, detail: { selected: [0, 1] } });
    const result = planned([big, ofFiles('small', [32]), ofFiles('next', [48])]);
    assert.deepEqual(outcomeOf(result), ['big: batch', 'next: space', 'small: load']);
  });
});

describe('the turn', () => {
  it('has one torrent at a time: the one that is loaded', () => {
    // There is room beside it: it is the turn that is lacking.
    const running = ofFiles('running', [48, 96], { loaded, detail: { selected: [0] } });
    assert.deepEqual(outcomeOf(planned([ofFiles('a', four), running])), [
      'a: oversize-turn',
      'running: batch',
    ]);
  });

  it('stays with the one that is loaded, whatever others are', () => {
    const running = ofFiles('running', [96, 32], { loaded, detail: { selected: [0] } });
    const whole = ofFiles('whole', [512], { loaded: { isComplete: true } });
    const result = outcomeOf(planned([ofFiles('a', four), running, whole]));
    // The complete one takes all the room while it is here; but that alone would not bring it in.
    assert.deepEqual(result, ['a: oversize-turn', 'running: batch', 'whole: ship']);
  });

  it('has the one that was begun, before one that is smaller', () => {
    const begun = ofFiles('begun', [32, 32, 32, 32, 32, 32], { receipts: [0] });
    assert.deepEqual(outcomeOf(planned([ofFiles('a', four), begun])), ['a: oversize-turn', 'begun: select']);
    const there = ofFiles('there', [32, 32, 32, 32, 32]);
    const withData = { ...there, local: makeLocal(there.metainfo, [mebibyte]) };
    assert.deepEqual(outcomeOf(planned([ofFiles('a', four), withData])), [
      'a: oversize-turn',
      'there: select',
    ]);
  });

  it('has the one with the fewest bytes to go, among those that were begun', () => {
    const few = ofFiles('few', [32, 32, 32, 32, 32], { receipts: [0, 1, 2] });
    const many = ofFiles('many', four, { receipts: [0] });
    assert.deepEqual(outcomeOf(planned([many, few])), ['few: select', 'many: oversize-turn']);
  });

  it('is kept while a batch is shipped, waits for a slot, is checked or starts anew', () => {
    const holders: readonly Omit<TorrentSpec, 'metainfo'>[] = [
      { loaded, detail: { selected: [0], pieces: [0, 1] } },
      { loaded, detail: { selected: [0] }, jobs: [{}] },
      { loaded: { ...loaded, isHashing: true }, detail: { selected: [0] } },
      { loaded: { ...loaded, isActive: false }, detail: { selected: [0] } },
    ];
    for (const holder of holders) {
      const result = planned([ofFiles('a', four), ofFiles('holder', four, holder)]);
      assert.ok(outcomeOf(result).includes('a: oversize-turn'), outcomeOf(result).join());
    }
  });

  it('is not kept by one that can do nothing: it fails alone', () => {
    const detail = { selected: [0] };
    const stuck: readonly (readonly [Omit<TorrentSpec, 'metainfo'>, WorldSpec, string])[] = [
      [{ loaded, detail, failure: makeFailure() }, {}, 'retry'],
      [{ failure: makeFailure() }, {}, 'retry'],
      [{ loaded: { ...loaded, isStarted: false, isActive: false }, detail }, {}, 'stopped'],
      [
        { loaded, detail: { selected: [1], pieces: [2, 3] }, receipts: [0] },
        { remote: { 'stuck/file-1': 1 } },
        'remote-conflict',
      ],
      [
        {
          loaded: { ...loaded, reportedDirectory: asByteString('/what?') },
          detail: { ...detail, pieces: [0, 1] },
        },
        {},
        'place-unknown',
      ],
    ];
    for (const [spec, rest, reason] of stuck) {
      const result = planned([ofFiles('a', four), ofFiles('stuck', four, spec)], rest);
      assert.deepEqual(outcomeOf(result), ['a: select', `stuck: ${reason}`]);
    }
  });

  it("is not kept by one that cannot be purged for somebody else's files", () => {
    const stuck = ofFiles('stuck', four, { loaded, detail: { selected: [0] }, receipts: [0] });
    const inside = makeMetainfo({ name: 'inside' });
    const reportedDirectory = asByteString('/downloads/stuck');
    const somebodys = { metainfo: inside, isManaged: false, loaded: { reportedDirectory } };
    const result = planned([ofFiles('a', four), stuck, somebodys]);
    assert.deepEqual(outcomeOf(result), ['a: select', 'stuck: shared-files']);
  });

  it('is not kept by one that waits for space', () => {
    const seeding = ofFiles('seeding', [60], { loaded: { isComplete: true } });
    const result = plan(
      makeWorld([
        { ...seeding, local: makeLocal(seeding.metainfo) },
        ofFiles('first', [64, 64]),
        ofFiles('second', [32, 32, 32, 32, 32]),
      ]),
      { ...policy, duty: makeDuty({ requiredRatio: 5 }) },
    );
    assert.deepEqual(outcomeOf(result), ['first: space', 'second: select', 'seeding: ratio']);
  });

  it('keeps the space of one that is stuck', () => {
    const stuck = ofFiles('stuck', four, { loaded, detail: { selected: [0] }, failure: makeFailure() });
    assert.deepEqual(selectedBy(planned([ofFiles('a', four), stuck])), [0, 1]);
  });
});

describe('a place that is shared', () => {
  it('is given to the torrent that is loaded whole, and the oversize one waits', () => {
    const small = makeMetainfo({ name: 'album', isMultiFile: true, infohash: infohashOf('small') });
    const result = planned([{ metainfo: small }, ofFiles('album', [64, 64])]);
    assert.deepEqual(outcomeOf(result), ['album: load', 'album: path-taken']);
  });
});

describe('what lies there already', () => {
  it('is selected where it is whole: it needs nothing more', () => {
    const film = ofFiles('film', [128]);
    const result = planned([{ ...film, local: makeLocal(film.metainfo) }]);
    assert.deepEqual(selectedBy(result), [0]);
    assert.equal(result.space?.roomBytes, 0);
  });

  it('of having been loaded whole is tidied, and it goes on', () => {
    const album = ofFiles('album', [64, 64, 64]);
    const local = makeLocal(
      album.metainfo,
      [34, 33, 33].map((size) => size * mebibyte),
    );
    const [outcomes, last] = settled([{ ...album, local }, ofFiles('other', four)]);
    assert.deepEqual(outcomes, [
      ['album: tidy', 'other: oversize-turn'],
      ['album: select', 'other: oversize-turn'],
    ]);
    assert.deepEqual(selectedBy(last), [0]);
  });

  it('of a batch that fitted exactly, and was interrupted, does not hinder it', () => {
    const album = ofFiles('album', [24, 24]);
    const within = makePolicy({ spaceLimitBytes: 32 * mebibyte });
    assert.deepEqual(selectedBy(plan(makeWorld([album]), within)), [0]);
    // The border of its neighbour may be the other end of what lies there: that cannot be told from here.
    const local = makeLocal(album.metainfo, [10 * mebibyte, 8 * mebibyte]);
    const [outcomes, last] = settled([{ ...album, local }], within);
    assert.deepEqual(outcomes, [['album: tidy'], ['album: select']]);
    assert.deepEqual(selectedBy(last), [0]);
    assert.ok(last.space !== undefined && last.space.roomBytes >= 22 * mebibyte);
  });
});

describe('a file that is too large', () => {
  it('is reported with what it needs', () => {
    const { waits } = planned([ofFiles('huge', [128])]);
    assert.deepEqual(
      waits.map(({ reason }) => reason),
      [
        {
          kind: 'file-too-large',
          path: 'file-0',
          needBytes: 128 * mebibyte + 4096,
          limitBytes: 100 * mebibyte,
        },
      ],
    );
  });

  it('holds up no other file of its torrent', () => {
    assert.deepEqual(selectedBy(planned([ofFiles('mixed', [128, 32, 32])])), [1, 2]);
  });

  it('holds up no other torrent, oversize or small, before or after it', () => {
    const huge = ofFiles('huge', [128]);
    const huger = ofFiles('huger', [256]);
    const begun = ofFiles('begun', [32, 128], { receipts: [0] });
    const result = planned([huge, huger, begun, ofFiles('big', [32, 32, 32, 64]), ofFiles('small', [16])]);
    assert.deepEqual(outcomeOf(result), [
      'begun: file-too-large',
      'big: select',
      'huge: file-too-large',
      'huger: file-too-large',
      'small: load',
    ]);
  });
});
