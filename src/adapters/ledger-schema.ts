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
  `ALTER TABLE receipt ADD COLUMN digest TEXT;
   CREATE TABLE placement (
     remote TEXT NOT NULL,
     infohash TEXT NOT NULL,
     place BLOB NOT NULL,
     PRIMARY KEY (remote, infohash)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE event (
     id INTEGER PRIMARY KEY,
     remote TEXT NOT NULL,
     at_ms INTEGER NOT NULL,
     infohash TEXT NOT NULL,
     name BLOB NOT NULL,
     action TEXT NOT NULL,
     files INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     took_ms INTEGER NOT NULL,
     detail TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE intent (
     infohash TEXT NOT NULL PRIMARY KEY,
     step TEXT NOT NULL,
     directory BLOB NOT NULL,
     at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE INDEX shipment_of_torrent ON shipment (infohash, remote);`,
  // A bit for each piece of the torrent, as BEP 3 orders them, as far as the last one that is set.
  `CREATE TABLE streamed (
     remote TEXT NOT NULL,
     infohash TEXT NOT NULL,
     file_index INTEGER NOT NULL,
     bits BLOB NOT NULL,
     PRIMARY KEY (remote, infohash, file_index)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE part_digest (
     remote TEXT NOT NULL,
     infohash TEXT NOT NULL,
     file_index INTEGER NOT NULL,
     piece INTEGER NOT NULL,
     digest TEXT NOT NULL,
     PRIMARY KEY (remote, infohash, file_index, piece)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE wish (
     remote TEXT NOT NULL,
     infohash TEXT NOT NULL,
     is_paused INTEGER NOT NULL DEFAULT 0,
     priority TEXT,
     PRIMARY KEY (remote, infohash)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE progress (
     infohash TEXT NOT NULL PRIMARY KEY,
     bytes INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     process_id INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // Of a failure that is older than this column, only the last time is known.
  `ALTER TABLE failure ADD COLUMN since_ms INTEGER NOT NULL DEFAULT 0;
   UPDATE failure SET since_ms = at_ms;
   CREATE TABLE problem (
     directory TEXT NOT NULL,
     remote TEXT NOT NULL,
     id TEXT NOT NULL,
     since_ms INTEGER NOT NULL,
     gone_at_ms INTEGER,
     PRIMARY KEY (directory, remote, id)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE intent ADD COLUMN uploaded_bytes INTEGER NOT NULL DEFAULT 0;`,
];

/**
 * Brings the schema up to date, version by version, in one transaction.
 *
 * @throws Fault where the ledger was made by a newer version, which is left untouched
 */
export function migrate(database: DatabaseSync, path: string): void {
  const version = versionOf(database, path);
  // FULL: a commit is on disk before anything irreversible follows from it.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  if (version === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  for (const statement of migrations.slice(version)) database.exec(statement);
  database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec('COMMIT');
}

/** Whether nothing was ever written into it: another process is just making it. */
export function isBlank(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA user_version').get()?.['user_version'] === 0;
}

/**
 * For a ledger that is only looked at.
 *
 * @throws Fault where its schema is not the one that this version knows
 */
export function expectCurrent(database: DatabaseSync, path: string): void {
  const version = versionOf(database, path);
  if (version === migrations.length) return;
  throw new Fault(
    'refused',
    `the ledger ${path} is of an older version of this program (schema ${version})`,
    'run rtorrent-low-space-driver run once: that brings it up to date',
  );
}

function versionOf(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version <= migrations.length) return version;
  throw new Fault(
    'refused',
    `the ledger ${path} was made by a newer version of this program (schema ${version}, known up to ${migrations.length})`,
    'install the newer version again, or move the ledger away: losing it costs time, never data',
  );
}
