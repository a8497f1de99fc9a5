/** The ledger's table of intents: steps that were begun, and what only rtorrent knew of their torrents. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash } from '../core/metainfo.ts';
import type { Intent } from '../core/snapshot.ts';
import type { NewIntent } from '../ports/ledger.ts';
import { blobOf, bytesOfBlob } from './ledger-bytes.ts';

export function readIntents(database: DatabaseSync): Map<Infohash, Intent> {
  const rows = database.prepare('SELECT * FROM intent').all();
  return new Map(
    rows.map((row) => [
      row['infohash'] as Infohash,
      {
        step: row['step'] as Intent['step'],
        directory: bytesOfBlob(row['directory']),
        atMs: row['at_ms'] as number,
        uploadedBytes: row['uploaded_bytes'] as number,
      },
    ]),
  );
}

export function writeIntent(
  database: DatabaseSync,
  infohash: Infohash,
  { step, directory, atMs, uploadedBytes }: NewIntent,
): void {
  const known = uploadedBytes ?? null;
  database
    .prepare(
      `INSERT INTO intent (infohash, step, directory, at_ms, uploaded_bytes) VALUES (?, ?, ?, ?, coalesce(?, 0))
       ON CONFLICT (infohash) DO UPDATE SET step = excluded.step, directory = excluded.directory,
         at_ms = excluded.at_ms, uploaded_bytes = coalesce(?, uploaded_bytes)`,
    )
    .run(infohash, step, blobOf(directory), atMs, known, known);
}

export function deleteIntent(database: DatabaseSync, infohash: Infohash): void {
  database.prepare('DELETE FROM intent WHERE infohash = ?').run(infohash);
}
