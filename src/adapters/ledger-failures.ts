/** The ledger's table of failures: what went wrong with a torrent last, and until when it rests. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash } from '../core/metainfo.ts';
import type { Failure } from '../core/snapshot.ts';

/** `wanted` is a JSON list of infohashes. */
export function readFailures(database: DatabaseSync, wanted: string): Map<Infohash, Failure> {
  const failures = new Map<Infohash, Failure>();
  const rows = database
    .prepare('SELECT * FROM failure WHERE infohash IN (SELECT value FROM json_each(?))')
    .iterate(wanted);
  for (const row of rows) {
    failures.set(row['infohash'] as Infohash, {
      step: row['step'] as string,
      message: row['message'] as string,
      remedy: (row['remedy'] as string | null) ?? undefined,
      count: row['count'] as number,
      sinceMs: row['since_ms'] as number,
      atMs: row['at_ms'] as number,
      retryAtMs: row['retry_at_ms'] as number,
    });
  }
  return failures;
}

export function writeFailure(database: DatabaseSync, infohash: Infohash, failure: Failure): void {
  const { step, message, remedy, count, sinceMs, atMs, retryAtMs } = failure;
  database
    .prepare(
      `INSERT OR REPLACE INTO failure (infohash, step, message, remedy, count, since_ms, at_ms, retry_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(infohash, step, message, remedy ?? null, count, sinceMs, atMs, retryAtMs);
}

export function deleteFailure(database: DatabaseSync, infohash: Infohash): void {
  database.prepare('DELETE FROM failure WHERE infohash = ?').run(infohash);
}
