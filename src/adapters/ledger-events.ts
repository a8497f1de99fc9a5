/** The ledger's table of events: the history of what was done. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash } from '../core/metainfo.ts';
import type { HistoryEvent } from '../ports/ledger.ts';
import { blobOf, bytesOfBlob } from './ledger-bytes.ts';

export function writeEvent(database: DatabaseSync, remote: string, event: HistoryEvent): void {
  const { atMs, infohash, name, action, files, bytes, tookMs, detail } = event;
  database
    .prepare(
      `INSERT INTO event (remote, at_ms, infohash, name, action, files, bytes, took_ms, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(remote, atMs, infohash, blobOf(name), action, files, bytes, tookMs, detail);
}

/** Newest first; of one torrent where one is named. */
export function readEvents(
  database: DatabaseSync,
  remote: string,
  most: number,
  infohash: Infohash | undefined,
): readonly HistoryEvent[] {
  const rows =
    infohash === undefined
      ? database.prepare('SELECT * FROM event WHERE remote = ? ORDER BY id DESC LIMIT ?').all(remote, most)
      : database
          .prepare('SELECT * FROM event WHERE remote = ? AND infohash = ? ORDER BY id DESC LIMIT ?')
          .all(remote, infohash, most);
  return rows.map((row) => ({
    atMs: row['at_ms'] as number,
    infohash: row['infohash'] as Infohash,
    name: bytesOfBlob(row['name']),
    action: row['action'] as HistoryEvent['action'],
    files: row['files'] as number,
    bytes: row['bytes'] as number,
    tookMs: row['took_ms'] as number,
    detail: row['detail'] as string,
  }));
}
