/** Stalls: what counts as progress, when patience ends, and what is written down of it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Failure, ProgressMark, RtorrentTorrent } from '../../../src/core/snapshot.ts';
import { isOutage, nextStall, progressChange, stalledSinceMs } from '../../../src/core/stall.ts';
import {
  makeFailure,
  makeManaged,
  makeMetainfo,
  makePolicy,
  makeTorrent,
  makeView,
  nowMs,
} from '../../support/world.ts';

const hourMs = 3_600_000;
const metainfo = makeMetainfo();
const { infohash } = metainfo;
const processId = 7;
const policy = makePolicy({ stallTimeoutMs: hourMs });
const outage = asByteString("Tracker: [Couldn't connect to server]");

const markOf = (rest: Partial<ProgressMark> = {}): ProgressMark => ({
  bytes: 5,
  atMs: nowMs - hourMs,
  processId,
  ...rest,
});
const loadedAs = (rest: Partial<RtorrentTorrent> = {}) =>
  makeTorrent(metainfo, { receivedBytes: 5, ...rest });

describe('stalledSinceMs', () => {
  const since = (rest: Partial<RtorrentTorrent>, mark?: Partial<ProgressMark>, timeoutMs = hourMs) =>
    stalledSinceMs(loadedAs(rest), markOf(mark), processId, makePolicy({ stallTimeoutMs: timeoutMs }), nowMs);

  it('is the time of the mark once patience has ended', () => {
    assert.equal(since({}), nowMs - hourMs);
    assert.equal(since({}, { atMs: nowMs - hourMs + 1 }), undefined);
    assert.equal(since({}, {}, 2 * hourMs), undefined);
    assert.equal(since({}, {}, Infinity), undefined);
    assert.equal(stalledSinceMs(loadedAs(), undefined, processId, policy, nowMs), undefined);
  });

  it('is nothing where a byte has arrived, or rtorrent was started again', () => {
    assert.equal(since({ receivedBytes: 6 }), undefined);
    assert.equal(since({}, { processId: 8 }), undefined);
    assert.equal(since({}, { atMs: nowMs + 1 }), undefined);
  });

  it('is nothing of what does not fetch', () => {
    for (const rest of [
      { isActive: false },
      { isComplete: true },
      { isHashing: true },
      { isPartiallyDone: true },
    ]) {
      assert.equal(since({ receivedBytes: 5, ...rest }), undefined);
    }
  });

  it('has a day of patience while the tracker cannot be reached, and no more than that', () => {
    assert.equal(since({ message: outage }), undefined);
    assert.equal(since({ message: outage }, { atMs: nowMs - 24 * hourMs }), nowMs - 24 * hourMs);
    assert.equal(since({ message: outage }, { atMs: nowMs - 24 * hourMs }, 48 * hourMs), undefined);
  });
});

describe('isOutage', () => {
  it('tells a tracker that is away from one that refuses', () => {
    const messages: Readonly<Record<string, boolean>> = {
      "Tracker: [Couldn't connect to server]": true,
      'Tracker: [Timed out]': true,
      'Tracker: [Could not parse bencoded data: busy]': true,
      'Tracker: [Failure reason "unregistered torrent"]': false,
      'Low diskspace.': false,
      '': false,
    };
    for (const [message, is] of Object.entries(messages))
      assert.equal(isOutage(asByteString(message)), is, message);
  });
});

describe('progressChange', () => {
  function change(
    rest: Partial<RtorrentTorrent> | undefined,
    mark?: ProgressMark,
    failure?: Failure,
    asked = policy,
  ) {
    const view = makeView({ processId, torrents: new Map(rest && [[infohash, loadedAs(rest)]]) });
    const ledger = {
      progress: new Map(mark && [[infohash, mark]]),
      failures: new Map(failure && [[infohash, failure]]),
    };
    const { marks, moving } = progressChange(
      view,
      new Map([[infohash, makeManaged(metainfo)]]),
      ledger,
      asked,
      nowMs,
    );
    return { marks: [...marks.values()], moving };
  }
  const now = (bytes: number) => ({ marks: [{ bytes, atMs: nowMs, processId }], moving: [] });
  const none = { marks: [], moving: [] };

  it('marks what begins, and what got on, but not too often', () => {
    assert.deepEqual(change({}), now(5));
    assert.deepEqual(change({}, markOf()), none);
    assert.deepEqual(change({ receivedBytes: 6 }, markOf()), now(6));
    assert.deepEqual(change({ receivedBytes: 6 }, markOf({ atMs: nowMs - 9 * 60_000 })), none);
    // Less than before: it was loaded anew.
    assert.deepEqual(change({ receivedBytes: 4 }, markOf()), now(4));
  });

  it('begins anew where rtorrent was started again, or the clock was set back', () => {
    assert.deepEqual(change({}, markOf({ processId: 8 })), now(5));
    assert.deepEqual(change({}, markOf({ atMs: nowMs + 1 })), now(5));
  });

  it('forgets what does not fetch, and everything where stalls are of no interest', () => {
    const forgotten = { marks: [undefined], moving: [] };
    assert.deepEqual(change({ isActive: false }, markOf()), forgotten);
    assert.deepEqual(change(undefined, markOf()), forgotten);
    assert.deepEqual(change({}, markOf(), undefined, makePolicy({ stallTimeoutMs: Infinity })), forgotten);
    assert.deepEqual(change({ isActive: false }), none);
  });

  it('knows what gets on again after it was set aside', () => {
    const stall = makeFailure({ step: 'download' });
    assert.deepEqual(change({ receivedBytes: 6 }, markOf(), stall).moving, [infohash]);
    assert.deepEqual(change({ receivedBytes: 4 }, markOf(), stall).moving, []);
    assert.deepEqual(change({ receivedBytes: 6 }, markOf(), makeFailure()).moving, []);
    assert.deepEqual(change({}, undefined, stall).moving, []);
  });
});

describe('nextStall', () => {
  it('rests from an hour on, twice as long each time, up to a day', () => {
    let failure: Failure | undefined = makeFailure({ count: 9 });
    const rests: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      failure = nextStall(failure, 'nothing arrived', nowMs);
      rests.push((failure.retryAtMs - nowMs) / hourMs);
    }
    assert.deepEqual(rests, [1, 2, 4, 8, 16, 24, 24]);
    assert.equal(failure.count, 7);
  });
});
