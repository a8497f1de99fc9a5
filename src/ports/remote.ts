/** The port to the remote host: listing, shipping, comparing. Every method rejects with a `Fault` and nothing else. */

import type { ByteString } from '../core/bytes.ts';

export interface RemotePort {
  /**
   * Sizes in bytes of the regular files among these paths (below the remote's root). A path that is absent from the
   * answer is not there, or is no regular file. Reads nothing but names and sizes; changes nothing.
   */
  list(paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>>;

  /**
   * Copies files. Each appears under its final name only when it is whole; what was cut short is kept beside it and
   * taken up again by the next call. Idempotent. After a fault any number of the files may have arrived.
   */
  ship(order: TransferOrder): Promise<void>;

  /**
   * Reads both copies of each file and compares them by checksum. Answers with the remote paths whose content differs
   * or which are missing there. Changes nothing.
   */
  compare(order: TransferOrder): Promise<ReadonlySet<ByteString>>;

  /** Ends the connection. Idempotent. */
  disconnect(): Promise<void>;
}

export interface TransferOrder {
  /** Local directory that the files' own paths are below. */
  readonly directory: ByteString;
  readonly files: readonly TransferFile[];
  /** Directory below the remote's root that takes the place of `directory`; empty for the root itself. */
  readonly destination: ByteString;
  /** Sends files whose size and time are equal on both sides as well: their content is known to differ. */
  readonly isRepair: boolean;
  /** Called as it goes, with the bytes of the order that are done. */
  readonly onProgress: (doneBytes: number) => void;
  /** Ends the transfer, resumable. */
  readonly signal: AbortSignal;
}

export interface TransferFile {
  readonly path: ByteString;
  readonly lengthBytes: number;
}
