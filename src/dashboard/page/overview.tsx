/** At a glance: the space, what the links carry, the queue in figures, and how both went over time. */

import type { ComponentChildren, VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Space } from '../../core/budget.ts';
import { formatBytes, formatRate } from '../../core/units.ts';
import type { Sample } from '../../driver/monitor.ts';
import type { StatusReport } from '../../driver/report.ts';
import type { Line } from './chart.tsx';
import { Chart } from './chart.tsx';
import { etaText, shortBytes } from './words.ts';

/** One line of a chart, and the figure of each moment that it goes through. */
interface Curve extends Line {
  readonly figure: (sample: Sample) => number;
}

const spaceCurves: readonly Curve[] = [
  {
    label: 'reserved',
    colour: '--coming',
    figure: ({ allocatedBytes, promisedBytes }) => allocatedBytes + promisedBytes,
  },
  { label: 'allocated', colour: '--here', isFilled: true, figure: ({ allocatedBytes }) => allocatedBytes },
  { label: 'limit', colour: '--bad', isDashed: true, figure: ({ limitBytes }) => limitBytes },
];

const linkCurves: readonly Curve[] = [
  { label: 'down', colour: '--here', isFilled: true, figure: ({ downBytesPerSecond }) => downBytesPerSecond },
  { label: 'up', colour: '--up', figure: ({ upBytesPerSecond }) => upBytesPerSecond },
  { label: 'to the remote', colour: '--ship', figure: ({ shipBytesPerSecond }) => shipBytesPerSecond },
];

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
  if (space === undefined) {
    return (
      <Panel title="Space">
        <p class="muted">Not known: {disk.reason ?? 'the disk was not seen'}</p>
      </Panel>
    );
  }
  const [allocated, reserved, free, limit] = [
    space.allocatedBytes,
    space.promisedBytes,
    space.roomBytes,
    space.limitBytes,
  ].map(formatBytes) as [string, string, string, string];
  const sentence = `${allocated} of ${limit} allocated, ${reserved} reserved, ${free} free`;
  return (
    <Panel
      title="Space"
      figure={
        <>
          <strong>{allocated}</strong> of {limit}
        </>
      }
    >
      <SpaceBar space={space} sentence={sentence} />
      <Keys
        keys={[
          ['here', 'allocated', allocated],
          ['coming', 'reserved', reserved],
          ['room', 'free', free],
          ['bad', 'limit', limit],
        ]}
      />
      <History
        about={`Space over time. Now: ${sentence}`}
        curves={spaceCurves}
        samples={samples}
        format={shortBytes}
        height={150}
      />
    </Panel>
  );
}

/** What is over the limit stands behind its mark. */
function SpaceBar({ space, sentence }: { readonly space: Space; readonly sentence: string }): VNode {
  const { allocatedBytes, promisedBytes, limitBytes } = space;
  const wholeBytes = Math.max(1, limitBytes, allocatedBytes + promisedBytes);
  const share = (bytes: number): string => `${(bytes / wholeBytes) * 100}%`;
  return (
    <div class="bar space-bar" role="img" aria-label={sentence}>
      <span class="here" style={{ width: share(allocatedBytes) }} />
      <span class="coming" style={{ width: share(promisedBytes) }} />
      {wholeBytes > limitBytes && <span class="limit" style={{ left: share(limitBytes) }} />}
    </div>
  );
}

function LinksPanel({ report: { links, torrents, queueEta }, samples }: Properties): VNode {
  const [down, up, ship] = [links.downBytesPerSecond, links.upBytesPerSecond, links.shipBytesPerSecond].map(
    formatRate,
  ) as [string, string, string];
  const waits = torrents.length === 0 ? 'nothing in the queue' : `${torrents.length} in the queue`;
  const eta =
    queueEta === undefined
      ? ''
      : `, done in ${etaText({ etaMs: queueEta.ms, isEtaLeast: queueEta.isLeast })}`;
  return (
    <Panel title="Links" figure={`${waits}${eta}`}>
      <Keys
        isStrong
        keys={[
          ['here', 'down', down],
          ['up', 'up', up],
          ['ship', 'to the remote', ship],
        ]}
      />
      <History
        about={`Throughput over time. Now: down ${down}, up ${up}, to the remote ${ship}`}
        curves={linkCurves}
        samples={samples}
        format={(rate) => `${shortBytes(rate)}/s`}
        height={174}
      />
    </Panel>
  );
}

/** What it is about, with a figure beside it. */
function Panel({
  title,
  figure,
  children,
}: {
  readonly title: string;
  readonly figure?: ComponentChildren;
  readonly children: ComponentChildren;
}): VNode {
  const id = `${title.toLowerCase()}-title`;
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {figure !== undefined && <p class="figure">{figure}</p>}
      </div>
      {children}
    </section>
  );
}

/** What the colours mean, each with its value now. */
function Keys({
  keys,
  isStrong = false,
}: {
  readonly keys: readonly (readonly [colour: string, label: string, value: string])[];
  readonly isStrong?: boolean;
}): VNode {
  return (
    <ul class={isStrong ? 'legend rates' : 'legend'}>
      {keys.map(([colour, label, value]) => (
        <li key={label}>
          <span class={`swatch ${colour}`} aria-hidden="true" />
          <span class="muted">{label}</span> <span class="value">{value}</span>
        </li>
      ))}
    </ul>
  );
}

/** How it went: times in seconds, and a line for each curve. */
function History({
  about,
  curves,
  samples,
  format,
  height,
}: {
  readonly about: string;
  readonly curves: readonly Curve[];
  readonly samples: readonly Sample[];
  readonly format: (value: number) => string;
  readonly height: number;
}): VNode {
  const data = useMemo(
    () => [samples.map(({ atMs }) => atMs / 1000), ...curves.map(({ figure }) => samples.map(figure))],
    [samples, curves],
  );
  if (samples.length < 2) {
    return (
      <p class="muted no-chart" style={{ height: `${height}px` }}>
        A chart begins with the next look.
      </p>
    );
  }
  return <Chart description={about} lines={curves} data={data} format={format} height={height} />;
}
