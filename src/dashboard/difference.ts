/** Differences between two reports, so that ten thousand torrents need not be sent again because one of them moved. */

import type { Infohash } from '../core/metainfo.ts';
import type { StatusReport } from '../driver/report.ts';
import type { StatusRow } from '../driver/status.ts';
import type { ReportChange, ReportHead, StreamMessage } from './wire.ts';

/** As many as the driver itself keeps. */
const mostEvents = 500;

/** Undefined where the torrents that stayed are in another order: then the new report itself has to be sent. */
export function differenceOf(before: StatusReport, after: StatusReport): ReportChange | undefined {
  // Looks follow each other fast and torrents seldom come or go: nothing is looked up while both lists go together.
  const [wasThere, isThere] = [membersOf(before.torrents), membersOf(after.torrents)];
  const removed: Infohash[] = [];
  const changed: StatusRow[] = [];
  const inserted: ReportChange['inserted'][number][] = [];
  let at = 0;
  for (const [index, row] of after.torrents.entries()) {
    let old = before.torrents[at];
    while (old !== undefined && old.infohash !== row.infohash && !isThere(old.infohash)) {
      removed.push(old.infohash);
      at += 1;
      old = before.torrents[at];
    }
    if (old?.infohash === row.infohash) {
      at += 1;
      if (!isSameRow(old, row)) changed.push(row);
    } else if (wasThere(row.infohash)) return undefined;
    else inserted.push({ index, row });
  }
  for (const { infohash } of before.torrents.slice(at)) removed.push(infohash);
  return { head: headOf(after), removed, changed, inserted };
}

/** What a watcher knows after a message of the stream; undefined before the first whole report. */
export function reportAfter(
  before: StatusReport | undefined,
  message: StreamMessage,
): StatusReport | undefined {
  if (message.kind === 'report') return message.report;
  if (before === undefined) return undefined;
  if (message.kind === 'change') return applyChange(before, message.change);
  return { ...before, events: [...before.events, message.event].slice(-mostEvents) };
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

/** Tells who is among the rows; the set is made when it is first asked. */
function membersOf(rows: readonly StatusRow[]): (infohash: Infohash) => boolean {
  let members: ReadonlySet<Infohash> | undefined;
  return (infohash) => (members ??= new Set(rows.map((row) => row.infohash))).has(infohash);
}

function headOf({ torrents: _, events: __, ...head }: StatusReport): ReportHead {
  return head;
}

/** Field by field: over the keys of an object it takes ten times as long, for ten thousand rows each second. */
function isSameRow(one: StatusRow, other: StatusRow): boolean {
  return (
    one.infohash === other.infohash &&
    one.name === other.name &&
    one.sizeBytes === other.sizeBytes &&
    one.state === other.state &&
    one.progress === other.progress &&
    one.ratio === other.ratio &&
    one.downRateBytesPerSecond === other.downRateBytesPerSecond &&
    one.upRateBytesPerSecond === other.upRateBytesPerSecond &&
    one.priority === other.priority &&
    one.isPaused === other.isPaused &&
    isSameWindow(one.window, other.window) &&
    one.etaMs === other.etaMs &&
    one.isEtaLeast === other.isEtaLeast &&
    one.reason === other.reason &&
    one.action === other.action &&
    one.next === other.next
  );
}

function isSameWindow(one: StatusRow['window'], other: StatusRow['window']): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.totalBytes === other.totalBytes &&
    one.windowBytes === other.windowBytes &&
    one.inFlightBytes === other.inFlightBytes &&
    one.fetchedBytes === other.fetchedBytes &&
    one.shippedBytes === other.shippedBytes &&
    one.provedBytes === other.provedBytes
  );
}
