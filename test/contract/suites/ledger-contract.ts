/** The contract of the ledger's port, for every implementation of it. */

import assert from 'node:assert/strict';
import type { ByteString } from '../../../src/core/bytes.ts';
import { bytesOfText } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import type { ShippedPiece } from '../../../src/core/piece-part.ts';
import { piecesOf } from '../../../src/core/pieces.ts';
import type { ReceiptRecord } from '../../../src/core/prove.ts';
import type { Failure, Intent } from '../../../src/core/snapshot.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import type { HistoryEvent, LedgerPort, LedgerRecords } from '../../../src/ports/ledger.ts';
import { hostileNames } from './hostile-names.ts';
import { managedAt, smallTorrent } from './small-torrent.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

/** A ledger that is empty at the start. */
export interface LedgerWorld {
  /** Opens it, as often as it likes; without a name for the remote it is the same one each time. */
  open(remote?: string): LedgerPort;
  close(): void;
}

const one = metainfoNamed('one');
const two = metainfoNamed('two');
const path = bytesOfText('one/file');

export function ledgerContract(name: string, makeLedger: () => LedgerWorld): void {
  const check = checksOver(name, makeLedger);
  remembering(check);
  forgetting(check);
}

function remembering(check: Check<LedgerWorld>): void {
  check('an empty ledger holds nothing', async (world) => {
    const ledger = world.open();
    assert.deepEqual(await ledger.read([one, two]), nothing);
    await ledger.close();
    await ledger.close();
  });

  check('paths of any bytes come back as they were, after a reopening too', async (world) => {
    const ledger = world.open();
    const receipts = hostileNames.map((remotePath, fileIndex) => receipt(one, { remotePath, fileIndex }));
    await ledger.recordReceipts(receipts);
    await ledger.beginShipment(one.infohash, hostileNames, 5);
    await ledger.recordPlacement(two.infohash, hostileNames.at(-1)!);
    const intent: Intent = { step: 'purge', directory: hostileNames[0]!, atMs: 7, uploadedBytes: 3 };
    await ledger.recordIntent(two.infohash, intent);
    const expected: LedgerRecords = {
      receipts: new Map([[one.infohash, receipts]]),
      shipments: new Map(hostileNames.map((remotePath) => [remotePath, one.infohash])),
      failures: new Map(),
      placements: new Map([[two.infohash, hostileNames.at(-1)!]]),
      intents: new Map([[two.infohash, intent]]),
      pieces: new Map(),
      wishes: noWishes,
      progress: new Map(),
      onsets: new Map(),
    };
    assert.deepEqual(await ledger.read([one, two]), expected);
    await ledger.close();
    const again = world.open();
    assert.deepEqual(await again.read([one, two]), expected);
    await again.close();
  });

  check('what was written is there although the ledger was never closed', async (world) => {
    await world.open().recordReceipts([receipt(one)]);
    assert.deepEqual((await world.open().read([one])).receipts.get(one.infohash), [receipt(one)]);
  });

  check('numbers and checksums keep all their digits', async (world) => {
    const ledger = world.open();
    const large = receipt(one, {
      lengthBytes: Number.MAX_SAFE_INTEGER,
      provedAtMs: 4_102_444_800_123,
      method: 'size',
      digest: undefined,
    });
    await ledger.recordReceipts([large]);
    assert.deepEqual((await ledger.read([one])).receipts.get(one.infohash), [large]);
  });

  check('only the torrents that are asked for are answered, and all placements', async (world) => {
    const ledger = world.open();
    for (const metainfo of [one, two]) {
      await ledger.recordReceipts([receipt(metainfo)]);
      await ledger.recordFailure(metainfo.infohash, failure());
      await ledger.beginShipment(metainfo.infohash, [bytesOfText(`${metainfo.name}/file`)], 1);
      await ledger.recordPlacement(metainfo.infohash, bytesOfText(`${metainfo.name}-2`));
    }
    const records = await ledger.read([two]);
    assert.deepEqual([...records.receipts.keys()], [two.infohash]);
    assert.deepEqual([...records.failures.keys()], [two.infohash]);
    assert.deepEqual([...records.shipments.values()], [two.infohash]);
    assert.equal(records.placements.size, 2);
  });

  check('an intent holds until it is cleared, whatever the remote', async (world) => {
    const ledger = world.open();
    const first = { step: 'unload', directory: bytesOfText('/first'), atMs: 1, uploadedBytes: 5 } as const;
    const second = { step: 'purge', directory: bytesOfText('/second'), atMs: 2, uploadedBytes: 7 } as const;
    await ledger.recordIntent(one.infohash, first);
    await ledger.recordIntent(one.infohash, second);
    const { intents } = await world.open('elsewhere:/place').read([one]);
    assert.deepEqual(intents.get(one.infohash), second);
    await ledger.clearIntent(one.infohash);
    await ledger.clearIntent(one.infohash);
    assert.equal((await ledger.read([one])).intents.size, 0);
  });

  check('what a torrent has uploaded is remembered over steps that cannot tell it', async (world) => {
    const ledger = world.open();
    const step = (uploadedBytes: number | undefined, atMs: number) =>
      ({ step: 'unload', directory: bytesOfText('/here'), atMs, uploadedBytes }) as const;
    const known = async () => (await world.open().read([one])).intents.get(one.infohash);
    await ledger.recordIntent(one.infohash, step(undefined, 1));
    assert.deepEqual(await known(), step(0, 1));
    await ledger.recordIntent(one.infohash, step(Number.MAX_SAFE_INTEGER, 2));
    await ledger.recordIntent(one.infohash, step(undefined, 3));
    assert.deepEqual(await known(), step(Number.MAX_SAFE_INTEGER, 3));
    await ledger.recordIntent(one.infohash, step(0, 4));
    assert.deepEqual(await known(), step(0, 4));
  });

  check('what is recorded again takes the place of what was', async (world) => {
    const ledger = world.open();
    await ledger.recordReceipts([receipt(one, { method: 'size', digest: undefined })]);
    await ledger.recordReceipts([receipt(one), receipt(one, { fileIndex: 1 })]);
    await ledger.beginShipment(one.infohash, [path], 1);
    await ledger.beginShipment(two.infohash, [path], 2);
    await ledger.recordPlacement(one.infohash, bytesOfText('first'));
    await ledger.recordPlacement(one.infohash, bytesOfText('second'));
    await ledger.recordFailure(one.infohash, failure({ count: 1, remedy: undefined }));
    await ledger.recordFailure(one.infohash, failure({ count: 2 }));
    assert.deepEqual(await ledger.read([one, two]), {
      receipts: new Map([[one.infohash, [receipt(one), receipt(one, { fileIndex: 1 })]]]),
      shipments: new Map([[path, two.infohash]]),
      failures: new Map([[one.infohash, failure({ count: 2 })]]),
      placements: new Map([[one.infohash, 'second']]),
      intents: new Map(),
      pieces: new Map(),
      wishes: noWishes,
      progress: new Map(),
      onsets: new Map(),
    });
  });

  check('what is about another remote counts for nothing', async (world) => {
    const other = world.open('elsewhere:/srv');
    await other.recordReceipts([receipt(one)]);
    await other.beginShipment(one.infohash, [path], 1);
    await other.recordPlacement(one.infohash, path);
    await other.close();
    assert.deepEqual(await world.open().read([one]), nothing);
    assert.equal((await world.open('elsewhere:/srv').read([one])).receipts.size, 1);
  });

  check('pieces of streamed files add up, with the digests of parts', async (world) => {
    const ledger = world.open();
    const long = { ...one, pieceCount: 100 };
    await ledger.recordPieces(one.infohash, 1, [pieceOf(99), pieceOf(0, 'aa')]);
    await ledger.recordPieces(one.infohash, 1, [pieceOf(8, 'bb'), pieceOf(0, 'cc')]);
    await ledger.recordPieces(one.infohash, 0, [pieceOf(7)]);
    await ledger.recordPieces(one.infohash, 0, []);
    await ledger.recordPieces(two.infohash, 0, [pieceOf(0)]);
    await world.open('elsewhere:/srv').recordPieces(one.infohash, 0, [pieceOf(1)]);
    const { pieces } = await world.open().read([long]);
    assert.deepEqual([...pieces.keys()], [one.infohash]);
    assert.deepEqual(
      pieces.get(one.infohash),
      new Map([
        [0, { pieces: piecesOf(100, [7]), partDigests: new Map() }],
        [
          1,
          {
            pieces: piecesOf(100, [0, 8, 99]),
            partDigests: new Map([
              [0, 'cc'],
              [8, 'bb'],
            ]),
          },
        ],
      ]),
    );
  });

  check('a history may be of any length and any name', async (world) => {
    const ledger = world.open();
    for (const name of hostileNames) await ledger.recordEvent(event({ name }));
    assert.deepEqual(await ledger.read([one]), nothing);
  });
}

