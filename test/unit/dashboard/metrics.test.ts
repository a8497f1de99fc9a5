/** Metrics: the format that Prometheus reads, names with units, counts that only grow. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Counters, renderMetrics } from '../../../src/dashboard/metrics.ts';
import { hostProblem } from '../../../src/core/problems.ts';
import { plan } from '../../../src/core/plan.ts';
import { reportOf } from '../../../src/driver/report.ts';
import { makePolicy, nowMs } from '../../support/world.ts';
import { driverEvent, threeTorrents } from './made-world.ts';
import { findFormatMistakes, valuesIn } from './metrics-format.ts';

const driver = {
  kind: 'daemon',
  version: '1.2"3\\4',
  sinceMs: 1_000_000,
  managedDirectory: '/managed',
  remote: 'a:b',
} as const;

function metricsNow(counters = new Counters()): string {
  const snapshot = threeTorrents();
  return renderMetrics(
    reportOf({ snapshot, plan: plan(snapshot, makePolicy()) }, { driver }),
    undefined,
    counters,
  );
}

test('the format is that of Prometheus, with help and type for each name', () => {
  const counters = new Counters();
  counters.count(driverEvent());
  assert.deepEqual(findFormatMistakes(metricsNow(counters)), []);
  assert.deepEqual(findFormatMistakes(renderMetrics(undefined, undefined, new Counters())), []);
});

test('the figures are those of the report', () => {
  const values = valuesIn(metricsNow());
  assert.equal(values.get('low_space_driver_torrents{state="seeding"}'), 1);
  assert.equal(values.get('low_space_driver_torrents{state="shipping"}'), 1);
  assert.equal(values.get('low_space_driver_torrents{state="waiting"}'), 1);
  assert.equal(values.get('low_space_driver_link_bytes_per_second{link="down"}'), 1000);
  assert.equal(values.get('low_space_driver_proved_bytes'), 16 * 1024 ** 2);
  assert.equal(values.get('low_space_driver_problems{severity="error"}'), 1);
  assert.equal(
    values.get('low_space_driver_problem_start_time_seconds{severity="error",kind="file-too-large"}'),
    nowMs / 1000,
  );
  assert.equal(values.get('low_space_driver_part_seen{part="rtorrent"}'), 1);
  assert.equal(values.get('low_space_driver_start_time_seconds'), 1000);
  assert.equal(values.get(String.raw`low_space_driver_build_info{version="1.2\"3\\4",rtorrent="0.9.8"}`), 1);
});

test('actions add up by kind and outcome; troubles are counted', () => {
  const counters = new Counters();
  counters.count(driverEvent());
  counters.count(driverEvent({ bytes: 11 }));
  counters.count(driverEvent({ outcome: 'failed', bytes: 5 }));
  counters.count(driverEvent({ kind: 'trouble', outcome: undefined }));
  counters.count(driverEvent({ kind: 'notice', outcome: undefined }));
  const values = valuesIn(renderMetrics(undefined, undefined, counters));
  assert.equal(values.get('low_space_driver_actions_total{action="ship",outcome="done"}'), 2);
  assert.equal(values.get('low_space_driver_action_bytes_total{action="ship",outcome="done"}'), 111);
  assert.equal(values.get('low_space_driver_action_seconds_total{action="ship",outcome="done"}'), 4);
  assert.equal(values.get('low_space_driver_actions_total{action="ship",outcome="failed"}'), 1);
  assert.equal(values.get('low_space_driver_troubles_total'), 1);
});

test('problems are told before the first look as well: none, or what is in its way', () => {
  const ofNone = valuesIn(renderMetrics(undefined, undefined, new Counters()));
  assert.equal(ofNone.get('low_space_driver_problems{severity="error"}'), 0);
  const obstacle = hostProblem({ message: 'the ledger cannot be read' }, nowMs);
  const text = renderMetrics(undefined, obstacle, new Counters());
  assert.deepEqual(findFormatMistakes(text), []);
  const values = valuesIn(text);
  assert.equal(values.get('low_space_driver_problems{severity="error"}'), 1);
  const since = values.get(
    'low_space_driver_problem_start_time_seconds{severity="error",kind="host-unseen"}',
  );
  assert.equal(since, nowMs / 1000);
});

test('the dashboard for Grafana asks for nothing that is not there', () => {
  const counters = new Counters();
  counters.count(driverEvent());
  const snapshot = threeTorrents();
  const eta = { torrents: new Map(), whole: { ms: 1, isLeast: false } };
  const text = renderMetrics(
    reportOf({ snapshot, plan: plan(snapshot, makePolicy()) }, { driver, eta }),
    undefined,
    counters,
  );
  const known = new Set([...valuesIn(text).keys()].map((key) => key.split('{', 1)[0]));
  const file = readFileSync(new URL('../../../contrib/grafana/dashboard.json', import.meta.url), 'utf8');
  const asked = new Set(file.match(/low_space_driver_\w+/g));
  assert.ok(asked.size > 8);
  for (const name of asked) assert.ok(known.has(name), name);
});
