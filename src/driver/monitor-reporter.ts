/** The reporter that feeds the monitor: what is done becomes an event, and the progress of transfers a rate. */

import { contentOf } from '../core/content.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { Job } from '../core/snapshot.ts';
import type { ClockPort, ReporterPort } from '../ports/runtime.ts';
import type { Monitor } from './monitor.ts';

export function monitorReporter(monitor: Monitor, clock: ClockPort): ReporterPort {
  /** Bytes of the transfers under way that are counted already. */
  const counted = new Map<string, number>();
  const about = { atMs: 0, infohash: undefined, name: undefined, outcome: undefined, bytes: 0, tookMs: 0 };
  const count = (key: string, doneBytes: number): void => {
    const countedBytes = counted.get(key) ?? 0;
    if (doneBytes <= countedBytes) return;
    monitor.countShipped(doneBytes - countedBytes);
    counted.set(key, doneBytes);
  };
  return {
    acted: (action, outcome, tookMs) => {
      const { infohash, name } = action.managed.metainfo;
      const { bytes } = contentOf(action);
      if (action.kind === 'ship' || action.kind === 'stream') {
        const key = keyOf(action.kind, infohash, action.files.at(0)?.index);
        const isAllSent = outcome.kind === 'done' && (action.kind === 'ship' || counted.has(key));
        if (isAllSent) count(key, bytes);
        counted.delete(key);
      }
      const isFailed = outcome.kind === 'failed';
      monitor.recordEvent({
        atMs: clock.nowMs(),
        kind: action.kind,
        infohash,
        name,
        outcome: outcome.kind,
        detail: isFailed ? outcome.message : outcome.detail,
        remedy: isFailed ? outcome.remedy : undefined,
        bytes,
        tookMs,
      });
    },
    progressed: (_, { kind, infohash, files, doneBytes }) => {
      if (kind === 'prove') return;
      const key = keyOf(kind, infohash, files[0]);
      // A stream begins with what the remote holds already.
      if (kind === 'stream' && !counted.has(key)) counted.set(key, doneBytes);
      else count(key, doneBytes);
    },
    noticed: ({ metainfo: { infohash, name } }, detail) => {
      const event = { ...about, atMs: clock.nowMs(), infohash, name, detail, remedy: undefined };
      monitor.recordEvent({ ...event, kind: 'notice' });
    },
    troubled: (_, detail, remedy) => {
      monitor.recordEvent({ ...about, atMs: clock.nowMs(), kind: 'trouble', detail, remedy });
    },
    recovered: (part) => {
      const detail = `${part} answers again`;
      monitor.recordEvent({ ...about, atMs: clock.nowMs(), kind: 'recovery', detail, remedy: undefined });
    },
  };
}

/** A torrent may have several jobs of one kind at once, but a file is in one of them alone. */
function keyOf(kind: Job['kind'], infohash: Infohash, firstFile: number | undefined): string {
  return `${kind} ${infohash} ${firstFile ?? ''}`;
}
