/** The ledger's table of wishes: what the user told by command about torrents. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash } from '../core/metainfo.ts';
import type { Priority } from '../core/priority.ts';
import { isPriority } from '../core/priority.ts';
import type { Wishes } from '../core/wishes.ts';

/** The row that is about everything has this in the place of an infohash. */
const everything = '*';

export function readWishes(database: DatabaseSync, remote: string): Wishes {
  const paused = new Set<Infohash>();
  const priorities = new Map<Infohash, Priority>();
  const rows = database
    .prepare('SELECT infohash, is_paused, priority FROM wish WHERE remote = ? ORDER BY infohash')
    .all(remote);
  for (const row of rows) {
    const infohash = row['infohash'] as Infohash;
    if (row['is_paused'] === 1) paused.add(infohash);
    const priority = String(row['priority']);
    if (isPriority(priority)) priorities.set(infohash, priority);
  }
  const isAllPaused = paused.delete(everything as Infohash);
  return { isAllPaused, paused, priorities };
}

/** Without an infohash: all there are and that will come; to resume all is to resume each. */
export function writePaused(
  database: DatabaseSync,
  remote: string,
  infohash: Infohash | undefined,
  isPaused: boolean,
): void {
  if (infohash === undefined && !isPaused) {
    database.prepare('UPDATE wish SET is_paused = 0 WHERE remote = ?').run(remote);
    return;
  }
  database
    .prepare(
      `INSERT INTO wish (remote, infohash, is_paused) VALUES (?, ?, ?)
       ON CONFLICT (remote, infohash) DO UPDATE SET is_paused = excluded.is_paused`,
    )
    .run(remote, infohash ?? everything, isPaused ? 1 : 0);
}

export function writePriority(
  database: DatabaseSync,
  remote: string,
  infohash: Infohash,
  priority: Priority | undefined,
): void {
  if (priority === undefined) {
    database
      .prepare('UPDATE wish SET priority = NULL WHERE remote = ? AND infohash = ?')
      .run(remote, infohash);
    return;
  }
  database
    .prepare(
      `INSERT INTO wish (remote, infohash, priority) VALUES (?, ?, ?)
       ON CONFLICT (remote, infohash) DO UPDATE SET priority = excluded.priority`,
    )
    .run(remote, infohash, priority);
}
