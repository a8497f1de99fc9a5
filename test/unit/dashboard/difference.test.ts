/** Differences between reports: whatever changes, the receiver has the new report afterwards. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyChange, differenceOf, reportAfter } from '../../../src/dashboard/difference.ts';
import type { ReportChange } from '../../../src/dashboard/wire.ts';
import { plan } from '../../../src/core/plan.ts';
import type { TorrentWindow } from '../../../src/core/torrent-window.ts';
import type { StatusReport } from '../../../src/driver/report.ts';
import { reportOf } from '../../../src/driver/report.ts';
import type { StatusRow } from '../../../src/driver/status.ts';
import { makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';

const driver = { kind: 'look', version: '0', managedDirectory: '/managed', remote: 'a:b' } as const;

/** Torrents by number, each with so many mebibytes here. */
function reportOn(torrents: ReadonlyMap<number, number>): StatusReport {
  const snapshot = makeWorld(
    [...torrents].map(([number, mebibytes]) => ({
      metainfo: makeMetainfo({ name: `t${number}`, files: [(number + 20) * mebibyte] }),
      ...(mebibytes === 0 ? {} : { loaded: { completedBytes: mebibytes * mebibyte } }),
    })),
  );
  return reportOf({ snapshot, plan: plan(snapshot, makePolicy()) }, { driver });
}

function sent(change: ReportChange): ReportChange {
  return JSON.parse(JSON.stringify(change)) as ReportChange;
}

/** As it is after a wire: what is undefined is absent. */
function plain(report: StatusReport): unknown {
  return JSON.parse(JSON.stringify(report));
}

const worlds = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 9 })), { maxLength: 20 })
  .map((entries) => reportOn(new Map(entries)));

test('a change applied to the report before it gives the one after it', () => {
  fc.assert(
    fc.property(worlds, worlds, (before, after) => {
      const change = differenceOf(before, after);
      assert.ok(change !== undefined, 'sizes alone order these');
      assert.deepEqual(plain(applyChange(before, sent(change))), plain(after));
    }),
    { numRuns: 200 },
  );
});

test('only what moved is sent', () => {
  const before = reportOn(
    new Map([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 0],
    ]),
  );
  const after = reportOn(
    new Map([
      [1, 1],
      [2, 5],
      [4, 0],
      [5, 0],
    ]),
  );
  const change = differenceOf(before, after);
  assert.deepEqual(
    {
      removed: change?.removed,
      changed: change?.changed.map(({ name }) => name),
      inserted: change?.inserted.map(({ index, row }) => [index, row.name]),
    },
    { removed: [before.torrents[2]?.infohash], changed: ['t2'], inserted: [[3, 't5']] },
  );
});

test('rows that did not move stay the very same', () => {
  const before = reportOn(
    new Map([
      [1, 1],
      [2, 2],
    ]),
  );
  const change = differenceOf(
    before,
    reportOn(
      new Map([
        [1, 1],
        [2, 5],
      ]),
    ),
  );
  assert.ok(change !== undefined);
  const result = applyChange(before, change);
  assert.equal(result.torrents[0], before.torrents[0]);
});

test('another order of the same torrents has no difference: it is sent whole', () => {
  const before = reportOn(
    new Map([
      [1, 1],
      [2, 2],
    ]),
  );
  assert.equal(differenceOf(before, { ...before, torrents: before.torrents.toReversed() }), undefined);
});

test('a change of any field of a row, or of its window, is noticed', () => {
  const before = reportOn(new Map([[1, 1]]));
  const [row] = before.torrents;
  assert.ok(row?.window !== undefined);
  // Whoever adds a field cannot leave it out here: the compiler asks for it.
  const otherRow = {
    infohash: row.infohash,
    name: 'another',
    sizeBytes: 7,
    state: 'failing',
    progress: 0.7,
    ratio: 7,
    downRateBytesPerSecond: 7,
    upRateBytesPerSecond: 7,
    priority: 'high',
    isPaused: true,
    window: undefined,
    etaMs: 7,
    isEtaLeast: !row.isEtaLeast,
    reason: 'retry',
    action: 'purge',
    next: 'something else',
  } satisfies Required<Record<keyof StatusRow, unknown>> & StatusRow;
  const otherWindow = {
    totalBytes: 7,
    windowBytes: 7,
    inFlightBytes: 7,
    fetchedBytes: 7,
    shippedBytes: 7,
    provedBytes: 7,
  } satisfies Required<TorrentWindow>;
  const isNoticed = (torrent: StatusRow): boolean =>
    differenceOf(before, { ...before, torrents: [torrent] })?.changed.length === 1;
  assert.equal(isNoticed({ ...row, window: { ...row.window } }), false, 'the same in other objects');
  for (const [key, value] of Object.entries(otherRow)) {
    if (key !== 'infohash') assert.ok(isNoticed({ ...row, [key]: value }), key);
  }
  for (const [key, value] of Object.entries(otherWindow)) {
    assert.ok(isNoticed({ ...row, window: { ...row.window, [key]: value } }), key);
  }
});

test('who watches knows nothing before the first whole report, then each change and what happens', () => {
  const before = reportOn(new Map([[1, 1]]));
  const after = reportOn(new Map([[1, 5]]));
  const change = differenceOf(before, after);
  assert.ok(change !== undefined);
  const event = { number: 1, atMs: 1, kind: 'ship', detail: '', bytes: 0, tookMs: 0 } as const;
  assert.equal(reportAfter(undefined, { kind: 'change', change }), undefined);
  assert.equal(reportAfter(undefined, { kind: 'event', event }), undefined);
  assert.equal(reportAfter(undefined, { kind: 'report', report: before, samples: [] }), before);
  assert.deepEqual(plain(reportAfter(before, { kind: 'change', change })!), plain(after));
  let many = before;
  for (let number = 1; number <= 501; number += 1) {
    many = reportAfter(many, { kind: 'event', event: { ...event, number } })!;
  }
  assert.deepEqual([many.events.length, many.events[0]?.number], [500, 2]);
});
