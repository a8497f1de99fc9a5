/** The ledger's durable content: it outlives the driver, and may be lost. */

import type { ByteString } from '../../src/core/bytes.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import type { ShippedPiece } from '../../src/core/piece-part.ts';
import type { Priority } from '../../src/core/priority.ts';
import type { ReceiptRecord } from '../../src/core/prove.ts';
import type { Failure, Intent, Onset, ProgressMark } from '../../src/core/snapshot.ts';
import type { HistoryEvent } from '../../src/ports/ledger.ts';

export class LedgerState {
  readonly receipts = new Map<Infohash, ReadonlyMap<number, ReceiptRecord>>();
  /** Of streamed files, by file index: the recorded pieces, by their number. */
  readonly pieces = new Map<Infohash, ReadonlyMap<number, ReadonlyMap<number, ShippedPiece>>>();
  readonly shipments = new Map<ByteString, Infohash>();
  readonly failures = new Map<Infohash, Failure>();
  readonly placements = new Map<Infohash, ByteString>();
  /** Of this host, whatever the remote. */
  readonly intents: Map<Infohash, Intent>;
  readonly progress = new Map<Infohash, ProgressMark>();
  readonly onsets = new Map<string, Onset>();
  readonly paused = new Set<Infohash>();
  readonly priorities = new Map<Infohash, Priority>();
  isAllPaused = false;
  readonly events: HistoryEvent[] = [];
  isWritable = true;
  /** Since when it can be written, as the world counts. */
  writableSinceMs = 0;

  constructor(intents = new Map<Infohash, Intent>()) {
    this.intents = intents;
  }

  /** As if its file had been deleted. */
  lose(): void {
    const { receipts, pieces, shipments, failures, placements, intents, paused, priorities, progress } = this;
    const tables = [receipts, pieces, shipments, failures, placements, intents, paused, priorities, progress];
    for (const table of [...tables, this.onsets]) table.clear();
    this.isAllPaused = false;
    this.events.length = 0;
  }
}
