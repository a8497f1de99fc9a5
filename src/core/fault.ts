/** Faults: the world failed. The one kind of error that a port's method may reject with. */

/** Where the fault lies; decides which problem a person is shown and whether trying again can help. */
export type FaultKind =
  /** Nothing answers: rtorrent's socket, the remote host. */
  | 'unreachable'
  /** It answered that it will not: permissions, a password wanted, a changed host key, a read-only path. */
  | 'refused'
  /** No room where bytes were to be written. */
  | 'full'
  /** A limit was hit: a timeout, a stalled transfer, an output too long. */
  | 'limit'
  /** An answer that cannot be understood. */
  | 'garbled'
  /** What was to be worked on is not there any more. */
  | 'gone'
  /** A program that is needed is not installed. */
  | 'missing-program'
  /** Anything else that a program or the system reported. */
  | 'failed';

/**
 * A failure of the world, as a value that travels through a promise. `message` is one sentence for a person;
 * `remedy` says what to do about it, where something can be done.
 */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly remedy: string | undefined;

  constructor(kind: FaultKind, message: string, remedy?: string) {
    super(message);
    this.name = 'Fault';
    this.kind = kind;
    this.remedy = remedy;
  }
}
