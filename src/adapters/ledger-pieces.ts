/** The ledger's tables of files that are streamed: which of their pieces the remote holds. Called within its transactions. */

import type { DatabaseSync } from 'node:sqlite';
import type { Infohash, Metainfo } from '../core/metainfo.ts';
import type { ShippedPiece, ShippedPieces } from '../core/piece-part.ts';
import { noPieces } from '../core/pieces.ts';

interface StreamedKey {
  readonly remote: string;
  readonly infohash: Infohash;
  readonly fileIndex: number;
}

export function addPieces(database: DatabaseSync, key: StreamedKey, pieces: readonly ShippedPiece[]): void {
  if (pieces.length === 0) return;
  const known = bitsOf(database, key);
  const last = pieces.reduce((most, { piece }) => Math.max(most, piece), 0);
  const bits = new Uint8Array(Math.max(known.length, (last >> 3) + 1));
  bits.set(known);
  const insert = database.prepare(
    'INSERT OR REPLACE INTO part_digest (remote, infohash, file_index, piece, digest) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { piece, partDigest } of pieces) {
    bits[piece >> 3] = (bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
    if (partDigest !== undefined) insert.run(key.remote, key.infohash, key.fileIndex, piece, partDigest);
  }
  writeBits(database, key, bits);
}

/** All of the file's pieces where none are named. */
export function removePieces(
  database: DatabaseSync,
  key: StreamedKey,
  pieces: readonly number[] | undefined,
): void {
  const { remote, infohash, fileIndex } = key;
  const where = 'WHERE remote = ? AND infohash = ? AND file_index = ?';
  if (pieces === undefined) {
    for (const table of ['streamed', 'part_digest'])
      database.prepare(`DELETE FROM ${table} ${where}`).run(remote, infohash, fileIndex);
    return;
  }
  const bits = bitsOf(database, key);
  const forget = database.prepare(`DELETE FROM part_digest ${where} AND piece = ?`);
  for (const piece of pieces) {
    if (piece >> 3 < bits.length) bits[piece >> 3] = (bits[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7));
    forget.run(remote, infohash, fileIndex, piece);
  }
  if (bits.some((byte) => byte !== 0)) writeBits(database, key, bits);
  else removePieces(database, key, undefined);
}

/** What is recorded about these torrents. Pieces that a torrent does not have count for nothing. */
export function readPieces(
  database: DatabaseSync,
  remote: string,
  managed: readonly Metainfo[],
): Map<Infohash, ReadonlyMap<number, ShippedPieces>> {
  const pieceCounts = new Map(managed.map(({ infohash, pieceCount }) => [infohash, pieceCount]));
  const found = new Map<Infohash, Map<number, ShippedPieces & { partDigests: Map<number, string> }>>();
  for (const row of database
    .prepare('SELECT infohash, file_index, bits FROM streamed WHERE remote = ?')
    .iterate(remote)) {
    const infohash = row['infohash'] as Infohash;
    const count = pieceCounts.get(infohash);
    if (count === undefined) continue;
    const pieces = noPieces(count);
    pieces.bits.set((row['bits'] as Uint8Array).subarray(0, pieces.bits.length));
    const files = found.get(infohash) ?? new Map<number, never>();
    found.set(infohash, files);
    files.set(row['file_index'] as number, { pieces, partDigests: new Map() });
  }
  for (const row of database
    .prepare('SELECT infohash, file_index, piece, digest FROM part_digest WHERE remote = ?')
    .iterate(remote)) {
    const file = found.get(row['infohash'] as Infohash)?.get(row['file_index'] as number);
    file?.partDigests.set(row['piece'] as number, row['digest'] as string);
  }
  return found;
}

function bitsOf(database: DatabaseSync, { remote, infohash, fileIndex }: StreamedKey): Uint8Array {
  const row = database
    .prepare('SELECT bits FROM streamed WHERE remote = ? AND infohash = ? AND file_index = ?')
    .get(remote, infohash, fileIndex);
  return (row?.['bits'] as Uint8Array | undefined) ?? new Uint8Array();
}

function writeBits(
  database: DatabaseSync,
  { remote, infohash, fileIndex }: StreamedKey,
  bits: Uint8Array,
): void {
  database
    .prepare('INSERT OR REPLACE INTO streamed (remote, infohash, file_index, bits) VALUES (?, ?, ?, ?)')
    .run(remote, infohash, fileIndex, bits);
}
