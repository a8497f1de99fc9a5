/** Actions: a purge or a retirement without proof does not even compile, and a plan is plain data. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Purge, Retire } from '../../../src/core/action.ts';
import type { ReceiptRecord } from '../../../src/core/prove.ts';
import { downloads, makeManaged, makeMetainfo, makeReceipt } from '../../support/world.ts';

const metainfo = makeMetainfo();
const managed = makeManaged(metainfo);
const record: ReceiptRecord = { ...makeReceipt(metainfo, 0) };
/** As it would be read from a ledger: the same values, which nobody has compared with the metainfo. */
const plain: ReceiptRecord = JSON.parse(JSON.stringify(record)) as ReceiptRecord;

describe('Purge and Retire', () => {
  it('take receipts, and no records of receipts', () => {
    const proved: Retire = {
      kind: 'retire',
      managed,
      directory: downloads,
      receipts: [makeReceipt(metainfo, 0)],
    };
    // @ts-expect-error A record proves nothing until it is recalled.
    const recorded: Retire = { kind: 'retire', managed, directory: downloads, receipts: [plain] };
    // @ts-expect-error Nothing is deleted without saying what proves it.
    const bare: Purge = {
      kind: 'purge',
      managed,
      directory: downloads,
      files: [],
      keep: new Set(),
      isLoaded: true,
    };
    assert.deepEqual(recorded, proved);
    assert.ok(!('receipts' in bare));
  });
});
