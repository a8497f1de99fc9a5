/** A plan in the making: what becomes an action, what waits, who gets a slot, and in which order all of it comes. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action } from '../../../src/core/action.ts';
import { measureSpace } from '../../../src/core/budget.ts';
import { Draft } from '../../../src/core/draft.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { ownPlace } from '../../../src/core/place.ts';
import type { Situation } from '../../../src/core/situation.ts';
import {
  downloads,
  infohashOf,
  makeDisk,
  makeFailure,
  makeJob,
  makeManaged,
  makeMetainfo,
  makePolicy,
  makeReceipt,
  makeWorld,
} from '../../support/world.ts';
import { situationIn } from './situation-in.ts';

const policy = makePolicy();
const space = measureSpace(makeDisk(), policy, []);

function situationOf(metainfo: Metainfo): Situation {
  return situationIn(makeWorld([{ metainfo }]), metainfo);
}

/** One action of every kind, about one torrent each; a kind that has no row here does not compile. */
function actionOf(kind: Action['kind'], metainfo: Metainfo): Action {
  const managed = makeManaged(metainfo);
  const { files } = metainfo;
  const directory = downloads;
  const keep: ReadonlySet<never> = new Set();
  const window = { windowBytes: 1, blockBytes: 1, elsewhere: undefined };
  const receipts = [makeReceipt(metainfo, 0)];
  const actions: { readonly [Kind in Action['kind']]: Extract<Action, { kind: Kind }> } = {
    select: { kind: 'select', managed, directory, files: [0], reservedBytes: 1, uploadedBytes: 0 },
    extend: { kind: 'extend', managed, directory, files: [0], reservedBytes: 1 },
    roll: {
      ...{ kind: 'roll', managed, directory, receipts, files, selected: [], rest: [0], heldBytes: 0 },
      window: { budgetBytes: 1, limitBytes: 1, blockBytes: 1 },
    },
    load: { kind: 'load', managed, directory, reservedBytes: 1, uploadedBytes: 0 },
    start: { kind: 'start', managed, directory },
    unload: { kind: 'unload', managed, directory },
    ship: { kind: 'ship', managed, directory, files },
    prove: { kind: 'prove', managed, directory, files, elsewhere: undefined },
    stream: { kind: 'stream', managed, directory, files: [files[0]!], ...window },
    place: { kind: 'place', managed, place: ownPlace(metainfo) },
    'set-aside': {
      kind: 'set-aside',
      managed,
      directory,
      receivedBytes: 0,
      files,
      keep,
      failure: makeFailure(),
    },
    tidy: { kind: 'tidy', managed, directory, files, keep },
    purge: { kind: 'purge', managed, directory, receipts, files, keep, isLoaded: true },
    retire: { kind: 'retire', managed, directory, receipts },
  };
  return actions[kind];
}

function add(draft: Draft, kind: Action['kind'], metainfo: Metainfo): void {
  draft.add(situationOf(metainfo), actionOf(kind, metainfo));
}

/** `name: kind` of the actions in their order, then of the waits. */
function outcomeOf(draft: Draft): readonly string[] {
  const { actions, waits } = draft.finish(space);
  return [
    ...actions.map(({ managed, kind }) => `${managed.metainfo.name}: ${kind}`),
    ...waits.map(({ managed, reason }) => `${managed.metainfo.name}: ${reason.kind}`),
  ];
}

const [a, b, c] = ['a', 'b', 'c'].map((name) => makeMetainfo({ name })) as [Metainfo, Metainfo, Metainfo];

describe('a draft', () => {
  it('is empty at first, and hands on the space', () => {
    assert.deepEqual(new Draft([], policy).finish(space), { actions: [], waits: [], space });
  });

  it('takes actions as they are, and reasons to wait with their torrent', () => {
    const draft = new Draft([], policy);
    const load = actionOf('load', a);
    draft.add(situationOf(a), load);
    draft.add(situationOf(b), { kind: 'stopped' });
    const { actions, waits } = draft.finish(space);
    assert.equal(actions[0], load);
    assert.deepEqual(waits, [{ managed: makeManaged(b), reason: { kind: 'stopped' } }]);
  });

  it('puts first what runs on beside the rest, then what takes a moment, then what asks the remote, and last what reads the disk', () => {
    const draft = new Draft([], policy);
    const kinds: readonly Action['kind'][] = [
      ...(['stream', 'roll', 'select', 'set-aside', 'tidy', 'purge', 'retire'] as const),
      ...(['load', 'extend', 'start', 'unload', 'place', 'ship', 'prove'] as const),
    ];
    for (const kind of kinds) add(draft, kind, makeMetainfo({ name: kind }));
    assert.deepEqual(
      draft.finish(space).actions.map(({ kind }) => kind),
      [...kinds].reverse(),
    );
  });

  it('keeps the order of what is of one kind', () => {
    const draft = new Draft([], policy);
    for (const metainfo of [b, a, c]) add(draft, 'load', metainfo);
    assert.deepEqual(outcomeOf(draft), ['b: load', 'a: load', 'c: load']);
  });
});

describe('the slots', () => {
  it('are given to the first ones, and those of shipping are not those of proving', () => {
    const draft = new Draft([], makePolicy({ maxTransfers: 1 }));
    add(draft, 'ship', a);
    add(draft, 'prove', b);
    add(draft, 'ship', c);
    assert.deepEqual(outcomeOf(draft), ['b: prove', 'a: ship', 'c: transfer-slot']);
  });

  it('are held by work that is under way', () => {
    const draft = new Draft([makeJob(a)], makePolicy({ maxTransfers: 2 }));
    add(draft, 'ship', b);
    add(draft, 'ship', c);
    assert.deepEqual(outcomeOf(draft), ['b: ship', 'c: transfer-slot']);
  });

  it('are given to the torrent that is at work already, which else goes on with what it does', () => {
    const [busy] = makeWorld([{ metainfo: a, jobs: [{}] }]).jobs;
    const beside = (maxTransfers: number): readonly string[] => {
      const draft = new Draft(busy ? [busy] : [], makePolicy({ maxTransfers }));
      draft.add(situationIn(makeWorld([{ metainfo: a, jobs: [{}] }]), a), actionOf('ship', a));
      return outcomeOf(draft);
    };
    assert.deepEqual(beside(2), ['a: ship']);
    assert.deepEqual(beside(1), ['a: job']);
  });

  it('are not given to two torrents of one name, under way or decided', () => {
    const twin = makeMetainfo({ name: 'a', infohash: infohashOf('twin') });
    const decided = new Draft([], makePolicy({ maxTransfers: 5 }));
    add(decided, 'ship', a);
    add(decided, 'prove', twin);
    assert.deepEqual(outcomeOf(decided), ['a: ship', 'a: transfer-slot']);
    const underWay = new Draft([makeJob(a)], makePolicy({ maxTransfers: 5 }));
    add(underWay, 'ship', twin);
    assert.deepEqual(outcomeOf(underWay), ['a: transfer-slot']);
  });

  it('are not needed for anything else', () => {
    const draft = new Draft([], makePolicy({ maxTransfers: 0 }));
    add(draft, 'purge', a);
    add(draft, 'place', b);
    assert.deepEqual(outcomeOf(draft), ['b: place', 'a: purge']);
  });
});
