/** The ledger as an SQLite database: receipts, what was begun on the remote, failures. Durable at every commit. */

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ByteString } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash, Metainfo } from '../core/metainfo.ts';
import type { ShippedPiece } from '../core/piece-part.ts';
import type { Priority } from '../core/priority.ts';
import type { ReceiptRecord } from '../core/prove.ts';
import type { Failure, Onset, ProgressMark } from '../core/snapshot.ts';
import type { HistoryEvent, LedgerPort, LedgerRecords, NewIntent } from '../ports/ledger.ts';
import { blobOf, bytesOfBlob } from './ledger-bytes.ts';
import { readEvents, writeEvent } from './ledger-events.ts';
import { deleteFailure, readFailures, writeFailure } from './ledger-failures.ts';
import { deleteIntent, readIntents, writeIntent } from './ledger-intents.ts';
import type { ProblemScope } from './ledger-onsets.ts';
import { readOnsets, writeOnsets } from './ledger-onsets.ts';
import { addPieces, readPieces, removePieces } from './ledger-pieces.ts';
import { readProgress, writeProgress } from './ledger-progress.ts';
import type { ReceiptChoice } from './ledger-receipts.ts';
import { deleteReceipts, readReceipts, writeReceipts } from './ledger-receipts.ts';
import { expectCurrent, isBlank, migrate } from './ledger-schema.ts';
import { readWishes, writePaused, writePriority } from './ledger-wishes.ts';

export interface LedgerSettings {
  readonly path: string;
  /** Which remote the records are about: host and path. A receipt for another remote proves nothing. */
  readonly remote: string;
  /** Whose problems are remembered. */
  readonly managedDirectory: string;
  /** For looking only: nothing is made or migrated, and a ledger that is not there is an empty one. */
  readonly isReadOnly: boolean;
}

/** Good as long as the same is asked and nobody has written: SQLite raises `data_version` when another connection does. */
interface LastRead {
  readonly managed: readonly Metainfo[];
  readonly version: unknown;
  readonly records: LedgerRecords;
}

export class SqliteLedger implements LedgerPort {
  private readonly database: DatabaseSync;
  private readonly remote: string;
  private last: LastRead | undefined;
  private readonly problems: ProblemScope;

  private constructor(database: DatabaseSync, { remote, managedDirectory }: LedgerSettings) {
    this.database = database;
    this.remote = remote;
    this.problems = { directory: managedDirectory, remote };
  }

  /**
   * Opens the ledger and brings its schema up to date.
   *
   * @throws Fault where it cannot be written, or was made by a newer version of this program
   */
  static open(settings: LedgerSettings): SqliteLedger {
    try {
      if (settings.isReadOnly && !existsSync(settings.path)) {
        return new SqliteLedger(emptyDatabase(), settings);
      }
      if (!settings.isReadOnly) mkdirSync(dirname(settings.path), { recursive: true, mode: 0o700 });
      return new SqliteLedger(openDatabase(settings), settings);
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault(
        'refused',
        `cannot open the ledger ${settings.path}: ${(error as Error).message}`,
        isDamaged(error)
          ? 'move it away: losing it costs time, never data'
          : 'make its directory writable, or set XDG_STATE_HOME to one that is',
      );
    }
  }

  read(managed: Iterable<Metainfo>): Promise<LedgerRecords> {
    return this.attempt(() => {
      const torrents = [...managed];
      const version = this.database.prepare('PRAGMA data_version').get()?.['data_version'];
      const { last } = this;
      if (last !== undefined && last.version === version && isSame(last.managed, torrents))
        return last.records;
      const records = this.readAll(torrents);
      this.last = { managed: torrents, version, records };
      return records;
    });
  }

  beginShipment(infohash: Infohash, remotePaths: readonly ByteString[], atMs: number): Promise<void> {
    const insert = `INSERT INTO shipment (remote, path, infohash, begun_at_ms) VALUES (?, ?, ?, ?)
      ON CONFLICT (remote, path) DO UPDATE SET infohash = excluded.infohash, begun_at_ms = excluded.begun_at_ms`;
    return this.change(() => {
      const statement = this.database.prepare(insert);
      for (const path of remotePaths) statement.run(this.remote, blobOf(path), infohash, atMs);
    });
  }

  recordPlacement(infohash: Infohash, place: ByteString): Promise<void> {
    return this.change(() => {
      this.database
        .prepare('INSERT OR REPLACE INTO placement (remote, infohash, place) VALUES (?, ?, ?)')
        .run(this.remote, infohash, blobOf(place));
    });
  }

  recordIntent(infohash: Infohash, intent: NewIntent): Promise<void> {
    return this.change(() => {
      writeIntent(this.database, infohash, intent);
    });
  }

  clearIntent(infohash: Infohash): Promise<void> {
    return this.change(() => {
      deleteIntent(this.database, infohash);
    });
  }

  recordReceipts(receipts: readonly ReceiptRecord[]): Promise<void> {
    return this.change(() => {
      writeReceipts(this.database, this.remote, receipts);
    });
  }

  dropReceipts(infohash: Infohash, fileIndices: readonly number[]): Promise<void> {
    return this.change(() => {
      deleteReceipts(this.database, this.remote, infohash, fileIndices);
    });
  }

  recordPieces(infohash: Infohash, fileIndex: number, pieces: readonly ShippedPiece[]): Promise<void> {
    return this.change(() => {
      addPieces(this.database, { remote: this.remote, infohash, fileIndex }, pieces);
    });
  }

