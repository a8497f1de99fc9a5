/** What the page makes of reports: the rows that are shown, their groups, the samples of its charts, what happened. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HistoryEntry, ReportHead } from '../../../src/dashboard/wire.ts';
import {
  activityOf,
  countGroups,
  findRows,
  groups,
  sharesOf,
  withLatest,
} from '../../../src/dashboard/page/model.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Sample } from '../../../src/driver/monitor.ts';
import { reportedEvent, reportOf } from '../../../src/driver/report.ts';
import type { StatusRow } from '../../../src/driver/status.ts';
import { torrentStates } from '../../../src/driver/status.ts';
import { infohashOf, makePolicy, mebibyte, nowMs } from '../../support/world.ts';
import { driverEvent, threeTorrents } from './made-world.ts';

const driver = { kind: 'look', version: '0', managedDirectory: '/managed', remote: 'a:b' } as const;
const snapshot = threeTorrents();
const report = reportOf({ snapshot, plan: plan(snapshot, makePolicy()) }, { driver });
const rows = report.torrents;

function names(found: readonly StatusRow[]): readonly string[] {
  return found.map(({ name }) => name);
}

describe('the queue', () => {
  test('each group has its torrents, and together they have all', () => {
    const counts = countGroups(rows);
    assert.equal(counts.get('all'), 3);
    const others = groups.filter(({ key }) => key !== 'all').map(({ key }) => counts.get(key) ?? 0);
    assert.equal(
      others.reduce((sum, count) => sum + count, 0),
      3,
    );
    for (const { key } of groups) assert.equal(findRows(rows, key, '').length, counts.get(key), key);
  });

  test('every state is in one group', () => {
    const grouped = groups.flatMap(({ states }): readonly string[] => states ?? []);
    assert.deepEqual(grouped.toSorted(), torrentStates.toSorted());
  });

  test('all words of a search are found, in name, infohash and sentence, in any case', () => {
    assert.deepEqual(names(findRows(rows, 'all', 'PAR')), ['parts']);
    assert.deepEqual(names(findRows(rows, 'all', infohashOf('large').slice(3, 20).toLowerCase())), ['large']);
    assert.deepEqual(names(findRows(rows, 'all', '  large   limit ')), ['large']);
    assert.deepEqual(names(findRows(rows, 'seeding', 'parts')), []);
  });

  test('without a search and a group the rows are the very same', () => {
    assert.equal(findRows(rows, 'all', ' '), rows);
  });
});

describe('shares of a torrent', () => {
  const [seeding, parts] = rows;
  assert.ok(seeding !== undefined && parts !== undefined);

  test('what is proved, sent and here add up to its progress, and all of it to no more than the whole', () => {
    const { proved, sent, here, coming } = sharesOf(parts);
    assert.equal(proved, 25);
    assert.ok(sent > 0 && here > 0 && coming > 0);
    assert.ok(Math.abs(proved + sent + here - parts.progress * 100) < 1e-9);
    assert.ok(proved + sent + here + coming <= 100);
  });

  test('of a whole one all is here', () => {
    assert.deepEqual(sharesOf(seeding), { proved: 0, sent: 0, here: 100, coming: 0 });
  });

  test('what waits has nothing', () => {
    assert.deepEqual(sharesOf({ ...seeding, window: undefined, progress: 0 }), {
      proved: 0,
      sent: 0,
      here: 0,
      coming: 0,
    });
  });
});

describe('samples', () => {
  const { torrents: _, events: __, ...head } = report;
  const at = (seconds: number): ReportHead => ({ ...head, takenAtMs: nowMs + seconds * 1000 });
  const times = (samples: readonly Sample[]): readonly number[] =>
    samples.map(({ atMs }) => (atMs - nowMs) / 1000);

  test('the end follows every look, the rest stays ten seconds apart', () => {
    let samples: readonly Sample[] = [];
    for (const seconds of [0, 1, 2, 9, 10, 11, 12, 20, 25]) samples = withLatest(samples, at(seconds));
    assert.deepEqual(times(samples), [0, 10, 20, 25]);
  });

  test('a look that is no later, or saw no disk, adds nothing', () => {
    const samples = withLatest([], at(5));
    assert.equal(withLatest(samples, at(5)), samples);
    assert.equal(withLatest(samples, { ...at(9), space: undefined }), samples);
  });
});

test('what was done and what went wrong are in one list, newest first, and nothing twice', () => {
  const done: HistoryEntry = {
    atMs: nowMs,
    infohash: infohashOf('a'),
    name: 'a',
    action: 'ship',
    files: 1,
    bytes: mebibyte,
    tookMs: 10,
    detail: '1 file',
  };
  const events = [
    driverEvent({ atMs: nowMs }),
    driverEvent({ atMs: nowMs + 5, outcome: 'failed', detail: 'no', remedy: 'look' }),
    driverEvent({ atMs: nowMs - 5, kind: 'trouble', outcome: undefined }),
    driverEvent({ outcome: 'stale' }),
  ].map((event, index) => reportedEvent({ ...event, number: index + 1 }));
  assert.deepEqual(
    activityOf([done], events).map(({ word, tone, detail }) => [word, tone, detail]),
    [
      ['could not ship', 'bad', 'no — look'],
      ['shipped', 'plain', '1 file, 1.0 MiB in 0s (100 MiB/s)'],
      ['trouble', 'bad', '1 file'],
    ],
  );
});

test('what took long says how long, and no size is told twice', () => {
  const entry = { atMs: nowMs, infohash: infohashOf('a'), name: 'a', files: 1, bytes: mebibyte };
  const history = [
    { ...entry, action: 'load', tookMs: 40, detail: '1.0 MiB' },
    { ...entry, action: 'purge', tookMs: 61_000, detail: '1 file, 1.0 MiB freed' },
  ] as const;
  assert.deepEqual(
    activityOf(history, []).map(({ detail }) => detail),
    ['1.0 MiB', '1 file, 1.0 MiB freed, 1m 1s'],
  );
});
