/** The ledger's table of progress: how far the torrents that are being fetched had come, and when. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash } from '../core/metainfo.ts';
import type { ProgressMark } from '../core/snapshot.ts';

/** `wanted` is a JSON list of infohashes. */
export function readProgress(database: DatabaseSync, wanted: string): Map<Infohash, ProgressMark> {
  const rows = database
    .prepare('SELECT * FROM progress WHERE infohash IN (SELECT value FROM json_each(?))')
    .all(wanted);
  return new Map(
    rows.map((row) => [
      row['infohash'] as Infohash,
      {
        bytes: row['bytes'] as number,
        atMs: row['at_ms'] as number,
        processId: row['process_id'] as number,
      },
    ]),
  );
}

export function writeProgress(
  database: DatabaseSync,
  marks: ReadonlyMap<Infohash, ProgressMark | undefined>,
): void {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO progress (infohash, bytes, at_ms, process_id) VALUES (?, ?, ?, ?)',
  );
  const forget = database.prepare('DELETE FROM progress WHERE infohash = ?');
  for (const [infohash, mark] of marks) {
    if (mark === undefined) forget.run(infohash);
    else insert.run(infohash, mark.bytes, mark.atMs, mark.processId);
  }
}
