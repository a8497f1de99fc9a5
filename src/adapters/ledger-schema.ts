/** The ledger's tables, version by version: each migration is run once, in order, in one transaction. */

import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../core/fault.ts';

const migrations: readonly string[] = [
  `CREATE TABLE receipt (
     remote TEXT NOT NULL,
     infohash TEXT NOT NULL,
     file_index INTEGER NOT NULL,
     length_bytes INTEGER NOT NULL,
     path BLOB NOT NULL,
     method TEXT NOT NULL,
     proved_at_ms INTEGER NOT NULL,
     PRIMARY KEY (remote, infohash, file_index)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE shipment (
     remote TEXT NOT NULL,
     path BLOB NOT NULL,
     infohash TEXT NOT NULL,
     begun_at_ms INTEGER NOT NULL,
     PRIMARY KEY (remote, path)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE failure (
     infohash TEXT NOT NULL PRIMARY KEY,
     step TEXT NOT NULL,
     message TEXT NOT NULL,
     remedy TEXT,
     count INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     retry_at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

/**
 * Brings the schema up to date; a ledger that is only read has to be so already.
 *
 * @throws Fault where the ledger was made by a newer version, which is left untouched
 */
export function migrate(
  database: DatabaseSync,
  settings: { readonly path: string; readonly isReadOnly: boolean },
): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new Fault(
      'refused',
      `the ledger ${settings.path} was made by a newer version of this program (schema ${version}, known up to ${migrations.length})`,
      'install the newer version again, or move the ledger away: losing it costs time, never data',
    );
  }
  if (settings.isReadOnly) return;
  // FULL: a commit is on disk before anything irreversible follows from it.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  if (version === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  for (const statement of migrations.slice(version)) database.exec(statement);
  database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec('COMMIT');
}
