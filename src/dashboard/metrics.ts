/** Metrics in Prometheus' text format, version 0.0.4: names with units, each with its help and its type. */

import type { Problem } from '../core/problems.ts';
import type { DriverEvent } from '../driver/monitor.ts';
import type { StatusReport } from '../driver/report.ts';
import { torrentStates } from '../driver/status.ts';

const prefix = 'low_space_driver_';

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly values: readonly Value[];
}

interface Value {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What happened since the process started: counts only grow. */
export class Counters {
  private readonly actions = new Map<string, Value & { count: number; bytes: number; ms: number }>();
  private troubles = 0;

  count({ kind, outcome, bytes, tookMs }: DriverEvent): void {
    if (kind === 'trouble') this.troubles += 1;
    if (outcome === undefined) return;
    const key = `${kind} ${outcome}`;
    const known = this.actions.get(key) ?? {
      labels: { action: kind, outcome },
      value: 0,
      count: 0,
      bytes: 0,
      ms: 0,
    };
    known.count += 1;
    known.bytes += bytes;
    known.ms += tookMs;
    this.actions.set(key, known);
  }

  metrics(): readonly Metric[] {
    const all = [...this.actions.values()];
    const of = (pick: (one: (typeof all)[number]) => number): readonly Value[] =>
      all.map((one) => ({ labels: one.labels ?? {}, value: pick(one) }));
    return [
      counter(
        'actions_total',
        'Actions that ended, by kind and outcome.',
        of(({ count }) => count),
      ),
      counter(
        'action_bytes_total',
        'Content that those actions were about.',
        of(({ bytes }) => bytes),
      ),
      counter(
        'action_seconds_total',
        'Time that those actions took.',
        of(({ ms }) => ms / 1000),
      ),
      counter('troubles_total', 'Times that a part of the world stopped answering.', [
        { value: this.troubles },
      ]),
    ];
  }
}

/**
 * All metrics. Without a report, what can be told before the first look is over: what is in its way (`obstacle`) is a problem
 * then as well.
 */
export function renderMetrics(
  report: StatusReport | undefined,
  obstacle: Problem | undefined,
  counters: Counters,
): string {
  const gauges =
    report === undefined ? problemGauges(obstacle === undefined ? [] : [obstacle]) : gaugesOf(report);
  const all = [...gauges, ...counters.metrics()];
  return all
    .filter(({ values }) => values.length > 0)
    .map(renderMetric)
    .join('');
}

function gaugesOf(report: StatusReport): readonly Metric[] {
  const { driver, links, torrents, queueEta } = report;
  return [
    gauge('build_info', 'Always 1; its labels tell the version.', [
      { labels: { version: driver.version, rtorrent: report.rtorrent.version ?? '' }, value: 1 },
    ]),
    ...(driver.sinceMs === undefined
      ? []
      : [single('start_time_seconds', 'When the driver started, in Unix time.', driver.sinceMs / 1000)]),
    single('last_look_time_seconds', 'When it last looked, in Unix time.', report.takenAtMs / 1000),
    gauge(
      'part_seen',
      'Whether a part of the world answered at the last look; 1 as well for a remote that was asked nothing.',
      (['rtorrent', 'disk', 'remote'] as const).map((part) => ({
        labels: { part },
        value: report[part].seen ? 1 : 0,
      })),
    ),
    ...spaceGauges(report),
    gauge('link_bytes_per_second', 'What each link carries: from the swarm, to it, to the remote.', [
      { labels: { link: 'down' }, value: links.downBytesPerSecond },
      { labels: { link: 'up' }, value: links.upBytesPerSecond },
      { labels: { link: 'ship' }, value: links.shipBytesPerSecond },
    ]),
    gauge('torrents', 'Managed torrents by state.', countsBy(torrents, torrentStates, 'state')),
    ...torrentGauges(report),
    ...problemGauges(report.problems),
    single(
      'rejected_files',
      'Entries of the managed directory that hold no torrent.',
      report.rejected.length,
    ),
    ...(queueEta === undefined
      ? []
      : [single('queue_eta_seconds', 'Until the whole queue is on the remote.', queueEta.ms / 1000)]),
  ];
}

function spaceGauges({ space }: StatusReport): readonly Metric[] {
  if (space === undefined) return [];
  return [
    single('space_limit_bytes', 'The most that managed torrents may take.', space.limitBytes),
    single('space_allocated_bytes', 'What they take on disk now.', space.allocatedBytes),
    single('space_promised_bytes', 'What they may still come to take.', space.promisedBytes),
    single('space_room_bytes', 'What is left for others.', space.roomBytes),
    single('space_deficit_bytes', 'What is taken and promised beyond the limit.', space.deficitBytes),
    single('filesystem_free_bytes', 'What the filesystem has free.', space.freeBytes),
    single('filesystem_reserve_bytes', 'What of it is left alone.', space.reserveBytes),
  ];
}

function torrentGauges({ torrents }: StatusReport): readonly Metric[] {
  const sum = (pick: (row: (typeof torrents)[number]) => number): number =>
    torrents.reduce((total, row) => total + pick(row), 0);
  return [
    single(
      'managed_bytes',
      'The size of all managed torrents.',
      sum((row) => row.sizeBytes),
    ),
    single(
      'fetched_bytes',
      'Content of theirs that is here.',
      sum((row) => row.window?.fetchedBytes ?? 0),
    ),
    single(
      'proved_bytes',
      'Content of theirs that is proved.',
      sum((row) => row.window?.provedBytes ?? 0),
    ),
  ];
}

function problemGauges(problems: StatusReport['problems']): readonly Metric[] {
  return [
    gauge('problems', 'What a person should look at.', countsBy(problems, ['error', 'warning'], 'severity')),
    gauge(
      'problem_start_time_seconds',
      'Since when the oldest problem of each kind lasts, in Unix time.',
      oldestProblems(problems),
    ),
  ];
}

function oldestProblems(problems: StatusReport['problems']): readonly Value[] {
  const groups = Map.groupBy(problems, ({ severity, kind }) => `${severity} ${kind}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sinceMs = Math.min(...group.map((one) => one.sinceMs));
    return { labels: { severity: first.severity, kind: first.kind }, value: sinceMs / 1000 };
  });
}

function countsBy<Key extends string, Name extends string>(
  items: readonly Readonly<Record<Name, Key>>[],
  keys: readonly Key[],
  name: Name,
): readonly Value[] {
  const groups = Map.groupBy(items, (item) => item[name]);
  return keys.map((key) => ({ labels: { [name]: key }, value: groups.get(key)?.length ?? 0 }));
}

function gauge(name: string, help: string, values: readonly Value[]): Metric {
  return { name: prefix + name, type: 'gauge', help, values };
}

function single(name: string, help: string, value: number): Metric {
  return gauge(name, help, [{ value }]);
}

function counter(name: string, help: string, values: readonly Value[]): Metric {
  return { name: prefix + name, type: 'counter', help, values };
}

function renderMetric({ name, type, help, values }: Metric): string {
  const lines = values.map(({ labels = {}, value }) => `${name}${renderLabels(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
