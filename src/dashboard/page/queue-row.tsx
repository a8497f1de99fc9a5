/** One row of the queue: a torrent at a glance. */

import type { VNode } from 'preact';
import { memo } from 'preact/compat';
import { formatBytes, formatRate } from '../../core/units.ts';
import type { StatusRow } from '../../driver/status.ts';
import { sharesOf } from './model.ts';
import { etaText, percentText } from './words.ts';

interface Properties {
  readonly row: StatusRow;
  /** Its place in the list that is shown, from 0. */
  readonly index: number;
  readonly top: number;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (index: number) => void;
}

export const QueueRow = memo(function QueueRow(properties: Properties): VNode {
  const { row, index, top, isActive, isOpen, onOpen } = properties;
  return (
    <div
      id={rowId(index)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      class={`row ${isActive ? 'active' : ''} ${isOpen ? 'open' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(index)}
    >
      <div role="gridcell" class="name" title={row.name}>
        {row.priority !== 'normal' && <span class={`badge ${row.priority}`}>{row.priority}</span>}
        {row.name}
      </div>
      <div role="gridcell" class="state">
        <span class={`dot ${row.state}`} aria-hidden="true" />
        {row.state}
      </div>
      <div role="gridcell" class="progress">
        <Progress row={row} />
        <span class="percent">{percentText(row.progress)}</span>
      </div>
      <div role="gridcell" class="size">
        {formatBytes(row.sizeBytes)}
      </div>
      <div role="gridcell" class="rate">
        {rateText(row)}
      </div>
      <div role="gridcell" class="ratio">
        {row.ratio === undefined ? '–' : row.ratio.toFixed(2)}
      </div>
      <div role="gridcell" class="eta">
        {etaText(row)}
      </div>
      <div role="gridcell" class="next" title={row.next}>
        {row.next}
      </div>
    </div>
  );
});

export function Progress({ row }: { readonly row: StatusRow }): VNode {
  const { proved, sent, here, coming } = sharesOf(row);
  return (
    <span class="bar" aria-hidden="true">
      <span class="proved" style={{ width: `${proved}%` }} />
      <span class="ship" style={{ width: `${sent}%` }} />
      <span class="here" style={{ width: `${here}%` }} />
      <span class="coming" style={{ width: `${coming}%` }} />
    </span>
  );
}

export function rowId(index: number): string {
  return `row-${index}`;
}

function rateText({ downRateBytesPerSecond: down, upRateBytesPerSecond: up }: StatusRow): string {
  if (down > 0) return `↓ ${formatRate(down)}`;
  return up > 0 ? `↑ ${formatRate(up)}` : '–';
}
