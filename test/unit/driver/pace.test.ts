/** The pace: at once after what was done, about a second while bytes move, slower and slower while none do. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plan } from '../../../src/core/plan.ts';
import type { Turn } from '../../../src/driver/engine.ts';
import { Pace } from '../../../src/driver/pace.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { makeMetainfo, makePolicy, makeWorld } from '../../support/world.ts';

const metainfo = makeMetainfo();
const nothing = { done: 0, stale: 0, failed: 0 };

function turnOf(torrent: Partial<TorrentSpec>, overrides: Partial<Turn> = {}): Turn {
  const snapshot = makeWorld([{ metainfo, ...torrent }]);
  return {
    snapshot,
    plan: plan(snapshot, makePolicy()),
    count: nothing,
    hasActed: false,
    waitedMs: 0,
    ...overrides,
  };
}

const idle = turnOf({ loaded: {} });
const downloading = turnOf({ loaded: { downRateBytesPerSecond: 1 } });
const shipping = turnOf({ loaded: { isComplete: true }, jobs: [{}] });

/** So long after the first look, with one torrent that downloads. */
function at(milliseconds: number, loaded: TorrentSpec['loaded']): Turn {
  const turn = turnOf({ loaded: { downRateBytesPerSecond: 1, ...loaded } });
  return { ...turn, snapshot: { ...turn.snapshot, takenAtMs: turn.snapshot.takenAtMs + milliseconds } };
}

const acted: Partial<Turn> = { hasActed: true, count: { ...nothing, done: 1 } };
const loading = turnOf({}, acted);

describe('Pace', () => {
  it('slows down to half a minute while nothing moves', () => {
    const pace = new Pace();
    const pauses = Array.from({ length: 12 }, () => pace.after(idle, 1));
    assert.deepEqual(pauses.slice(0, 3), [1_000, 1_500, 2_250]);
    assert.equal(pauses.at(-1), 30_000);
  });

  it('is a second while a torrent downloads or is shipped', () => {
    const pace = new Pace();
    for (let count = 0; count < 9; count += 1) pace.after(idle, 1);
    for (const turn of [downloading, shipping]) assert.equal(pace.after(turn, 1), 1_000);
  });

  it('looks as soon as a torrent is about to be whole, but for what a look costs', () => {
    for (const [tookMs, pauseMs] of [
      [1, 550],
      [40, 800],
      [200, 4_000],
    ] as const) {
      const pace = new Pace();
      pace.after(at(0, { receivedBytes: 0, sizeBytes: 300 }), 1);
      assert.equal(pace.after(at(1_000, { receivedBytes: 200, sizeBytes: 300 }), tookMs), pauseMs);
    }
  });

  it('looks soon, and ever later, at one that is checked', () => {
    const pace = new Pace();
    for (let count = 0; count < 9; count += 1) pace.after(idle, 1);
    const pauses = [0, 100, 300, 5_000].map((ms) => pace.after(at(ms, { isHashing: true }), 1));
    assert.deepEqual(pauses, [100, 150, 350, 1_000]);
  });

  it('hurries for none that will be whole after what failed', () => {
    const pace = new Pace();
    pace.after(at(0, { receivedBytes: 0, sizeBytes: 300 }), 1);
    const failed = at(1_000, { receivedBytes: 299, sizeBytes: 300 });
    assert.equal(pace.after({ ...failed, hasActed: true, count: { ...nothing, failed: 1 } }, 1), 1_500);
  });

  it('does not hurry for torrents of others', () => {
    const pace = new Pace();
    const strange = turnOf({ isManaged: false, loaded: { downRateBytesPerSecond: 9 } });
    pace.after(idle, 1);
    assert.equal(pace.after(strange, 1), 1_500);
  });

  it('looks again at once after something was done, but not for ever', () => {
    const pace = new Pace();
    const pauses = Array.from({ length: 40 }, () => pace.after(loading, 1));
    assert.deepEqual(new Set(pauses.slice(0, 30)), new Set([0]));
    assert.ok(pauses.slice(30).every((pauseMs) => pauseMs >= 1_000));
    assert.equal(pace.after(idle, 1), 30_000);
    assert.equal(pace.after(loading, 1), 0);
  });

  it('does not hurry after what failed, or was found to have moved', () => {
    for (const count of [
      { ...nothing, failed: 1 },
      { ...nothing, stale: 1 },
    ]) {
      const pace = new Pace();
      const turn = turnOf({}, { hasActed: true, count });
      assert.deepEqual([pace.after(turn, 1), pace.after(turn, 1)], [1_000, 1_500]);
    }
  });

  it('spends at most a twentieth of the time on looking', () => {
    assert.equal(new Pace().after(downloading, 200), 4_000);
    assert.equal(new Pace().after(downloading, 60_000), 30_000);
  });

  it('rests longer after each turn that broke off', () => {
    const pace = new Pace();
    assert.deepEqual([pace.afterFault(), pace.afterFault()], [1_000, 1_500]);
  });
});
