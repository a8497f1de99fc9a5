/** When something that failed is tried again: after a growing rest, so that nothing is retried without end. */

import type { Action } from './action.ts';
import type { Failure } from './snapshot.ts';

/** What a failure of nothing arriving is called. */
export const stallStep = 'download';

/** How long the first rest is, and the longest; each is twice the one before. */
export interface Rests {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The first is short enough for the next hourly pass to try again; the longest still tries four times a day. */
const usualRests: Rests = { firstMs: 5 * 60_000, longestMs: 6 * 3_600_000 };

/** The record of one more failure in a row. */
export function nextFailure(
  previous: Failure | undefined,
  failed: { readonly step: string; readonly message: string; readonly remedy: string | undefined },
  nowMs: number,
  { firstMs, longestMs }: Rests = usualRests,
): Failure {
  const count = (previous?.count ?? 0) + 1;
  const restMs = Math.min(longestMs, firstMs * 2 ** Math.min(count - 1, 16));
  return { ...failed, count, sinceMs: previous?.sinceMs ?? nowMs, atMs: nowMs, retryAtMs: nowMs + restMs };
}

/**
 * Whether the torrent rests after a failure. A failure from the future (a clock that was set back) does not count:
 * otherwise it could rest for years.
 */
export function isResting(failure: Failure | undefined, nowMs: number): failure is Failure {
  return failure !== undefined && failure.atMs <= nowMs && failure.retryAtMs > nowMs;
}

/**
 * Whether an action that is done shows that the failure is over. Only the step that failed can, or the end: otherwise two
 * steps could go round for ever. A stall is over when bytes arrive, and with nothing else: what is purged of a torrent that
 * was set aside brings none.
 */
export function mends(done: Action['kind'], { step }: Failure): boolean {
  if (done === 'retire') return true;
  if (step === stallStep) return false;
  // What a roll does at once, a selection does as well.
  if (step === 'roll' && done === 'select') return true;
  // It writes down a stall, which is a failure of its own.
  return (done === step && done !== 'set-aside') || done === 'purge';
}
