/** Duty: what a torrent owes, by ratio and by time, and when it is over. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Duty } from '../../../src/core/policy.ts';
import { owesNothing, ratioOf, standingOf, untilDoneMs } from '../../../src/core/duty.ts';
import type { RtorrentTorrent } from '../../../src/core/snapshot.ts';
import { makeDuty, makeMetainfo, makeTorrent, nowMs } from '../../support/world.ts';

const hourMs = 3_600_000;
const metainfo = makeMetainfo({ files: [100], pieceLengthBytes: 16, trackers: ['a.example', 'x.b.example'] });

/** A torrent of 100 bytes that has uploaded so much since so long. */
function seeding(uploadedBytes: number, hours: number, rest: Partial<RtorrentTorrent> = {}): RtorrentTorrent {
  const completeSinceMs = nowMs - hours * hourMs;
  return makeTorrent(metainfo, { isComplete: true, uploadedBytes, completeSinceMs, ...rest });
}

function isDone(duty: Partial<Duty>, uploadedBytes: number, hours: number): boolean {
  return standingOf(metainfo, seeding(uploadedBytes, hours), makeDuty(duty), nowMs).isDone;
}

describe('standingOf', () => {
  it('owes nothing where nothing is asked for', () => {
    assert.equal(isDone({}, 0, 0), true);
    assert.equal(isDone({ match: 'any' }, 0, 0), true);
  });

  it('goes by the ratio, to the last byte: no fraction of a float stands in the way', () => {
    assert.equal(isDone({ requiredRatio: 4.03 }, 402, 99), false);
    assert.equal(isDone({ requiredRatio: 4.03 }, 403, 0), true);
  });

  it('goes by the time', () => {
    const duty = { requiredSeedTimeMs: 3 * hourMs };
    assert.deepEqual([isDone(duty, 999, 2.9), isDone(duty, 0, 3)], [false, true]);
  });

  it('asks for both, or is content with one, as the user has it', () => {
    const both = { requiredRatio: 1, requiredSeedTimeMs: 3 * hourMs };
    const answers = (match: 'any' | 'all') => [
      isDone({ ...both, match }, 100, 2),
      isDone({ ...both, match }, 99, 3),
      isDone({ ...both, match }, 100, 3),
    ];
    assert.deepEqual(answers('all'), [false, false, true]);
    assert.deepEqual(answers('any'), [true, true, true]);
    assert.equal(isDone({ ...both, match: 'any' }, 99, 2.9), false);
    // What is not asked for is no way out.
    assert.equal(isDone({ requiredSeedTimeMs: hourMs, match: 'any' }, 0, 0.5), false);
  });

  it('is over at last, whatever was reached, but not before the time that is asked for', () => {
    const ceiling = { requiredRatio: 1, mostSeedTimeMs: 5 * hourMs };
    assert.deepEqual([isDone(ceiling, 0, 4.9), isDone(ceiling, 0, 5)], [false, true]);
    const longer = { ...ceiling, requiredSeedTimeMs: 7 * hourMs };
    assert.deepEqual([isDone(longer, 0, 6), isDone(longer, 0, 7)], [false, true]);
    assert.equal(isDone({ requiredRatio: 1 }, 0, 10_000), false);
  });

  it('counts no time before it was complete, and none of a clock that was set back', () => {
    const duty = makeDuty({ requiredSeedTimeMs: 1 });
    const standing = (rest: Partial<RtorrentTorrent>) =>
      standingOf(metainfo, seeding(0, 9, rest), duty, nowMs);
    assert.equal(standing({}).isDone, true);
    assert.equal(standing({ isComplete: false }).isDone, false);
    assert.equal(standing({ completeSinceMs: undefined }).isDone, false);
    assert.equal(standing({ completeSinceMs: nowMs + hourMs }).seededMs, 0);
  });

  it('meets the terms of its own trackers instead, all of them, those of hosts below a host as well', () => {
    const own = (requiredRatio: number) => makeDuty({ requiredRatio });
    const trackers = new Map([['a.example', own(2)]]);
    assert.equal(isDone({ requiredRatio: 9, trackers }, 199, 0), false);
    assert.equal(isDone({ requiredRatio: 9, trackers }, 200, 0), true);
    const several = new Map([...trackers, ['b.example', own(3)]]);
    assert.deepEqual(
      [isDone({ trackers: several }, 299, 0), isDone({ trackers: several }, 300, 0)],
      [false, true],
    );
    const others = new Map([
      ['example', own(0)],
      ['xa.example', own(9)],
      ['c.x.b.example', own(9)],
    ]);
    assert.equal(isDone({ requiredRatio: 9, trackers: others }, 0, 0), true);
  });

  it('tells the terms that are not met', () => {
    const [two, three] = [2, 3].map((requiredRatio) => makeDuty({ requiredRatio }));
    const duty = makeDuty({
      trackers: new Map([
        ['a.example', two!],
        ['b.example', three!],
      ]),
    });
    assert.equal(standingOf(metainfo, seeding(250, 0), duty, nowMs).terms, three);
  });
});

describe('owesNothing', () => {
  it('is so where neither a ratio nor a time is asked for', () => {
    assert.equal(owesNothing(metainfo, makeDuty({ match: 'any' })), true);
    assert.equal(owesNothing(metainfo, makeDuty({ requiredRatio: 0.1 })), false);
    assert.equal(owesNothing(metainfo, makeDuty({ requiredSeedTimeMs: 1 })), false);
  });
});

describe('untilDoneMs', () => {
  const left = (duty: Partial<Duty>, rate: number, uploadedBytes = 50, hours = 1): number =>
    untilDoneMs(
      metainfo,
      seeding(uploadedBytes, hours, { upRateBytesPerSecond: rate }),
      makeDuty(duty),
      nowMs,
    );

  it('is what is missing at the present rate, or the time, or the ceiling', () => {
    assert.equal(left({ requiredRatio: 1 }, 10), 5_000);
    assert.equal(left({ requiredRatio: 1 }, 0), Infinity);
    assert.equal(left({ requiredRatio: 1, mostSeedTimeMs: 3 * hourMs }, 0), 2 * hourMs);
    const both = { requiredRatio: 1, requiredSeedTimeMs: 3 * hourMs };
    assert.equal(left(both, 10), 2 * hourMs);
    assert.equal(left({ ...both, match: 'any' }, 10), 5_000);
    assert.equal(left(both, 0, 100), 2 * hourMs);
    assert.equal(left(both, 10, 100, 3), 0);
  });
});

describe('ratioOf', () => {
  it('goes by the size, whatever of it is here', () => {
    assert.equal(ratioOf(metainfo, seeding(150, 0, { completedBytes: 10 })), 1.5);
  });
});
