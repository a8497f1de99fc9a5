/** The status report: one row a torrent with its bytes by how far they are, and nothing that a wire would lose. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { streamMode } from '../../../src/core/parts.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { monitorReporter } from '../../../src/driver/monitor-reporter.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import type { ReportContext, StatusReport } from '../../../src/driver/report.ts';
import { reportOf, lookOfMonitor } from '../../../src/driver/report.ts';
import { driverEvent } from '../dashboard/made-world.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { makeMetainfo, makePolicy, makeWorld, mebibyte, nowMs } from '../../support/world.ts';

const context: ReportContext = {
  driver: { kind: 'look', version: '0.1.0', managedDirectory: '/managed', remote: 'bighost:/big' },
};

function reportOn(snapshot: Snapshot, more: Partial<ReportContext> = {}): StatusReport {
  return reportOf({ snapshot, plan: plan(snapshot, makePolicy()) }, { ...context, ...more });
}

function rowOf(torrent: TorrentSpec, more: Partial<ReportContext> = {}): StatusReport['torrents'][number] {
  const [row] = reportOn(makeWorld([torrent]), more).torrents;
  assert.ok(row !== undefined);
  return row;
}

const parts = makeMetainfo({ name: 'parts', files: [16 * mebibyte, 32 * mebibyte, 16 * mebibyte] });

test('an empty world is a report without torrents, with space and without problems', () => {
  const report = reportOn(makeWorld([]));
  assert.deepEqual(report.torrents, []);
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.links, { downBytesPerSecond: 0, upBytesPerSecond: 0, shipBytesPerSecond: 0 });
  assert.equal(report.takenAtMs, nowMs);
  assert.ok(report.space !== undefined);
});

test('what goes over a wire as JSON reads the same afterwards', () => {
  const world = makeWorld([
    { metainfo: parts, loaded: { completedBytes: 5 }, receipts: [0] },
    { metainfo: makeMetainfo({ name: 'b\xff\x07' }), jobs: [{}] },
  ]);
  const report = reportOn(world);
  const received = JSON.parse(JSON.stringify(report)) as StatusReport;
  // Loosely: what is undefined is absent afterwards, and reads the same.
  for (const [index, row] of report.torrents.entries()) {
    for (const [key, value] of Object.entries(row))
      assert.deepEqual(received.torrents[index]?.[key as 'name'], value);
  }
  assert.equal(received.torrents[0]?.name, String.raw`b\xff\x07`);
  assert.equal(received.torrents[1]?.window?.provedBytes, 16 * mebibyte);
});

test('a torrent that waits untouched has no window, says why it waits, and has no action', () => {
  const row = rowOf({ metainfo: makeMetainfo({ files: [20 * 1024 * mebibyte] }) });
  assert.equal(row.window, undefined);
  assert.equal(row.action, undefined);
  assert.equal(row.reason, 'file-too-large');
});

test('a torrent that is acted upon names the action and no reason', () => {
  const row = rowOf({ metainfo: parts });
  assert.equal(row.action, 'load');
  assert.equal(row.reason, undefined);
  assert.match(row.next, /^next pass: load it whole/);
});

test('of a whole download all that is not here is in flight', () => {
  const { window } = rowOf({ metainfo: parts, loaded: { completedBytes: 10 * mebibyte } });
  assert.deepEqual(window, {
    totalBytes: 64 * mebibyte,
    windowBytes: 0,
    inFlightBytes: 54 * mebibyte,
    fetchedBytes: 10 * mebibyte,
    shippedBytes: 0,
    provedBytes: 0,
  });
});

test('a stream counts as done what the remote holds and what is here, and not what rtorrent claims', () => {
  const movie = makeMetainfo({ files: [64 * mebibyte] });
  const progress = {
    windowBytes: 24 * mebibyte,
    arrivingBytes: 2 * mebibyte,
    fetchedBytes: 6 * mebibyte,
    sendingBytes: 4 * mebibyte,
  };
  const row = rowOf({
    metainfo: movie,
    loaded: { mode: asByteString(streamMode), completedBytes: 48 * mebibyte },
    jobs: [{ kind: 'stream', files: [0], doneBytes: 32 * mebibyte, stream: progress }],
  });
  assert.equal(row.state, 'streaming');
  assert.equal(row.window?.provedBytes, 32 * mebibyte);
  assert.equal(row.progress, 38 / 64);
});

test('a proof under way has shipped nothing', () => {
  const row = rowOf({ metainfo: parts, loaded: { isComplete: true }, jobs: [{ kind: 'prove' }] });
  assert.equal(row.state, 'proving');
  assert.equal(row.window?.shippedBytes, 0);
});

test('rates add up over the torrents; the rate of transfers, events and estimates come from the context', () => {
  const rates = { downRateBytesPerSecond: 3, upRateBytesPerSecond: 5 };
  const world = makeWorld([
    { metainfo: parts, loaded: rates },
    { metainfo: makeMetainfo({ name: 'other' }), loaded: rates },
  ]);
  const event = { number: 1, atMs: nowMs, kind: 'ship', detail: '3 files', bytes: 9, tookMs: 2 } as const;
  const end = { ms: 60_000, isLeast: true };
  const eta = { torrents: new Map([[parts.infohash, { start: undefined, end }]]), whole: end };
  const report = reportOn(world, { shipBytesPerSecond: 7, events: [event], eta });
  assert.deepEqual(report.links, { downBytesPerSecond: 6, upBytesPerSecond: 10, shipBytesPerSecond: 7 });
  assert.deepEqual(report.events, [event]);
  assert.deepEqual(report.queueEta, end);
  assert.deepEqual(
    report.torrents.map(({ etaMs, isEtaLeast }) => [etaMs, isEtaLeast]),
    [
      [undefined, false],
      [60_000, true],
    ],
  );
});

test('wishes show: priority, and whether it or everything is paused', () => {
  const { infohash } = parts;
  const world = makeWorld([{ metainfo: parts }, { metainfo: makeMetainfo({ name: 'other' }) }], {
    ledger: {
      wishes: { isAllPaused: false, paused: new Set([infohash]), priorities: new Map([[infohash, 'high']]) },
    },
  });
  const report = reportOn(world);
  assert.equal(report.isAllPaused, false);
  assert.deepEqual(
    report.torrents.map(({ name, priority, isPaused }) => [name, priority, isPaused]),
    [
      ['parts', 'high', true],
      ['other', 'normal', false],
    ],
  );
});

test('the problems are those of the shared list', () => {
  const report = reportOn(makeWorld([{ metainfo: makeMetainfo({ files: [20 * 1024 * mebibyte] }) }]));
  assert.deepEqual(
    report.problems.map(({ kind, severity }) => [kind, severity]),
    [['file-too-large', 'error']],
  );
});

test('the monitor gives its latest look, its events with their names as text, and the rate of transfers', () => {
  const monitor = new Monitor();
  assert.equal(lookOfMonitor(monitor, context.driver, makePolicy()), undefined);
  const snapshot = makeWorld([{ metainfo: makeMetainfo({ name: 'b\xff' }), loaded: {} }]);
  monitor.publish({ snapshot, plan: plan(snapshot, makePolicy()) });
  monitorReporter(monitor, { nowMs: () => nowMs, sleep: async () => undefined }).noticed(
    [...snapshot.managed.values()][0]!,
    'something',
  );
  const report = lookOfMonitor(monitor, context.driver, makePolicy())?.report;
  assert.equal(report?.torrents.length, 1);
  assert.deepEqual(
    report.events.map(({ number, kind, name, detail }) => ({ number, kind, name, detail })),
    [{ number: 1, kind: 'notice', name: String.raw`b\xff`, detail: 'something' }],
  );
});

test('times are told from the rates of the latest look as well, before they are kept', () => {
  const monitor = new Monitor();
  const begun = makeWorld([{ metainfo: parts, loaded: {} }]);
  monitor.publish({ snapshot: begun, plan: plan(begun, makePolicy()) });
  monitor.countShipped(2 * mebibyte);
  const later = {
    ...makeWorld([{ metainfo: parts, loaded: { downRateBytesPerSecond: mebibyte } }]),
    takenAtMs: nowMs + 2000,
  };
  monitor.publish({ snapshot: later, plan: plan(later, makePolicy()) });
  assert.equal(monitor.samples().length, 1, 'one in ten seconds');
  const report = lookOfMonitor(monitor, context.driver, makePolicy())?.report;
  assert.equal(Math.round((report?.torrents[0]?.etaMs ?? 0) / 1000), 128, '64 s here, 64 s there');
});

test('where no sample caught a transfer, those that ended tell how fast the next ones go', () => {
  const monitor = new Monitor();
  const ended = driverEvent({ kind: 'ship', outcome: 'done', bytes: 8 * mebibyte, tookMs: 2000 });
  monitor.recordEvent(ended);
  monitor.recordEvent({ ...ended, outcome: 'failed', bytes: 0, tookMs: 60_000 });
  const world = makeWorld([{ metainfo: parts, loaded: { downRateBytesPerSecond: mebibyte } }]);
  monitor.publish({ snapshot: world, plan: plan(world, makePolicy()) });
  const report = lookOfMonitor(monitor, context.driver, makePolicy())?.report;
  assert.equal(Math.round((report?.torrents[0]?.etaMs ?? 0) / 1000), 80, '64 s here, 16 s there');
});

test('before anything was sent, transfers of former processes tell it', () => {
  const monitor = new Monitor();
  monitor.recall([{ atMs: nowMs - 20_000, bytes: 16 * mebibyte, tookMs: 2000 }]);
  const world = makeWorld([{ metainfo: parts, loaded: { downRateBytesPerSecond: mebibyte } }]);
  monitor.publish({ snapshot: world, plan: plan(world, makePolicy()) });
  const etaMs = (): number =>
    lookOfMonitor(monitor, context.driver, makePolicy())?.report.torrents[0]?.etaMs ?? 0;
  assert.equal(Math.round(etaMs() / 1000), 72, '64 s here, 8 s there');
  monitor.recordEvent(
    driverEvent({ kind: 'ship', outcome: 'done', bytes: 9 * 8 * mebibyte, tookMs: 20_000 }),
  );
  assert.equal(Math.round(etaMs() / 1000), 80, 'all of them together');
});

test('what was not seen says why, and leaves the space unknown', () => {
  const world: Snapshot = {
    ...makeWorld([{ metainfo: parts }]),
    rtorrent: { seen: false, reason: 'nobody answers', remedy: 'start rtorrent' },
  };
  const report = reportOn(world);
  assert.deepEqual(report.rtorrent, { seen: false, reason: 'nobody answers', remedy: 'start rtorrent' });
  assert.equal(report.space, undefined);
  assert.equal(report.torrents[0]?.state, 'unknown');
});
