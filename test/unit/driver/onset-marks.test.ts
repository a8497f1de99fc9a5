/** The onsets of problems are written when something changes, and a ledger that cannot be written stops nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Onset, Snapshot } from '../../../src/core/snapshot.ts';
import { keepOnsets } from '../../../src/driver/onset-marks.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { makeMetainfo, makePolicy, makeWorld, mebibyte, nowMs } from '../../support/world.ts';

const huge = makeMetainfo({ name: 'huge', files: [20 * 1024 * mebibyte] });
const id = `file-too-large ${huge.infohash}`;

function ledgerThat(
  record: (onsets: ReadonlyMap<string, Onset | undefined>) => Promise<void>,
): Ports['ledger'] {
  return { recordOnsets: record } as Ports['ledger'];
}

async function keep(snapshot: Snapshot): Promise<readonly unknown[]> {
  const written: unknown[] = [];
  const ledger = ledgerThat(async (onsets) => {
    written.push(...onsets);
  });
  await keepOnsets({ snapshot, plan: plan(snapshot, makePolicy()) }, { ledger });
  return written;
}

test('a problem that begins is written, one that lasts is not, one that is over is', async () => {
  const onset = { sinceMs: nowMs - 5, goneAtMs: undefined };
  const known = { ledger: { onsets: new Map([[id, onset]]) } };
  assert.deepEqual(await keep(makeWorld([{ metainfo: huge }])), [
    [id, { sinceMs: nowMs, goneAtMs: undefined }],
  ]);
  assert.deepEqual(await keep(makeWorld([{ metainfo: huge }], known)), []);
  assert.deepEqual(await keep(makeWorld([], known)), [[id, { ...onset, goneAtMs: nowMs }]]);
});

test('what rtorrent would have told of is not taken for over while it does not answer', async () => {
  const known = { ledger: { onsets: new Map([[id, { sinceMs: nowMs - 5, goneAtMs: undefined }]]) } };
  const world = makeWorld([{ metainfo: huge }], known);
  const written = await keep({ ...world, rtorrent: { seen: false, reason: 'nobody answers' } });
  assert.deepEqual(written, [['rtorrent-unseen', { sinceMs: nowMs, goneAtMs: undefined }]]);
});

test('a ledger that cannot be written costs the time alone; a mistake of ours is none of its faults', async () => {
  const snapshot = makeWorld([{ metainfo: huge }]);
  const moment = { snapshot, plan: plan(snapshot, makePolicy()) };
  await keepOnsets(moment, {
    ledger: ledgerThat(() => Promise.reject(new Fault('failed', 'its disk is full'))),
  });
  const broken = ledgerThat(() => Promise.reject(new TypeError('ours')));
  await assert.rejects(keepOnsets(moment, { ledger: broken }), TypeError);
});
