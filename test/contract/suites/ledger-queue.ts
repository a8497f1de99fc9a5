/** The contract of the ledger's port about the queue: what the user told by command, and how far torrents had come. */

import assert from 'node:assert/strict';
import type { Onset, ProgressMark } from '../../../src/core/snapshot.ts';
import type { Wishes } from '../../../src/core/wishes.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import type { LedgerWorld } from './ledger-contract.ts';
import { metainfoNamed } from './ledger-contract.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

const one = metainfoNamed('one');
const two = metainfoNamed('two');

export function ledgerQueueContract(name: string, makeLedger: () => LedgerWorld): void {
  const check = checksOver(name, makeLedger);
  wishing(check);
  marking(check);
  remembering(check);
}

function remembering(check: Check<LedgerWorld>): void {
  check('the onsets of problems are kept, replaced and forgotten', async (world) => {
    const ledger = world.open();
    const since = (sinceMs: number, goneAtMs?: number): Onset => ({ sinceMs, goneAtMs });
    const named = 'rejected /caf\u00e9 \u{1f980}';
    await ledger.recordOnsets(
      new Map([
        ['over-limit', since(5)],
        [named, since(6, 1_800_000_000_123)],
      ]),
    );
    await ledger.recordOnsets(
      new Map([
        ['over-limit', since(7, 8)],
        ['stopped', undefined],
      ]),
    );
    const kept = [
      ['over-limit', since(7, 8)],
      [named, since(6, 1_800_000_000_123)],
    ] as const;
    assert.deepEqual((await world.open().read([])).onsets, new Map(kept));
    await ledger.recordOnsets(new Map([[named, undefined]]));
    assert.deepEqual([...(await ledger.read([one])).onsets.keys()], ['over-limit']);
  });
}

function marking(check: Check<LedgerWorld>): void {
  check('marks of progress are kept, replaced and forgotten', async (world) => {
    const ledger = world.open();
    const mark = (bytes: number): ProgressMark => ({ bytes, atMs: 1_800_000_000_123, processId: 7 });
    await ledger.recordProgress(new Map([one, two].map(({ infohash }) => [infohash, mark(5)])));
    await ledger.recordProgress(
      new Map([
        [one.infohash, mark(Number.MAX_SAFE_INTEGER)],
        [two.infohash, undefined],
      ]),
    );
    const { progress } = await world.open().read([one, two]);
    assert.deepEqual(progress, new Map([[one.infohash, mark(Number.MAX_SAFE_INTEGER)]]));
    assert.equal((await ledger.read([two])).progress.size, 0);
    await ledger.recordProgress(new Map([[one.infohash, undefined]]));
    await ledger.recordProgress(new Map([[one.infohash, undefined]]));
    assert.equal((await ledger.read([one])).progress.size, 0);
  });
}

function wishing(check: Check<LedgerWorld>): void {
  check('what is paused stays so until it is resumed, one or all, on one remote', async (world) => {
    const ledger = world.open();
    await world.open('elsewhere:/srv').setPaused(undefined, true);
    for (const { infohash } of [one, two, two]) await ledger.setPaused(infohash, true);
    const wishes = async (): Promise<Wishes> => (await world.open().read([])).wishes;
    assert.deepEqual(await wishes(), { ...noWishes, paused: new Set([one.infohash, two.infohash].sort()) });
    await ledger.setPaused(one.infohash, false);
    await ledger.setPaused(one.infohash, false);
    await ledger.setPaused(undefined, true);
    assert.deepEqual(await wishes(), { ...noWishes, isAllPaused: true, paused: new Set([two.infohash]) });
    await ledger.setPaused(undefined, false);
    assert.deepEqual(await wishes(), noWishes);
    assert.equal((await world.open('elsewhere:/srv').read([])).wishes.isAllPaused, true);
  });

  check('the last priority counts, and is no matter of being paused', async (world) => {
    const ledger = world.open();
    await ledger.setPriority(one.infohash, 'high');
    await ledger.setPaused(one.infohash, true);
    await ledger.setPriority(one.infohash, 'low');
    await ledger.setPriority(two.infohash, 'normal');
    await ledger.setPaused(undefined, false);
    const { wishes } = await ledger.read([]);
    const priorities = new Map([
      [one.infohash, 'low'],
      [two.infohash, 'normal'],
    ]);
    assert.deepEqual(wishes, { ...noWishes, priorities });
    await ledger.setPriority(one.infohash, undefined);
    await ledger.setPriority(two.infohash, undefined);
    await ledger.setPriority(two.infohash, undefined);
    assert.deepEqual((await world.open().read([])).wishes, noWishes);
  });
}
