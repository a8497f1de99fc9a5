/** Names and paths in the ledger: bytes, kept as blobs, which SQLite never takes for text. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';

export function blobOf(bytes: ByteString): Buffer {
  return Buffer.from(bytes, 'latin1');
}

/** `blob` is a column as it was read. */
export function bytesOfBlob(blob: unknown): ByteString {
  return asByteString(Buffer.from(blob as Uint8Array).toString('latin1'));
}
