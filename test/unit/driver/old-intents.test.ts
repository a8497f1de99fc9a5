/** What was begun with a torrent is remembered as long as somebody may come back to it, and no longer. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Infohash } from '../../../src/core/metainfo.ts';
import type { Intent } from '../../../src/core/snapshot.ts';
import { forgetOldIntents } from '../../../src/driver/old-intents.ts';
import { LedgerState } from '../../sim/ledger-state.ts';
import { SimLedger } from '../../sim/sim-ledger.ts';
import { infohashOf, makeLedger, makeMetainfo, makeWorld, nowMs } from '../../support/world.ts';

const dayMs = 86_400_000;

test('an intent goes once rtorrent holds what is none of ours, or after a month; of what is managed it stays', async () => {
  const [ours, inRtorrent] = ['ours', 'in rtorrent'].map((name) =>
    makeMetainfo({ name, infohash: infohashOf(name) }),
  );
  assert.ok(ours !== undefined && inRtorrent !== undefined);
  const begun = (daysAgo: number): Intent => ({
    step: 'purge',
    directory: asByteString('/elsewhere'),
    atMs: nowMs - daysAgo * dayMs,
    uploadedBytes: 0,
  });
  const intents = new Map<Infohash, Intent>([
    [ours.infohash, begun(90)],
    [inRtorrent.infohash, begun(0)],
    [infohashOf('gone for long'), begun(31)],
    [infohashOf('gone lately'), begun(29)],
    [infohashOf('gone, by a clock that was set back'), begun(-90)],
  ]);
  const state = new LedgerState(new Map(intents));
  const snapshot = makeWorld([{ metainfo: ours }, { metainfo: inRtorrent, isManaged: false, loaded: {} }], {
    ledger: { ...makeLedger(), intents },
  });
  await forgetOldIntents({ ...snapshot, rtorrent: { seen: false, reason: 'it is down' } }, ledgerOf(state));
  assert.equal(state.intents.size, 5, 'not seen is never empty');
  await forgetOldIntents(snapshot, ledgerOf(state));
  assert.deepEqual(
    [...state.intents.keys()],
    [ours.infohash, infohashOf('gone lately'), infohashOf('gone, by a clock that was set back')],
  );
});

test('a ledger that cannot be written keeps them, and nothing else comes of it', async () => {
  const intents = new Map<Infohash, Intent>([
    [
      infohashOf('gone'),
      { step: 'unload', directory: asByteString('/elsewhere'), atMs: 0, uploadedBytes: 0 },
    ],
  ]);
  const state = new LedgerState(new Map(intents));
  state.isWritable = false;
  await forgetOldIntents(makeWorld([], { ledger: { ...makeLedger(), intents } }), ledgerOf(state));
  assert.equal(state.intents.size, 1);
});

function ledgerOf(state: LedgerState): { readonly ledger: SimLedger } {
  return { ledger: new SimLedger(state) };
}
