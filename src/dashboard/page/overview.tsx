/** At a glance: the space as a bar, what the links carry, the queue in figures, and how both went over time. */

import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatBytes, formatRate } from '../../core/units.ts';
import type { Sample } from '../../driver/monitor.ts';
import type { StatusReport } from '../../driver/report.ts';
import type { Line } from './chart.tsx';
import { Chart } from './chart.tsx';
import { etaText, shortBytes } from './words.ts';

const spaceLines: readonly Line[] = [
  { label: 'promised', colour: '--coming' },
  { label: 'allocated', colour: '--here', isFilled: true },
  { label: 'limit', colour: '--bad', isDashed: true },
];

const linkLines: readonly Line[] = [
  { label: 'down', colour: '--here', isFilled: true },
  { label: 'up', colour: '--up' },
  { label: 'to the remote', colour: '--ship' },
];

type Figure = (sample: Sample) => number;

/** One figure a line. */
const spaceFigures: readonly Figure[] = [
  ({ allocatedBytes, promisedBytes }) => allocatedBytes + promisedBytes,
  ({ allocatedBytes }) => allocatedBytes,
  ({ limitBytes }) => limitBytes,
];
const linkFigures: readonly Figure[] = [
  ({ downBytesPerSecond }) => downBytesPerSecond,
  ({ upBytesPerSecond }) => upBytesPerSecond,
  ({ shipBytesPerSecond }) => shipBytesPerSecond,
];

/** Times in seconds, then a list for each figure. */
function columnsOf(samples: readonly Sample[], figures: readonly Figure[]): readonly (readonly number[])[] {
  return [samples.map(({ atMs }) => atMs / 1000), ...figures.map((figure) => samples.map(figure))];
}

interface Properties {
  readonly report: StatusReport;
  readonly samples: readonly Sample[];
}

export function Overview({ report, samples }: Properties): VNode {
  return (
    <div class="overview">
      <SpacePanel report={report} samples={samples} />
      <LinksPanel report={report} samples={samples} />
    </div>
  );
}

function SpacePanel({ report: { space, disk }, samples }: Properties): VNode {
  const data = useMemo(() => columnsOf(samples, spaceFigures), [samples]);
  if (space === undefined) {
    return (
      <section class="panel" aria-labelledby="space-title">
        <h2 id="space-title">Space</h2>
        <p class="muted">Not known: {disk.reason ?? 'the disk was not seen'}</p>
      </section>
    );
  }
  const share = (bytes: number): string => `${Math.min(100, (bytes / Math.max(1, space.limitBytes)) * 100)}%`;
  const sentence = `${formatBytes(space.allocatedBytes)} of ${formatBytes(space.limitBytes)} allocated, ${formatBytes(space.promisedBytes)} promised, ${formatBytes(space.roomBytes)} left`;
  return (
    <section class="panel" aria-labelledby="space-title">
      <div class="panel-head">
        <h2 id="space-title">Space</h2>
        <p class="figure">
          <strong>{formatBytes(space.allocatedBytes)}</strong> of {formatBytes(space.limitBytes)}
        </p>
      </div>
      <div class="bar space-bar" role="img" aria-label={sentence}>
        <span class="here" style={{ width: share(space.allocatedBytes) }} />
        <span class="coming" style={{ width: share(space.promisedBytes) }} />
      </div>
      <ul class="legend">
        <Key colour="here" label="allocated" value={formatBytes(space.allocatedBytes)} />
        <Key colour="coming" label="promised" value={formatBytes(space.promisedBytes)} />
        <Key colour="room" label="room" value={formatBytes(space.roomBytes)} />
        <Key colour="bad" label="limit" value={formatBytes(space.limitBytes)} />
      </ul>
      <Chart
        description={`Space over time. Now: ${sentence}`}
        lines={spaceLines}
        data={data}
        format={shortBytes}
        height={150}
      />
    </section>
  );
}

function LinksPanel({ report: { links, torrents, queueEta }, samples }: Properties): VNode {
  const data = useMemo(() => columnsOf(samples, linkFigures), [samples]);
  const sentence = `down ${formatRate(links.downBytesPerSecond)}, up ${formatRate(links.upBytesPerSecond)}, to the remote ${formatRate(links.shipBytesPerSecond)}`;
  const waits = torrents.length === 0 ? 'nothing in the queue' : `${torrents.length} in the queue`;
  const eta =
    queueEta === undefined
      ? ''
      : `, done in ${etaText({ etaMs: queueEta.ms, isEtaLeast: queueEta.isLeast })}`;
  return (
    <section class="panel" aria-labelledby="links-title">
      <div class="panel-head">
        <h2 id="links-title">Links</h2>
        <p class="figure">
          {waits}
          {eta}
        </p>
      </div>
      <ul class="legend rates">
        <Key colour="here" label="down" value={formatRate(links.downBytesPerSecond)} />
        <Key colour="up" label="up" value={formatRate(links.upBytesPerSecond)} />
        <Key colour="ship" label="to the remote" value={formatRate(links.shipBytesPerSecond)} />
      </ul>
      <Chart
        description={`Throughput over time. Now: ${sentence}`}
        lines={linkLines}
        data={data}
        format={(rate) => `${shortBytes(rate)}/s`}
        height={174}
      />
    </section>
  );
}

function Key({
  colour,
  label,
  value,
}: {
  readonly colour: string;
  readonly label: string;
  readonly value: string;
}): VNode {
  return (
    <li>
      <span class={`swatch ${colour}`} aria-hidden="true" />
      <span class="muted">{label}</span> <span class="value">{value}</span>
    </li>
  );
}
