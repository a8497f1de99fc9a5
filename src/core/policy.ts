/** What the user asked for: the part of the configuration that decisions depend on. */

/** How content on the remote is proved before anything is deleted here. */
export type Verify =
  /** Checksums over both copies, read again after the transfer. */
  | 'checksum'
  /** Names and sizes alone: faster, and blind to damage that keeps the size. */
  | 'size';

/** When a torrent that is not fetched in parts is shipped. */
export type ShipWhen =
  /** Once its duty is done. */
  | 'ratio'
  /** Once it is complete: it seeds on, and is deleted here once its duty is done. */
  | 'completed';

/** What a torrent owes to others before it may leave. */
export interface DutyTerms {
  /** Upload divided by size; 0 asks for none. */
  readonly requiredRatio: number;
  /** Since it was complete; 0 asks for none. */
  readonly requiredSeedTimeMs: number;
  /** Of those that are asked for: whether one is enough. */
  readonly match: 'any' | 'all';
  /** Nothing is owed after this time, whatever was reached; never less than the required time. Infinity for no ceiling. */
  readonly mostSeedTimeMs: number;
}

export interface Duty extends DutyTerms {
  /** Terms of their own, by tracker: a host, which stands for all hosts below it as well. */
  readonly trackers: ReadonlyMap<string, DutyTerms>;
}

/** What becomes of a torrent that is too large for the limit. */
export type Oversize =
  /** Files are fetched, shipped and deleted a few at a time; one that does not fit by itself waits. */
  | 'files'
  /** The same, and a file that does not fit by itself is streamed, piece by piece. */
  | 'pieces'
  /** It waits. */
  | 'off';

export interface Policy {
  /** The most that managed torrents may take on the local disk, in allocated bytes. */
  readonly spaceLimitBytes: number;
  /** What a torrent that is not fetched in parts owes to others before it may leave. */
  readonly duty: Duty;
  readonly shipWhen: ShipWhen;
  readonly verify: Verify;
  /** A torrent of which nothing has arrived for so long makes way for others; Infinity for never. */
  readonly stallTimeoutMs: number;
  /** Whoever has waited for so long is not overtaken any more; Infinity for never. */
  readonly mostWaitMs: number;
  readonly oversize: Oversize;
  /** Whether private torrents may be streamed as well: nothing of a streamed file is uploaded to anybody. */
  readonly oversizePrivate: boolean;
  /** How many transfers may be under way at once, and how many proofs. */
  readonly maxTransfers: number;
  /** What each transfer may take of the link to the remote; 0 for no limit. */
  readonly bandwidthBytesPerSecond: number;
}
