/** Setting aside: a stalled torrent makes way for others, one at a time, and little is lost by it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Plan, SetAside } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { ProgressMark } from '../../../src/core/snapshot.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import { said } from './situation-in.ts';

const hourMs = 3_600_000;
const next: TorrentSpec = { metainfo: makeMetainfo({ name: 'next', files: [60 * mebibyte] }) };

/** Loaded, and nothing has arrived for hours; so many MiB of each file are here. */
function dead(
  name: string,
  filesMib: readonly number[],
  hereMib: readonly number[],
  rest: Partial<TorrentSpec> = {},
): TorrentSpec {
  const metainfo = makeMetainfo({
    name,
    files: filesMib.map((size) => size * mebibyte),
    pieceLengthBytes: mebibyte,
  });
  const local = makeLocal(
    metainfo,
    hereMib.map((size) => size * mebibyte),
  );
  return { metainfo, loaded: {}, local, ...rest };
}

function planned(torrents: readonly TorrentSpec[], limitMib: number, policy: Partial<Policy> = {}): Plan {
  const marks = torrents.flatMap(({ metainfo, loaded }): [typeof metainfo.infohash, ProgressMark][] =>
    loaded === undefined
      ? []
      : [[metainfo.infohash, { bytes: 0, atMs: nowMs - 3 * hourMs, processId: 4711 }]],
  );
  const failures = new Map(
    torrents.flatMap(({ metainfo, failure }) => (failure ? [[metainfo.infohash, failure]] : [])),
  );
  const world = makeWorld(torrents, { ledger: { progress: new Map(marks), failures } });
  return plan(world, makePolicy({ spaceLimitBytes: limitMib * mebibyte, ...policy }));
}

function asideIn({ actions }: Plan): SetAside {
  const action = actions.find(({ kind }) => kind === 'set-aside');
  assert.ok(action?.kind === 'set-aside');
  return action;
}

describe('a torrent of which nothing arrives', () => {
  it('stays while nobody waits for what it has', () => {
    assert.deepEqual(said(planned([dead('dead', [60], [2])], 100)), ['dead: stalled']);
    assert.deepEqual(said(planned([dead('dead', [60], [2]), next], 200)), ['dead: stalled', 'next: load']);
  });

  it('makes way where another waits for space, one at a time', () => {
    assert.deepEqual(said(planned([dead('dead', [60], [2]), next], 100)), ['dead: set-aside', 'next: space']);
    const two = [dead('a', [30], [2]), dead('b', [40], [2]), next];
    assert.deepEqual(said(planned(two, 100)), ['a: set-aside', 'b: stalled', 'next: space']);
  });

  it('makes way in parts, too, for another that waits for the turn', () => {
    const inParts = { loaded: { mode: asByteString(partsMode) }, detail: { pieces: [], selected: [0] } };
    const large: TorrentSpec = {
      metainfo: makeMetainfo({
        name: 'large',
        files: [60 * mebibyte, 60 * mebibyte],
        pieceLengthBytes: mebibyte,
      }),
    };
    const world = [dead('dead', [20, 90], [1, 0], inParts), large];
    assert.deepEqual(said(planned(world, 100)), ['dead: set-aside', 'large: oversize-turn']);
  });

  it('goes on where the user has patience for ever', () => {
    const result = planned([dead('dead', [60], [2]), next], 100, { stallTimeoutMs: Infinity });
    assert.deepEqual(said(result), ['dead: downloading', 'next: space']);
  });

  it('loses its unfinished files where that is little, and nothing that is whole or proved', () => {
    const { files, failure } = asideIn(planned([dead('dead', [10, 60, 5], [10, 2, 0]), next], 120));
    assert.deepEqual(
      files.map(({ index }) => index),
      [1],
    );
    assert.deepEqual([failure.step, failure.count, failure.retryAtMs], ['download', 1, nowMs + hourMs]);
    assert.match(failure.message, /^nothing arrived for 3h$/);
  });

  it('keeps its data where much would be lost: more than 64 MiB, and more than a twentieth', () => {
    const filesLost = (sizeMib: number, hereMib: number): number =>
      asideIn(planned([dead('dead', [sizeMib], [hereMib]), next], sizeMib + 20)).files.length;
    assert.deepEqual([filesLost(100, 64), filesLost(100, 65)], [1, 0]);
    assert.deepEqual([filesLost(2000, 99), filesLost(2000, 101)], [1, 0]);
  });

  it('rests longer each time, and tells what its tracker said', () => {
    const message = asByteString('Tracker: [Failure reason "gone"]');
    const again = dead('dead', [60], [2], {
      loaded: { message },
      failure: makeFailure({ step: 'download', count: 2, retryAtMs: nowMs - 1 }),
    });
    const { failure } = asideIn(planned([again, next], 100));
    assert.deepEqual([failure.count, failure.retryAtMs], [3, nowMs + 4 * hourMs]);
    assert.match(failure.message, /\(Tracker: \[Failure reason "gone"\]\)$/);
  });
});