  dropPieces(infohash: Infohash, fileIndex: number, pieces?: readonly number[]): Promise<void> {
    return this.change(() => {
      removePieces(this.database, { remote: this.remote, infohash, fileIndex }, pieces);
    });
  }

  recordFailure(infohash: Infohash, failure: Failure): Promise<void> {
    return this.change(() => {
      writeFailure(this.database, infohash, failure);
    });
  }

  clearFailure(infohash: Infohash): Promise<void> {
    return this.change(() => {
      deleteFailure(this.database, infohash);
    });
  }

  setPaused(infohash: Infohash | undefined, isPaused: boolean): Promise<void> {
    return this.change(() => {
      writePaused(this.database, this.remote, infohash, isPaused);
    });
  }

  setPriority(infohash: Infohash, priority: Priority | undefined): Promise<void> {
    return this.change(() => {
      writePriority(this.database, this.remote, infohash, priority);
    });
  }

  recordProgress(marks: ReadonlyMap<Infohash, ProgressMark | undefined>): Promise<void> {
    return this.change(() => {
      writeProgress(this.database, marks);
    });
  }

  recordOnsets(onsets: ReadonlyMap<string, Onset | undefined>): Promise<void> {
    return this.change(() => {
      writeOnsets(this.database, this.problems, onsets);
    });
  }

  recordEvent(event: HistoryEvent): Promise<void> {
    return this.change(() => {
      writeEvent(this.database, this.remote, event);
    });
  }

  /**
   * The newest events, newest first; of one torrent where one is named.
   *
   * @throws Fault
   */
  history(most: number, infohash?: Infohash): readonly HistoryEvent[] {
    return this.guarded(() => readEvents(this.database, this.remote, most, infohash));
  }

  /**
   * Whether anything that was shipped to this remote was seen there.
   *
   * @throws Fault
   */
  hasShipped(): boolean {
    const arrived = `SELECT 1 FROM receipt JOIN shipment USING (remote, path) WHERE remote = ? LIMIT 1`;
    return this.guarded(() => this.database.prepare(arrived).get(this.remote) !== undefined);
  }

  /**
   * Every receipt there is for this remote, of all torrents that ever were: what `verify` looks for.
   *
   * @throws Fault
   */
  allReceipts(): readonly ReceiptRecord[] {
    return this.guarded(() => [...this.receipts({ kind: 'all' }).values()].flat());
  }

  /**
   * Those of one torrent, in the order of its files.
   *
   * @throws Fault
   */
  receiptsOf(infohash: Infohash): readonly ReceiptRecord[] {
    return this.guarded(() => this.receipts({ kind: 'one', infohash }).get(infohash) ?? []);
  }

  close(): Promise<void> {
    if (this.database.isOpen) this.database.close();
    return Promise.resolve();
  }

  private readAll(torrents: readonly Metainfo[]): LedgerRecords {
    // One text that SQLite takes apart: thousands of torrents, one query, and nothing read of those that are gone.
    const wanted = JSON.stringify(torrents.map(({ infohash }) => infohash));
    return {
      receipts: this.receipts({ kind: 'listed', wanted }),
      pieces: readPieces(this.database, this.remote, torrents),
      shipments: this.readShipments(wanted),
      failures: readFailures(this.database, wanted),
      placements: this.readPlacements(),
      intents: readIntents(this.database),
      wishes: readWishes(this.database, this.remote),
      progress: readProgress(this.database, wanted),
      onsets: readOnsets(this.database, this.problems),
    };
  }

  private receipts(choice: ReceiptChoice): Map<Infohash, ReceiptRecord[]> {
    return readReceipts(this.database, this.remote, choice);
  }

  private readShipments(wanted: string): Map<ByteString, Infohash> {
    const rows = this.database
      .prepare(
        'SELECT path, infohash FROM shipment WHERE remote = ? AND infohash IN (SELECT value FROM json_each(?))',
      )
      .all(this.remote, wanted);
    return new Map(rows.map((row) => [bytesOfBlob(row['path']), row['infohash'] as Infohash]));
  }

  private readPlacements(): Map<Infohash, ByteString> {
    const rows = this.database
      .prepare('SELECT infohash, place FROM placement WHERE remote = ?')
      .all(this.remote);
    return new Map(rows.map((row) => [row['infohash'] as Infohash, bytesOfBlob(row['place'])]));
  }

  /** All or nothing, and on disk when it is done. */
  private change(action: () => void): Promise<void> {
    return this.attempt(() => {
      this.last = undefined;
      this.database.exec('BEGIN IMMEDIATE');
      try {
        action();
        this.database.exec('COMMIT');
      } catch (error) {
        // SQLite has rolled back by itself where its disk is full.
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  private attempt<T>(action: () => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(this.guarded(action));
    });
  }

  /** What SQLite throws becomes a fault. */
  private guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const { message } = error as Error;
      throw new Fault(
        'failed',
        `the ledger failed: ${message}`,
        'see that its disk has room and is writable',
      );
    }
  }
}

function isSame(some: readonly Metainfo[], others: readonly Metainfo[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

function emptyDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  migrate(database, ':memory:');
  return database;
}

function openDatabase({ path, isReadOnly }: LedgerSettings): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: isReadOnly, timeout: 10_000 });
  try {
    if (!isReadOnly) migrate(database, path);
    else if (isBlank(database)) {
      database.close();
      return emptyDatabase();
    } else expectCurrent(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite's codes for a file that is broken (11) or no database at all (26); the low byte is the code proper. */
function isDamaged(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined && [11, 26].includes(errcode & 0xff);
}
