/** Ageing: room is kept for the one that has waited longest, as long as it can ever have it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Plan } from '../../../src/core/action.ts';
import { heldForGood } from '../../../src/core/ageing.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  makeDuty,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../support/world.ts';
import { said, situationIn } from './situation-in.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function torrent(
  name: string,
  sizeMib: number,
  waitedMs: number,
  rest: Partial<TorrentSpec> = {},
): TorrentSpec {
  const metainfo = makeMetainfo({ name, files: [sizeMib * mebibyte] });
  return { metainfo, ...rest, managed: { addedAtMs: nowMs - waitedMs, ...rest.managed } };
}

function planned(torrents: readonly TorrentSpec[], limitMib: number, rest: Partial<Policy> = {}): Plan {
  return plan(makeWorld(torrents), makePolicy({ spaceLimitBytes: limitMib * mebibyte, ...rest }));
}

describe('a torrent that has waited too long', () => {
  const under = torrent('busy', 30, hourMs, { loaded: {} });
  const large = torrent('large', 40, dayMs);
  const small = torrent('small', 20, hourMs);

  it('is not overtaken: the room is kept for it', () => {
    assert.deepEqual(said(planned([under, large, small], 64)), [
      'busy: downloading',
      'large: space',
      'small: room-kept',
    ]);
    const young = torrent('large', 40, dayMs - 1);
    assert.deepEqual(said(planned([under, young, small], 64)), [
      'busy: downloading',
      'large: space',
      'small: load',
    ]);
  });

  it('comes before smaller ones, and they get what it leaves', () => {
    assert.deepEqual(said(planned([large, small], 50)), ['large: load', 'small: space']);
    assert.deepEqual(said(planned([large, small], 64)), ['large: load', 'small: load']);
    assert.deepEqual(said(planned([under, large, torrent('tiny', 2, 0)], 75)), [
      'busy: downloading',
      'large: load',
      'tiny: load',
    ]);
  });

  it('leaves to others what is beyond its need', () => {
    const world = [torrent('busy', 50, 0, { loaded: {} }), large, torrent('tiny', 2, 0)];
    assert.deepEqual(said(planned(world, 64)), ['busy: downloading', 'large: space', 'tiny: room-kept']);
    assert.deepEqual(said(planned(world, 93)), ['busy: downloading', 'large: load', 'tiny: load']);
  });

  it('is overtaken by the more urgent alone', () => {
    const urgent = torrent('urgent', 20, 0, { managed: { priority: 'high' } });
    const idle = torrent('idle', 1, 0, { managed: { priority: 'low' } });
    assert.deepEqual(said(planned([under, large, urgent, idle], 64)), [
      'busy: downloading',
      'idle: room-kept',
      'large: space',
      'urgent: load',
    ]);
  });

  it('is only ever the one that has waited longest', () => {
    const older = torrent('older', 34, 2 * dayMs);
    const world = [under, large, older, small];
    assert.deepEqual(said(planned(world, 64)), [
      'busy: downloading',
      'large: space',
      'older: load',
      'small: space',
    ]);
  });

  it('has no room kept that it could never have: what is held by hand or for ever counts', () => {
    const paused = torrent('busy', 30, 0, { loaded: { isStarted: false, isActive: false } });
    assert.deepEqual(said(planned([paused, large, small], 64)), [
      'busy: stopped',
      'large: space',
      'small: load',
    ]);
    const seeding = torrent('busy', 30, 0, { loaded: { isComplete: true } });
    const forEver = { duty: makeDuty({ requiredRatio: 1 }) };
    assert.deepEqual(said(planned([seeding, large, small], 64, forEver)), [
      'busy: ratio',
      'large: space',
      'small: load',
    ]);
    const atLast = { duty: makeDuty({ requiredRatio: 1, mostSeedTimeMs: dayMs }) };
    assert.deepEqual(said(planned([seeding, large, small], 64, atLast)), [
      'busy: ratio',
      'large: space',
      'small: room-kept',
    ]);
  });

  it('waits like any other where the user wants it so', () => {
    const off = { mostWaitMs: Infinity };
    assert.deepEqual(said(planned([under, large, small], 64, off)), [
      'busy: downloading',
      'large: space',
      'small: load',
    ]);
  });

  it('keeps the room for its next file where it is fetched in parts', () => {
    const files = [30 * mebibyte, 30 * mebibyte, 30 * mebibyte];
    const parts = (waitedMs: number): TorrentSpec => ({
      metainfo: makeMetainfo({ name: 'parts', files, pieceLengthBytes: mebibyte }),
      managed: { addedAtMs: nowMs - waitedMs },
    });
    assert.deepEqual(said(planned([under, parts(dayMs), small], 64)), [
      'busy: downloading',
      'parts: select',
      'small: room-kept',
    ]);
    assert.deepEqual(said(planned([under, parts(hourMs), small], 64)), [
      'busy: downloading',
      'parts: space',
      'small: load',
    ]);
  });
});

describe('heldForGood', () => {
  const { metainfo } = torrent('one', 16, 0);
  const one = makeWorld([{ metainfo, loaded: {}, local: makeLocal(metainfo, [4096]) }]);
  const held = (decision: Parameters<typeof heldForGood>[1]): number =>
    heldForGood(situationIn(one, metainfo), decision);

  it('is what a person alone can move, and the data of what makes way', () => {
    assert.equal(held({ kind: 'paused' }), 16 * mebibyte);
    assert.equal(held({ kind: 'hashing' }), 0);
    assert.equal(held({ kind: 'load-whole' }), 0);
    assert.equal(held({ kind: 'stall' }), 4096);
  });
});
