/** A report of a small world in motion, for the tests of the live screen. */

import { bytesOfText } from '../../../../src/core/bytes.ts';
import type { QueueEta } from '../../../../src/core/eta.ts';
import { etaOf } from '../../../../src/core/eta.ts';
import { plan } from '../../../../src/core/plan.ts';
import type { Snapshot } from '../../../../src/core/snapshot.ts';
import type { ReportedEvent, StatusReport } from '../../../../src/driver/report.ts';
import { reportOf } from '../../../../src/driver/report.ts';
import {
  gibibyte,
  makeDuty,
  makeFailure,
  makeLocal,
  makeMetainfo,
  makePolicy,
  makeWorld,
  mebibyte,
  nowMs,
} from '../../../support/world.ts';

const policy = makePolicy({ spaceLimitBytes: 2 * gibibyte, duty: makeDuty({ requiredRatio: 1 }) });

const [album, series, film, book, big, bad] = [
  makeMetainfo({ name: 'album', files: [200 * mebibyte] }),
  makeMetainfo({ name: 'series', files: [400 * mebibyte, 300 * mebibyte] }),
  makeMetainfo({ name: 'film with a name that is too long for most screens', files: [800 * mebibyte] }),
  makeMetainfo({ name: 'book', files: [40 * mebibyte] }),
  makeMetainfo({ name: bytesOfText('big \u56fe\u4e66\u9986'), files: [900 * mebibyte] }),
  makeMetainfo({ name: 'bad', files: [60 * mebibyte] }),
] as const;

export const busyWorld: Snapshot = makeWorld([
  {
    metainfo: album,
    loaded: { isComplete: true, uploadedBytes: 220 * mebibyte },
    local: makeLocal(album),
    jobs: [{ totalBytes: 200 * mebibyte, doneBytes: 50 * mebibyte }],
  },
  {
    metainfo: series,
    loaded: { completedBytes: 350 * mebibyte, downRateBytesPerSecond: 3 * mebibyte },
    local: makeLocal(series, [200 * mebibyte, 150 * mebibyte]),
  },
  {
    metainfo: book,
    loaded: { isComplete: true, uploadedBytes: 16.8 * mebibyte, upRateBytesPerSecond: 20_480 },
    local: makeLocal(book),
  },
  { metainfo: bad, loaded: { isComplete: true }, local: makeLocal(bad), failure: makeFailure() },
  { metainfo: film },
  { metainfo: big },
]);

export const events: readonly ReportedEvent[] = [
  { number: 1, kind: 'load', name: 'series', detail: '700 MiB', outcome: 'done' } as const,
  { number: 2, kind: 'ship', name: 'poster', detail: '1 file', outcome: 'done' } as const,
  { number: 3, kind: 'ship', name: 'bad', detail: 'the remote is full', outcome: 'failed' } as const,
].map((event) => ({ ...event, atMs: nowMs - 60_000, bytes: 60 * mebibyte, tookMs: 30_000 }));

export function makeReport(snapshot: Snapshot = busyWorld, more: Partial<StatusReport> = {}): StatusReport {
  const decided = plan(snapshot, policy);
  const eta: QueueEta = etaOf(snapshot, decided, policy, {
    downBytesPerSecond: 3 * mebibyte,
    shipBytesPerSecond: 2 * mebibyte,
  });
  const report = reportOf(
    { snapshot, plan: decided },
    {
      driver: {
        kind: 'daemon',
        version: '0.1.0',
        sinceMs: nowMs - 7_500_000,
        managedDirectory: '/managed',
        remote: 'bighost:/big',
      },
      shipBytesPerSecond: 2 * mebibyte,
      events,
      eta,
    },
  );
  return { ...report, ...more };
}
