/** Progress: how much of a torrent has been fetched, and how much of it is proved to be on the remote. */

import type { Metainfo } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import type { Receipt } from './prove.ts';

/** Bytes of files with a receipt. */
export function provedBytesOf(
  metainfo: Metainfo,
  receipts: ReadonlyMap<number, Receipt> | undefined,
): number {
  if (receipts === undefined || receipts.size === 0) return 0;
  let bytes = 0;
  for (const file of contentFiles(metainfo)) if (receipts.has(file.index)) bytes += file.lengthBytes;
  return bytes;
}

/** Bytes that need not be fetched any more: they are here, or proved to be on the remote. Never too many. */
export function fetchedBytesOf({ totalBytes }: Metainfo, hereBytes: number, provedBytes: number): number {
  // Bytes of a file that is proved and still here would count twice.
  return Math.max(hereBytes, Math.min(totalBytes, provedBytes + hereBytes));
}
