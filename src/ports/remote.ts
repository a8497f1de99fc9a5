/** The port to the remote host: listing, shipping, comparing. Every method rejects with a `Fault` and nothing else. */

import type { ByteString } from '../core/bytes.ts';

export interface RemotePort {
  /**
   * Sizes in bytes of the files at these paths (below the remote's root), `notAFile` for what is there and is no regular
   * file. A path that is absent from the answer is not there. Reads nothing but names and sizes; changes nothing.
   */
  list(paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>>;

  /**
   * Copies files. Each appears under its final name only when it is whole; what was cut short is kept beside it and
   * taken up again by the next call. Idempotent. After a fault any number of the files may have arrived.
   */
  ship(order: TransferOrder): Promise<void>;

  /**
   * Reads each of these files on the remote, whole. A path that is absent from the answer is not there, or is no regular
   * file. `expectedBytes`, the sum of the sizes, bounds the time. Changes nothing.
   */
  digest(
    paths: readonly ByteString[],
    expectedBytes: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<ByteString, DigestedFile>>;

  /** Ends the connection. Idempotent. */
  disconnect(): Promise<void>;
}

export interface DigestedFile {
  readonly sizeBytes: number;
  /** MD5, lower-case hex. */
  readonly digest: string;
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
