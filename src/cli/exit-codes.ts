/** What the program's exit codes mean (sysexits.h where there is one that fits). */

export const exitCodes = {
  /** All that could be done is done. */
  ok: 0,
  /** `doctor` or `verify` found a problem. */
  problems: 1,
  /** The command line is wrong. */
  usage: 64,
  /** rtorrent or the remote does not answer. */
  unavailable: 69,
  /** Our own mistake; the report asks to be sent to the project. */
  software: 70,
  /** Something failed that is tried again later, or another run holds the lock. */
  tryAgain: 75,
  /** The configuration has mistakes. */
  configuration: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
