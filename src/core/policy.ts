/** What the user asked for: the part of the configuration that decisions depend on. */

/** How content on the remote is proved before anything is deleted here. */
export type Verify =
  /** Checksums over both copies, read again after the transfer. */
  | 'checksum'
  /** Names and sizes alone: faster, and blind to damage that keeps the size. */
  | 'size';

export interface Policy {
  /** The most that managed torrents may take on the local disk, in allocated bytes. */
  readonly spaceLimitBytes: number;
  /** Upload divided by size that a torrent has to reach before it is shipped; 0 ships at once. */
  readonly requiredRatio: number;
  readonly verify: Verify;
  /** How many transfers may be under way at once, and how many proofs. */
  readonly maxTransfers: number;
}
