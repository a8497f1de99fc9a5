/** The ledger's port over the simulated world: every method all or nothing. */

import type { ByteString } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Infohash, Metainfo } from '../../src/core/metainfo.ts';
import type { ReceiptRecord } from '../../src/core/prove.ts';
import type { Failure, Intent } from '../../src/core/snapshot.ts';
import type { HistoryEvent, LedgerPort, LedgerRecords } from '../../src/ports/ledger.ts';
import type { LedgerState } from './ledger-state.ts';

export class SimLedger implements LedgerPort {
  private readonly state: LedgerState;

  constructor(state: LedgerState) {
    this.state = state;
  }

  async read(managed: Iterable<Metainfo>): Promise<LedgerRecords> {
    const receipts = new Map<Infohash, readonly ReceiptRecord[]>();
    const failures = new Map<Infohash, Failure>();
    const shipments = new Map<ByteString, Infohash>();
    for (const { infohash } of managed) {
      for (const [path, owner] of this.state.shipments) if (owner === infohash) shipments.set(path, owner);
      const held = this.state.receipts.get(infohash);
      if (held !== undefined) receipts.set(infohash, [...held.values()]);
      const failure = this.state.failures.get(infohash);
      if (failure !== undefined) failures.set(infohash, failure);
    }
    return {
      receipts,
      failures,
      shipments,
      placements: new Map(this.state.placements),
      intents: new Map(this.state.intents),
    };
  }

  async beginShipment(infohash: Infohash, remotePaths: readonly ByteString[]): Promise<void> {
    this.write(() => {
      for (const path of remotePaths) this.state.shipments.set(path, infohash);
    });
  }

  async recordPlacement(infohash: Infohash, place: ByteString): Promise<void> {
    this.write(() => this.state.placements.set(infohash, place));
  }

  async recordIntent(infohash: Infohash, intent: Intent): Promise<void> {
    this.write(() => this.state.intents.set(infohash, intent));
  }

  async clearIntent(infohash: Infohash): Promise<void> {
    this.write(() => this.state.intents.delete(infohash));
  }

  async recordReceipts(receipts: readonly ReceiptRecord[]): Promise<void> {
    this.write(() => {
      for (const one of receipts) {
        const held = this.state.receipts.get(one.infohash);
        this.state.receipts.set(one.infohash, new Map([...(held ?? []), [one.fileIndex, { ...one }]]));
      }
    });
  }

  async dropReceipts(infohash: Infohash, fileIndices: readonly number[]): Promise<void> {
    this.write(() => {
      const kept = [...(this.state.receipts.get(infohash) ?? [])].filter(
        ([index]) => !fileIndices.includes(index),
      );
      if (kept.length === 0) this.state.receipts.delete(infohash);
      else this.state.receipts.set(infohash, new Map(kept));
    });
  }

  async recordFailure(infohash: Infohash, failure: Failure): Promise<void> {
    this.write(() => this.state.failures.set(infohash, failure));
  }

  async clearFailure(infohash: Infohash): Promise<void> {
    this.write(() => this.state.failures.delete(infohash));
  }

  async recordEvent(event: HistoryEvent): Promise<void> {
    this.write(() => this.state.events.push(event));
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  private write(change: () => unknown): void {
    if (!this.state.isWritable)
      throw new Fault('refused', 'the ledger cannot be written', 'make it writable');
    change();
  }
}
