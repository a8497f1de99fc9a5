/** The ledger's table of problems: since when each lasts. */

import type { DatabaseSync } from 'node:sqlite';
import type { Onset } from '../core/snapshot.ts';

/** Problems are those of one managed directory and one remote. */
export interface ProblemScope {
  readonly directory: string;
  readonly remote: string;
}

export function readOnsets(database: DatabaseSync, { directory, remote }: ProblemScope): Map<string, Onset> {
  const rows = database
    .prepare('SELECT id, since_ms, gone_at_ms FROM problem WHERE directory = ? AND remote = ?')
    .all(directory, remote);
  return new Map(
    rows.map((row) => [
      row['id'] as string,
      {
        sinceMs: row['since_ms'] as number,
        goneAtMs: (row['gone_at_ms'] as number | null) ?? undefined,
      },
    ]),
  );
}

export function writeOnsets(
  database: DatabaseSync,
  { directory, remote }: ProblemScope,
  onsets: ReadonlyMap<string, Onset | undefined>,
): void {
  const put = database.prepare(
    'INSERT OR REPLACE INTO problem (directory, remote, id, since_ms, gone_at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const forget = database.prepare('DELETE FROM problem WHERE directory = ? AND remote = ? AND id = ?');
  for (const [id, onset] of onsets) {
    if (onset === undefined) forget.run(directory, remote, id);
    else put.run(directory, remote, id, onset.sinceMs, onset.goneAtMs ?? null);
  }
}