function forgetting(check: Check<LedgerWorld>): void {
  check(
    'receipts are dropped, those of these files alone, of one torrent and on one remote',
    async (world) => {
      const ledger = world.open();
      const other = world.open('elsewhere:/srv');
      await ledger.recordReceipts([receipt(one), receipt(one, { fileIndex: 1 }), receipt(two)]);
      await other.recordReceipts([receipt(one)]);
      await ledger.dropReceipts(one.infohash, [0]);
      const { receipts } = await ledger.read([one, two]);
      assert.deepEqual(
        receipts.get(one.infohash)?.map(({ fileIndex }) => fileIndex),
        [1],
      );
      await ledger.dropReceipts(one.infohash, [0, 1]);
      await ledger.dropReceipts(one.infohash, [0, 1]);
      assert.deepEqual([...(await ledger.read([one, two])).receipts.keys()], [two.infohash]);
      assert.equal((await other.read([one])).receipts.size, 1);
    },
  );

  check('pieces are dropped, some or all, and a receipt takes their place', async (world) => {
    const ledger = world.open();
    const long = { ...one, pieceCount: 20 };
    const of = async (fileIndex: number) =>
      (await ledger.read([long])).pieces.get(one.infohash)?.get(fileIndex);
    for (const index of [0, 1])
      await ledger.recordPieces(one.infohash, index, [pieceOf(0, 'aa'), pieceOf(3), pieceOf(19, 'bb')]);
    await ledger.dropPieces(one.infohash, 0, [0, 4, 19]);
    await ledger.dropPieces(one.infohash, 0, [0]);
    assert.deepEqual(await of(0), { pieces: piecesOf(20, [3]), partDigests: new Map() });
    await ledger.recordReceipts([receipt(one)]);
    assert.equal(await of(0), undefined);
    assert.equal((await of(1))?.partDigests.size, 2);
    await ledger.dropPieces(one.infohash, 1, [0, 3, 19]);
    assert.equal(await of(1), undefined);
    await ledger.recordPieces(one.infohash, 1, [pieceOf(0, 'aa')]);
    await ledger.dropPieces(one.infohash, 1);
    await ledger.dropPieces(one.infohash, 1);
    assert.equal((await ledger.read([long])).pieces.size, 0);
  });

  check('a failure is cleared, with or without a remedy, and clearing none is no harm', async (world) => {
    const ledger = world.open();
    await ledger.clearFailure(one.infohash);
    await ledger.recordFailure(one.infohash, failure({ remedy: undefined }));
    await ledger.recordFailure(two.infohash, failure());
    const { failures } = await ledger.read([one, two]);
    assert.deepEqual(failures.get(one.infohash), failure({ remedy: undefined }));
    assert.deepEqual(failures.get(two.infohash), failure());
    await ledger.clearFailure(one.infohash);
    assert.deepEqual([...(await ledger.read([one, two])).failures.keys()], [two.infohash]);
  });
}

