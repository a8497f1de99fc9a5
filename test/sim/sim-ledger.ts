/** The ledger's port over the simulated world: every method all or nothing. */

import type { ByteString } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Infohash, Metainfo } from '../../src/core/metainfo.ts';
import type { ShippedPiece, ShippedPieces } from '../../src/core/piece-part.ts';
import { piecesOf } from '../../src/core/pieces.ts';
import type { Priority } from '../../src/core/priority.ts';
import type { ReceiptRecord } from '../../src/core/prove.ts';
import type { Failure, Onset, ProgressMark } from '../../src/core/snapshot.ts';
import type { HistoryEvent, LedgerPort, LedgerRecords, NewIntent } from '../../src/ports/ledger.ts';
import type { LedgerState } from './ledger-state.ts';

export class SimLedger implements LedgerPort {
  private readonly state: LedgerState;

  constructor(state: LedgerState) {
    this.state = state;
  }

  async read(managed: Iterable<Metainfo>): Promise<LedgerRecords> {
    const receipts = new Map<Infohash, readonly ReceiptRecord[]>();
    const failures = new Map<Infohash, Failure>();
    const progress = new Map<Infohash, ProgressMark>();
    const shipments = new Map<ByteString, Infohash>();
    const pieces = new Map<Infohash, ReadonlyMap<number, ShippedPieces>>();
    for (const { infohash, pieceCount } of managed) {
      for (const [path, owner] of this.state.shipments) if (owner === infohash) shipments.set(path, owner);
      const held = this.state.receipts.get(infohash);
      if (held !== undefined) receipts.set(infohash, [...held.values()]);
      const streamed = this.state.pieces.get(infohash);
      if (streamed !== undefined) pieces.set(infohash, shippedOf(streamed, pieceCount));
      const failure = this.state.failures.get(infohash);
      if (failure !== undefined) failures.set(infohash, failure);
      const mark = this.state.progress.get(infohash);
      if (mark !== undefined) progress.set(infohash, mark);
    }
    return {
      receipts,
      pieces,
      failures,
      shipments,
      placements: new Map(this.state.placements),
      intents: new Map(this.state.intents),
      progress,
      onsets: new Map(this.state.onsets),
      wishes: {
        isAllPaused: this.state.isAllPaused,
        paused: new Set(this.state.paused),
        priorities: new Map(this.state.priorities),
      },
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

  async recordIntent(infohash: Infohash, intent: NewIntent): Promise<void> {
    const { intents } = this.state;
    const uploadedBytes = intent.uploadedBytes ?? intents.get(infohash)?.uploadedBytes ?? 0;
    this.write(() => intents.set(infohash, { ...intent, uploadedBytes }));
  }

  async clearIntent(infohash: Infohash): Promise<void> {
    this.write(() => this.state.intents.delete(infohash));
  }

  async recordReceipts(receipts: readonly ReceiptRecord[]): Promise<void> {
    this.write(() => {
      for (const one of receipts) {
        const held = this.state.receipts.get(one.infohash);
        this.state.receipts.set(one.infohash, new Map([...(held ?? []), [one.fileIndex, { ...one }]]));
        this.keepPieces(one.infohash, one.fileIndex, new Map());
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

  async recordPieces(infohash: Infohash, fileIndex: number, pieces: readonly ShippedPiece[]): Promise<void> {
    this.write(() => {
      const held = this.state.pieces.get(infohash)?.get(fileIndex) ?? [];
      const added = pieces.map((one) => [one.piece, { ...one }] as const);
      this.keepPieces(infohash, fileIndex, new Map([...held, ...added]));
    });
  }

  async dropPieces(infohash: Infohash, fileIndex: number, pieces?: readonly number[]): Promise<void> {
    this.write(() => {
      const held = [...(this.state.pieces.get(infohash)?.get(fileIndex) ?? [])];
      const kept = pieces === undefined ? [] : held.filter(([piece]) => !pieces.includes(piece));
      this.keepPieces(infohash, fileIndex, new Map(kept));
    });
  }

  async recordFailure(infohash: Infohash, failure: Failure): Promise<void> {
    this.write(() => this.state.failures.set(infohash, failure));
  }

  async clearFailure(infohash: Infohash): Promise<void> {
    this.write(() => this.state.failures.delete(infohash));
  }

  async setPaused(infohash: Infohash | undefined, isPaused: boolean): Promise<void> {
    this.write(() => {
      const { paused } = this.state;
      if (infohash === undefined) this.state.isAllPaused = isPaused;
      else if (isPaused) paused.add(infohash);
      else paused.delete(infohash);
      if (infohash === undefined && !isPaused) paused.clear();
    });
  }

  async setPriority(infohash: Infohash, priority: Priority | undefined): Promise<void> {
    this.write(() => {
      if (priority === undefined) this.state.priorities.delete(infohash);
      else this.state.priorities.set(infohash, priority);
    });
  }

  async recordProgress(marks: ReadonlyMap<Infohash, ProgressMark | undefined>): Promise<void> {
    this.write(() => {
      for (const [infohash, mark] of marks) {
        if (mark === undefined) this.state.progress.delete(infohash);
        else this.state.progress.set(infohash, mark);
      }
    });
  }

  async recordOnsets(onsets: ReadonlyMap<string, Onset | undefined>): Promise<void> {
    this.write(() => {
      for (const [id, onset] of onsets) {
        if (onset === undefined) this.state.onsets.delete(id);
        else this.state.onsets.set(id, onset);
      }
    });
  }

  async recordEvent(event: HistoryEvent): Promise<void> {
    this.write(() => this.state.events.push(event));
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  private keepPieces(infohash: Infohash, fileIndex: number, pieces: ReadonlyMap<number, ShippedPiece>): void {
    const files = new Map(this.state.pieces.get(infohash));
    if (pieces.size === 0) files.delete(fileIndex);
    else files.set(fileIndex, pieces);
    if (files.size === 0) this.state.pieces.delete(infohash);
    else this.state.pieces.set(infohash, files);
  }

  private write(change: () => unknown): void {
    if (!this.state.isWritable)
      throw new Fault('refused', 'the ledger cannot be written', 'make it writable');
    change();
  }
}

function shippedOf(
  files: ReadonlyMap<number, ReadonlyMap<number, ShippedPiece>>,
  pieceCount: number,
): ReadonlyMap<number, ShippedPieces> {
  return new Map(
    [...files].map(([fileIndex, pieces]) => {
      const digests = [...pieces.values()].flatMap(({ piece, partDigest }) =>
        partDigest === undefined ? [] : [[piece, partDigest] as const],
      );
      return [fileIndex, { pieces: piecesOf(pieceCount, pieces.keys()), partDigests: new Map(digests) }];
    }),
  );
}
