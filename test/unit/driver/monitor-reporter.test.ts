/** The monitor's reporter: what is told becomes events, and the progress of transfers is counted once. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action } from '../../../src/core/action.ts';
import type { NumberedEvent } from '../../../src/driver/monitor.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import { monitorReporter } from '../../../src/driver/monitor-reporter.ts';
import { composeReporters } from '../../../src/driver/reporters.ts';
import type { ClockPort } from '../../../src/ports/runtime.ts';
import { downloads, makeJob, makeManaged, makeMetainfo, nowMs } from '../../support/world.ts';

const clock: ClockPort = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
const metainfo = makeMetainfo({ files: [60, 40] });
const managed = makeManaged(metainfo);
const ship: Action = { kind: 'ship', managed, directory: downloads, files: metainfo.files };
const job = makeJob(metainfo, { totalBytes: 100, doneBytes: 0 });

class CountingMonitor extends Monitor {
  counted = 0;

  override countShipped(bytes: number): void {
    this.counted += bytes;
  }
}

describe('monitorReporter', () => {
  it('makes an event of each action, with its content and what came of it', () => {
    const monitor = new Monitor();
    const reporter = monitorReporter(monitor, clock);
    reporter.acted(ship, { kind: 'done', detail: '2 of 2 files' }, 1200);
    reporter.acted(ship, { kind: 'failed', message: 'full', remedy: 'make room' }, 10);
    const { infohash, name } = metainfo;
    const common = { atMs: nowMs, kind: 'ship', infohash, name, bytes: 100 };
    assert.deepEqual(monitor.events(), [
      { ...common, number: 1, outcome: 'done', detail: '2 of 2 files', remedy: undefined, tookMs: 1200 },
      { ...common, number: 2, outcome: 'failed', detail: 'full', remedy: 'make room', tookMs: 10 },
    ]);
  });

  it('makes events of notices, troubles and recoveries', () => {
    const monitor = new Monitor();
    const reporter = monitorReporter(monitor, clock);
    reporter.noticed(managed, 'a file stays');
    reporter.troubled('rtorrent', 'it does not answer', 'start it');
    reporter.recovered('rtorrent');
    const told = ({ kind, name, detail, remedy }: NumberedEvent): unknown[] => [kind, name, detail, remedy];
    assert.deepEqual(monitor.events().map(told), [
      ['notice', metainfo.name, 'a file stays', undefined],
      ['trouble', undefined, 'it does not answer', 'start it'],
      ['recovery', undefined, 'rtorrent answers again', undefined],
    ]);
  });

  it('counts the bytes of a transfer once, and of one that is done all of them', () => {
    const monitor = new CountingMonitor();
    const reporter = monitorReporter(monitor, clock);
    for (const doneBytes of [10, 30, 20, 40]) reporter.progressed(managed, { ...job, doneBytes });
    assert.equal(monitor.counted, 40);
    reporter.progressed(managed, { ...job, doneBytes: 50 });
    reporter.acted(ship, { kind: 'done', detail: '' }, 1);
    assert.equal(monitor.counted, 100);
    reporter.progressed(managed, { ...job, kind: 'prove', doneBytes: 50 });
    assert.equal(monitor.counted, 100);
    reporter.progressed(managed, { ...job, doneBytes: 7 });
    reporter.acted(ship, { kind: 'failed', message: '', remedy: undefined }, 1);
    assert.equal(monitor.counted, 107);
  });
});

describe('several transfers of one torrent', () => {
  const halves = metainfo.files.map((file) => ({ ...ship, files: [file] }));
  const jobs = metainfo.files.map(({ index, lengthBytes }) => ({
    ...job,
    files: [index],
    totalBytes: lengthBytes,
  }));

  it('are counted each for itself', () => {
    const monitor = new CountingMonitor();
    const reporter = monitorReporter(monitor, clock);
    reporter.progressed(managed, { ...jobs[0]!, doneBytes: 30 });
    reporter.progressed(managed, { ...jobs[1]!, doneBytes: 20 });
    assert.equal(monitor.counted, 50);
    reporter.acted(halves[1]!, { kind: 'done', detail: '' }, 1);
    assert.equal(monitor.counted, 70);
    reporter.acted(halves[0]!, { kind: 'done', detail: '' }, 1);
    assert.equal(monitor.counted, 100);
  });

  it('that are streamed count from what the remote held at first', () => {
    const monitor = new CountingMonitor();
    const reporter = monitorReporter(monitor, clock);
    const streamed = { ...jobs[0]!, kind: 'stream' } as const;
    const [file] = metainfo.files;
    const action = { ...halves[0]!, kind: 'stream', files: [file!], windowBytes: 1, blockBytes: 1 } as const;
    for (const doneBytes of [25, 30, 40]) reporter.progressed(managed, { ...streamed, doneBytes });
    assert.equal(monitor.counted, 15);
    reporter.acted({ ...action, elsewhere: undefined }, { kind: 'done', detail: '' }, 1);
    assert.equal(monitor.counted, 35);
    reporter.acted({ ...action, elsewhere: undefined }, { kind: 'done', detail: '' }, 1);
    assert.equal(monitor.counted, 35, 'of one that had nothing to do nothing was sent');
  });
});

describe('composeReporters', () => {
  it('tells all of them everything', () => {
    const monitors = [new Monitor(), new CountingMonitor()] as const;
    const reporter = composeReporters(...monitors.map((monitor) => monitorReporter(monitor, clock)));
    reporter.progressed(managed, { ...job, doneBytes: 3 });
    reporter.acted(ship, { kind: 'stale', detail: 'moved' }, 1);
    reporter.noticed(managed, 'a');
    reporter.troubled('the remote', 'b', undefined);
    reporter.recovered('the remote');
    const kinds = ['ship', 'notice', 'trouble', 'recovery'];
    for (const monitor of monitors)
      assert.deepEqual(
        monitor.events().map(({ kind }) => kind),
        kinds,
      );
    assert.equal(monitors[1].counted, 3);
  });
});