const nothing: LedgerRecords = {
  receipts: new Map(),
  shipments: new Map(),
  failures: new Map(),
  placements: new Map(),
  intents: new Map(),
  pieces: new Map(),
  wishes: noWishes,
  progress: new Map(),
  onsets: new Map(),
};

export function metainfoNamed(name: string): Metainfo {
  return managedAt(smallTorrent(name, { file: 'content', other: 'x' }), bytesOfText(`/${name}.torrent`))
    .metainfo;
}

export function receipt(metainfo: Metainfo, changes: Partial<ReceiptRecord> = {}): ReceiptRecord {
  return {
    infohash: metainfo.infohash,
    fileIndex: 0,
    lengthBytes: 7,
    remotePath: bytesOfText(`${metainfo.name}/file`) satisfies ByteString,
    method: 'checksum',
    digest: '9a0364b9e99bb480dd25e1f0284c8555',
    provedAtMs: 1_000,
    ...changes,
  };
}

function pieceOf(piece: number, partDigest?: string): ShippedPiece {
  return { piece, partDigest };
}

function failure(changes: Partial<Failure> = {}): Failure {
  return {
    step: 'ship',
    message: "it didn't work: \u{1f980}",
    remedy: 'try again',
    count: 3,
    sinceMs: 500,
    atMs: 1_000,
    retryAtMs: 2_000,
    ...changes,
  };
}

export function event(changes: Partial<HistoryEvent> = {}): HistoryEvent {
  return {
    atMs: 1_000,
    infohash: one.infohash,
    name: one.name,
    action: 'ship',
    files: 2,
    bytes: 8,
    tookMs: 30,
    detail: '2 of 2 files',
    ...changes,
  };
}
