/** When something that failed is tried again: after a growing rest, so that nothing is retried without end. */

import type { Failure } from './snapshot.ts';

/** The first rest is short enough for the next hourly pass to try again; the longest still tries four times a day. */
const firstRestMs = 5 * 60_000;
const longestRestMs = 6 * 3_600_000;

/** The record of one more failure in a row. */
export function nextFailure(
  previous: Failure | undefined,
  failed: { readonly step: string; readonly message: string; readonly remedy: string | undefined },
  nowMs: number,
): Failure {
  const count = (previous?.count ?? 0) + 1;
  const restMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(count - 1, 16));
  return { ...failed, count, atMs: nowMs, retryAtMs: nowMs + restMs };
}

/**
 * Whether the torrent rests after a failure. A failure from the future (a clock that was set back) does not count:
 * otherwise it could rest for years.
 */
export function isResting(failure: Failure | undefined, nowMs: number): failure is Failure {
  return failure !== undefined && failure.atMs <= nowMs && failure.retryAtMs > nowMs;
}
