/** The monitor: what the screens are shown is the latest look, the newest events and samples, and true rates. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plan } from '../../../src/core/plan.ts';
import type { DriverEvent, Moment, MonitorChange } from '../../../src/driver/monitor.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import type { WorldSpec } from '../../support/world.ts';
import {
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeTorrent,
  makeView,
  makeWorld,
  nowMs,
} from '../../support/world.ts';

const metainfo = makeMetainfo();
const managed = { metainfo, local: makeLocal(metainfo), loaded: { isComplete: true } };

function momentAt(afterMs: number, spec: WorldSpec = {}): Moment {
  const snapshot = { ...makeWorld([managed], spec), takenAtMs: nowMs + afterMs };
  return { snapshot, plan: plan(snapshot, makePolicy()) };
}

function eventAt(atMs: number): DriverEvent {
  const { infohash, name } = metainfo;
  const outcome = { outcome: 'done', detail: '1 file', remedy: undefined } as const;
  return { atMs, kind: 'load', infohash, name, ...outcome, bytes: 5, tookMs: 7 };
}

describe('Monitor', () => {
  it('shows the latest look', () => {
    const monitor = new Monitor();
    assert.equal(monitor.current(), undefined);
    const moments = [momentAt(0), momentAt(1000)];
    for (const moment of moments) monitor.publish(moment);
    assert.equal(monitor.current(), moments[1]);
  });

  it('numbers events and keeps the newest 500', () => {
    const monitor = new Monitor();
    for (let count = 1; count <= 501; count += 1) monitor.recordEvent(eventAt(count));
    const numbers = monitor.events().map(({ number }) => number);
    assert.equal(numbers.length, 500);
    assert.deepEqual([numbers[0], numbers.at(-1)], [2, 501]);
  });

  it('keeps a sample every ten seconds, for four hours, and the figures of every look', () => {
    const monitor = new Monitor();
    for (let second = 0; second <= 5 * 3600; second += 5) monitor.publish(momentAt(second * 1000));
    const samples = monitor.samples();
    assert.equal(samples.length, 1440);
    assert.equal(samples.at(-1)?.atMs, nowMs + 5 * 3_600_000);
    assert.equal(samples[0]?.atMs, nowMs + 3_600_000 + 10_000);
    monitor.publish(momentAt(5 * 3_600_000 + 1000));
    assert.equal(monitor.samples(), samples);
    assert.equal(monitor.latestSample()?.atMs, nowMs + 5 * 3_600_000 + 1000);
  });

  it('goes on taking samples after the clock was set back', () => {
    const monitor = new Monitor();
    for (const atMs of [7_200_000, 0, 10_000]) monitor.publish(momentAt(atMs));
    assert.equal(monitor.samples().length, 3);
  });

  it('tells the space and the rates of all torrents', () => {
    const monitor = new Monitor();
    const stranger = makeMetainfo({ name: 'stranger' });
    const torrents = [
      makeTorrent(metainfo, { downRateBytesPerSecond: 1, upRateBytesPerSecond: 2 }),
      makeTorrent(stranger, { downRateBytesPerSecond: 10, upRateBytesPerSecond: 20 }),
    ];
    const view = makeView({ torrents: new Map(torrents.map((one) => [one.infohash, one])) });
    const moment = momentAt(0, { view });
    monitor.publish(moment);
    const { space } = moment.plan;
    assert.deepEqual(monitor.latestSample(), {
      atMs: nowMs,
      allocatedBytes: space?.allocatedBytes,
      promisedBytes: space?.promisedBytes,
      limitBytes: space?.limitBytes,
      freeBytes: space?.freeBytes,
      downBytesPerSecond: 11,
      upBytesPerSecond: 22,
      shipBytesPerSecond: 0,
    });
  });

  it('measures the rate of shipping over a second or more', () => {
    const monitor = new Monitor();
    const rateAt = (afterMs: number): number | undefined => {
      monitor.publish(momentAt(afterMs));
      return monitor.latestSample()?.shipBytesPerSecond;
    };
    assert.equal(rateAt(0), 0);
    monitor.countShipped(600);
    assert.equal(rateAt(100), 0);
    assert.equal(rateAt(2000), 300);
    assert.equal(rateAt(2900), 300);
    assert.equal(rateAt(4000), 0);
  });

  it('tells listeners of looks and events until they leave', () => {
    const monitor = new Monitor();
    const heard: MonitorChange['kind'][] = [];
    const leave = monitor.subscribe(({ kind }) => {
      heard.push(kind);
    });
    monitor.publish(momentAt(0));
    monitor.recordEvent(eventAt(1));
    leave();
    monitor.publish(momentAt(1));
    assert.deepEqual(heard, ['moment', 'event']);
  });
});
