/** A chart of time: uPlot in the page's colours, as wide as its place, with a description for those who cannot see it. */

import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export interface Line {
  readonly label: string;
  /** The name of a custom property of the style sheet. */
  readonly colour: string;
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
}

/** A daemon that has just begun has few moments to show: they are not drawn as wide as hours. */
const leastSeconds = 5 * 60;
/** Below this, bytes and rates are nothing to scale a chart by. */
const leastValue = 1024;

interface Properties {
  readonly description: string;
  readonly lines: readonly Line[];
  /** Times in seconds, then one list of values a line. */
  readonly data: readonly (readonly number[])[];
  readonly format: (value: number) => string;
  readonly height: number;
}

export function Chart({ description, lines, data, format, height }: Properties): VNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const draw = (): void => {
      chart.current?.destroy();
      const options = optionsFor(lines, format, element.clientWidth, height);
      chart.current = new uPlot(options, dataOf(data), element);
    };
    draw();
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resize.disconnect();
      scheme.removeEventListener('change', draw);
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(dataOf(data)), [data]);
  return (
    <div ref={place} class="chart" role="img" aria-label={description} style={{ height: `${height}px` }} />
  );
}

function dataOf(data: Properties['data']): uPlot.AlignedData {
  return data as uPlot.AlignedData;
}

function optionsFor(
  lines: readonly Line[],
  format: (value: number) => string,
  width: number,
  height: number,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_, first, last) => [Math.min(first, last - leastSeconds), last] },
      y: { range: (_, __, most) => [0, Math.max(leastValue, most * 1.08)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 24, space: 80, values: (_, ticks) => ticks.map(timeText) },
      { ...axis, size: 70, space: 36, splits: binarySplits, values: (_, ticks) => ticks.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name, isFilled, isDashed }): uPlot.Series => ({
        label,
        stroke: colour(name),
        width: 1.5,
        points: { show: false },
        ...(isFilled === true ? { fill: `color-mix(in srgb, ${colour(name)} 18%, transparent)` } : {}),
        ...(isDashed === true ? { dash: [5, 4] } : {}),
      })),
    ],
  };
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** Ticks at 1, 2 or 5 times a power of two that fits the unit: 0, 2 GiB, 4 GiB. */
function binarySplits(_: uPlot, __: number, ___: number, most: number): number[] {
  const wanted = most / 4;
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, wanted)) / Math.log(1024)));
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024];
  const step = (steps.find((one) => one * unit >= wanted) ?? 1024) * unit;
  return Array.from({ length: Math.floor(most / step) + 1 }, (___unused, index) => index * step);
}
