/** Differences between two reports, so that ten thousand torrents need not be sent again because one of them moved. */

import type { Infohash } from '../core/metainfo.ts';
import type { StatusReport } from '../driver/report.ts';
import type { StatusRow } from '../driver/status.ts';
import type { ReportChange, ReportHead } from './wire.ts';

/** Undefined where the torrents that stayed are in another order: then the new report itself has to be sent. */
export function differenceOf(before: StatusReport, after: StatusReport): ReportChange | undefined {
  const previous = new Map(before.torrents.map((row) => [row.infohash, row]));
  const current = new Set(after.torrents.map((row) => row.infohash));
  const stayed = before.torrents.filter((row) => current.has(row.infohash));
  const changed: StatusRow[] = [];
  const inserted: ReportChange['inserted'][number][] = [];
  let at = 0;
  for (const [index, row] of after.torrents.entries()) {
    const old = previous.get(row.infohash);
    if (old === undefined) {
      inserted.push({ index, row });
      continue;
    }
    if (stayed[at]?.infohash !== row.infohash) return undefined;
    at += 1;
    if (!isSameRow(old, row)) changed.push(row);
  }
  const removed = before.torrents.flatMap(({ infohash }) => (current.has(infohash) ? [] : infohash));
  return { head: headOf(after), removed, changed, inserted };
}

/** The report after the change; rows that did not change stay the same objects. */
export function applyChange(before: StatusReport, change: ReportChange): StatusReport {
  const removed = new Set<Infohash>(change.removed);
  const changed = new Map(change.changed.map((row) => [row.infohash, row]));
  const torrents = before.torrents
    .filter(({ infohash }) => !removed.has(infohash))
    .map((row) => changed.get(row.infohash) ?? row);
  for (const { index, row } of change.inserted) torrents.splice(index, 0, row);
  return { ...change.head, torrents, events: before.events };
}

function headOf({ torrents: _, events: __, ...head }: StatusReport): ReportHead {
  return head;
}

/** Rows are flat but for `window`. */
function isSameRow(one: StatusRow, other: StatusRow): boolean {
  const keys = Object.keys(one) as (keyof StatusRow)[];
  return keys.every((key) =>
    key === 'window' ? isSameWindow(one.window, other.window) : one[key] === other[key],
  );
}

function isSameWindow(one: StatusRow['window'], other: StatusRow['window']): boolean {
  if (one === undefined || other === undefined) return one === other;
  const keys = Object.keys(one) as (keyof typeof one)[];
  return keys.every((key) => one[key] === other[key]);
}
