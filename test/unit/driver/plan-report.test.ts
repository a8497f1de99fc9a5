/** The plan as plain data: in the order of the queue, with the times of each, and no bytes that only this program could read. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WaitReason } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { etaOf } from '../../../src/core/eta.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { PlanReport } from '../../../src/driver/plan-report.ts';
import { planReportOf } from '../../../src/driver/plan-report.ts';
import { gibibyte, makeMetainfo, makePolicy, makeWorld, mebibyte, nowMs } from '../../support/world.ts';

const policy = makePolicy({ spaceLimitBytes: gibibyte });
const rates = { downBytesPerSecond: mebibyte, shipBytesPerSecond: mebibyte };
const small = makeMetainfo({ name: 'small', files: [100 * mebibyte] });
const middle = makeMetainfo({ name: 'm\xffddle', files: [700 * mebibyte] });
const large = makeMetainfo({ name: 'large', files: [900 * mebibyte] });

function reportOn(snapshot: Snapshot): PlanReport {
  const decided = plan(snapshot, policy);
  return planReportOf({ snapshot, plan: decided }, etaOf(snapshot, decided, policy, rates));
}

test('each torrent comes with the time until it starts and until it is done, and the queue with its own', () => {
  const { actions, waits, queueEta, takenAt } = reportOn(
    makeWorld([
      { metainfo: large },
      { metainfo: middle, loaded: { downRateBytesPerSecond: mebibyte } },
      { metainfo: small },
    ]),
  );
  assert.equal(takenAt, new Date(nowMs).toISOString());
  assert.deepEqual(
    actions.map(({ name, action, start }) => [name, action, start]),
    [['small', 'load', { ms: 0, isLeast: false }]],
  );
  assert.deepEqual(
    waits.map(({ name, reason }) => [name, reason.kind]),
    [
      [String.raw`m\xffddle`, 'downloading'],
      ['large', 'space'],
    ],
  );
  const [begun, waiting] = waits;
  assert.equal(begun?.start?.ms, 0);
  assert.ok((begun.end?.ms ?? 0) >= 1_400_000, 'fetched, then shipped, at one MiB a second');
  assert.equal(waiting?.start?.ms, begun.end?.ms, 'it gets the room that the other one leaves');
  assert.equal(queueEta?.ms, waiting?.end?.ms);
});

test('what cannot be told is absent', () => {
  const huge = makeMetainfo({ name: 'huge', files: [20 * gibibyte] });
  const [wait] = reportOn(makeWorld([{ metainfo: huge }])).waits;
  assert.equal(wait?.reason.kind, 'file-too-large');
  assert.deepEqual([wait.start, wait.end], [undefined, undefined]);
  assert.match(wait.sentence, /alone needs 20\.0 GiB/);
});

test('what was not seen, and what was skipped, is told with it', () => {
  const report = reportOn({
    ...makeWorld([{ metainfo: small }]),
    rtorrent: { seen: false, reason: 'nobody answers', remedy: 'start rtorrent' },
    rejected: [{ path: asByteString('b\xff.torrent'), reason: 'it is cut short' }],
  });
  assert.deepEqual(report.rtorrent, { seen: false, reason: 'nobody answers', remedy: 'start rtorrent' });
  assert.equal(report.space, null);
  assert.deepEqual(report.rejected, [{ path: String.raw`b\xff.torrent`, reason: 'it is cut short' }]);
});

test('every path and name in a reason is text', () => {
  const bytes = asByteString('caf\xc3\xa9 \xff');
  const snapshot = makeWorld([{ metainfo: small }]);
  const [managed] = [...snapshot.managed.values()];
  assert.ok(managed !== undefined);
  const reasons: readonly WaitReason[] = [
    { kind: 'path-taken', path: bytes },
    { kind: 'shared-files', other: bytes },
    { kind: 'place-unknown', reported: bytes },
    { kind: 'room-kept', needBytes: 1, roomBytes: 1, other: bytes },
  ];
  for (const reason of reasons) {
    const decided = { actions: [], waits: [{ managed, reason }], space: undefined };
    const report = planReportOf({ snapshot, plan: decided }, { torrents: new Map(), whole: undefined });
    const texts = Object.values(report.waits[0]?.reason ?? {}).filter((value) => typeof value === 'string');
    assert.deepEqual(texts.toSorted(), [String.raw`café \xff`, reason.kind].toSorted(), reason.kind);
  }
});
