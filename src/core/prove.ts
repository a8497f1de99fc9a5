/**
 * Proof that a file is on the remote, whole: the only place where a receipt can come into being. Without a receipt
 * a purge does not compile.
 */

import type { ByteString } from './bytes.ts';
import type { Infohash, Metainfo, MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import type { PieceSet } from './pieces.ts';
import { isFileComplete } from './pieces.ts';
import type { Verify } from './policy.ts';

declare const proven: unique symbol;

/** The record of a proof: this file was seen on the remote, whole, under this path. */
export interface Receipt extends ReceiptRecord {
  readonly [proven]: true;
}

/** A receipt as the ledger keeps it: plain data, which proves nothing until it is recalled against the metainfo. */
export interface ReceiptRecord {
  readonly infohash: Infohash;
  readonly fileIndex: number;
  readonly lengthBytes: number;
  /** Below the remote's root. */
  readonly remotePath: ByteString;
  readonly method: Verify;
  /** MD5 of the content, lower-case hex, as the remote had it; undefined where sizes alone were compared. */
  readonly digest: string | undefined;
  readonly provedAtMs: number;
}

/** The size of what is there under a file's name and is no regular file: a directory, a symlink, a pipe. */
export const notAFile = -1;

/** One file as the remote lists it. */
export interface RemoteFile {
  /** `notAFile` where it is none. */
  readonly sizeBytes: number;
  /** MD5 of its content, lower-case hex, where that was read; the checksum that every rsync since 3.0 has. */
  readonly digest?: string;
}

/** What the remote holds, by path below its root; what is absent from the map was looked for and is not there. */
export type RemoteListing = ReadonlyMap<ByteString, RemoteFile>;

/** A listing of which nothing but the sizes is known. */
export function listingOfSizes(sizes: ReadonlyMap<ByteString, number>): RemoteListing {
  return new Map([...sizes].map(([path, sizeBytes]) => [path, { sizeBytes }]));
}

export type Proof =
  | { readonly kind: 'proved'; readonly receipt: Receipt }
  | { readonly kind: 'missing' | 'wrong-size' | 'different' | 'unread' };

/** What the content on the remote is compared with. */
export type Evidence =
  /** The local copy: its MD5, read after the transfer; undefined where it was not read. */
  | { readonly kind: 'copy'; readonly localDigest: string | undefined }
  /** The metainfo: the pieces that the remote's file was read for and had right. Of a streamed file there is no local copy. */
  | { readonly kind: 'pieces'; readonly verified: PieceSet };

/**
 * Compares one file of the metainfo with the listing, as strictly as `method` asks. By pieces it is proved where all of
 * them are verified and its digest was read since, whatever `method` asks: the receipt keeps that digest.
 */
export function prove(question: {
  readonly metainfo: Metainfo;
  readonly file: MetainfoFile;
  readonly remotePath: ByteString;
  readonly listing: RemoteListing;
  readonly evidence: Evidence;
  readonly method: Verify;
  readonly nowMs: number;
}): Proof {
  const { metainfo, file, remotePath, listing, evidence, method, nowMs } = question;
  const seen = listing.get(remotePath);
  if (seen === undefined) return { kind: 'missing' };
  if (seen.sizeBytes !== file.lengthBytes) return { kind: 'wrong-size' };
  const isCompared = evidence.kind === 'pieces' || evidence.localDigest !== undefined;
  const isRead = seen.digest !== undefined && isCompared;
  if (isRead && !isRight(seen.digest, evidence, metainfo, file)) return { kind: 'different' };
  if (!isRead && (method === 'checksum' || evidence.kind === 'pieces')) return { kind: 'unread' };
  const record: ReceiptRecord = {
    infohash: metainfo.infohash,
    fileIndex: file.index,
    lengthBytes: file.lengthBytes,
    remotePath,
    method: isRead ? 'checksum' : 'size',
    digest: isRead ? seen.digest : undefined,
    provedAtMs: nowMs,
  };
  return { kind: 'proved', receipt: record as Receipt };
}

function isRight(
  digest: string | undefined,
  evidence: Evidence,
  metainfo: Metainfo,
  file: MetainfoFile,
): boolean {
  if (evidence.kind === 'copy') return digest === evidence.localDigest;
  return isFileComplete(metainfo, file, evidence.verified);
}

/**
 * Turns a record of the ledger back into a receipt, if it is about this very file and was proved at least as strictly
 * as the user asks now.
 */
export function recall(record: ReceiptRecord, metainfo: Metainfo, method: Verify): Receipt | undefined {
  const file = metainfo.files[record.fileIndex];
  const isAboutThisFile = record.infohash === metainfo.infohash && record.lengthBytes === file?.lengthBytes;
  const isStrictEnough = method === 'size' || record.method === 'checksum';
  return isAboutThisFile && isStrictEnough ? (record as Receipt) : undefined;
}

/** A receipt for every file of a torrent that matters; undefined while one is lacking. */
export function wholeReceipt(
  metainfo: Metainfo,
  receipts: ReadonlyMap<number, Receipt>,
): readonly Receipt[] | undefined {
  // No torrent is without a file that matters.
  if (receipts.size === 0) return undefined;
  const all: Receipt[] = [];
  for (const file of contentFiles(metainfo)) {
    const receipt = receipts.get(file.index);
    if (receipt === undefined) return undefined;
    all.push(receipt);
  }
  return all;
}

/**
 * The receipts that the listing no longer bears out: asked once more just before the point of no return. Where it was read
 * again, the content counts, not only the size.
 */
export function deniedBy(listing: RemoteListing, receipts: readonly Receipt[]): readonly Receipt[] {
  return receipts.filter(({ remotePath, lengthBytes, digest }) => {
    const seen = listing.get(remotePath);
    if (seen?.sizeBytes !== lengthBytes) return true;
    return seen.digest !== undefined && digest !== undefined && seen.digest !== digest;
  });
}
