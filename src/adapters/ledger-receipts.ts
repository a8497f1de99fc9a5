/** The ledger's table of receipts: the proofs that files are on the remote. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash } from '../core/metainfo.ts';
import type { ReceiptRecord } from '../core/prove.ts';
import { blobOf, bytesOfBlob } from './ledger-bytes.ts';
import { removePieces } from './ledger-pieces.ts';

/** Which of them: those of one torrent, of a JSON list of infohashes, or all there are. */
export type ReceiptChoice =
  | { readonly kind: 'one'; readonly infohash: Infohash }
  | { readonly kind: 'listed'; readonly wanted: string }
  | { readonly kind: 'all' };

/** A receipt takes the place of the pieces that were recorded of its file. */
export function writeReceipts(
  database: DatabaseSync,
  remote: string,
  receipts: readonly ReceiptRecord[],
): void {
  const statement = database.prepare(
    `INSERT OR REPLACE INTO receipt
     (remote, infohash, file_index, length_bytes, path, method, digest, proved_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const one of receipts) {
    const { infohash, fileIndex, lengthBytes, remotePath, method, digest, provedAtMs } = one;
    const path = blobOf(remotePath);
    statement.run(remote, infohash, fileIndex, lengthBytes, path, method, digest ?? null, provedAtMs);
    removePieces(database, { remote, infohash, fileIndex }, undefined);
  }
}

export function deleteReceipts(
  database: DatabaseSync,
  remote: string,
  infohash: Infohash,
  fileIndices: readonly number[],
): void {
  const statement = database.prepare(
    'DELETE FROM receipt WHERE remote = ? AND infohash = ? AND file_index = ?',
  );
  for (const index of fileIndices) statement.run(remote, infohash, index);
}

/** By torrent, in the order of the files. */
export function readReceipts(
  database: DatabaseSync,
  remote: string,
  choice: ReceiptChoice,
): Map<Infohash, ReceiptRecord[]> {
  const { condition, values } = conditionOf(choice);
  const rows = database
    .prepare(
      `SELECT infohash, file_index, length_bytes, path, method, digest, proved_at_ms FROM receipt
       WHERE remote = ? AND ${condition} ORDER BY infohash, file_index`,
    )
    .iterate(remote, ...values);
  const receipts = new Map<Infohash, ReceiptRecord[]>();
  for (const row of rows) {
    const infohash = row['infohash'] as Infohash;
    const record: ReceiptRecord = {
      infohash,
      fileIndex: row['file_index'] as number,
      lengthBytes: row['length_bytes'] as number,
      remotePath: bytesOfBlob(row['path']),
      method: row['method'] === 'checksum' ? 'checksum' : 'size',
      digest: (row['digest'] as string | null) ?? undefined,
      provedAtMs: row['proved_at_ms'] as number,
    };
    const known = receipts.get(infohash);
    if (known === undefined) receipts.set(infohash, [record]);
    else known.push(record);
  }
  return receipts;
}

function conditionOf(choice: ReceiptChoice): {
  readonly condition: string;
  readonly values: readonly string[];
} {
  switch (choice.kind) {
    case 'one':
      return { condition: 'infohash = ?', values: [choice.infohash] };
    case 'listed':
      return {
        condition: 'infohash IN (SELECT value FROM json_each(?))',
        values: [choice.wanted],
      };
    case 'all':
      return { condition: 'TRUE', values: [] };
  }
}
