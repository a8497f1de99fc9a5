/** Onsets: since when each problem lasts, remembered from look to look, for one look cannot tell. */

import type { Onset } from './snapshot.ts';
import { formatDuration } from './units.ts';

/** What comes back within this time was never over: a tracker that answers now and then, say. */
const lullMs = 3_600_000;
const leastToldMs = 1000;

/** Since when a problem that is seen now has lasted: since now where nobody saw it before. */
export function lastingSinceMs(onset: Onset | undefined, nowMs: number): number {
  if (onset === undefined || isOver(onset, nowMs)) return nowMs;
  return Math.min(onset.sinceMs, nowMs);
}

/**
 * What is to be written of the problems that are seen now, by their ids; undefined for one to be forgotten. Where not all of
 * the world was seen, nothing is taken for gone.
 */
export function onsetChanges(
  ids: Iterable<string>,
  known: ReadonlyMap<string, Onset>,
  isAllSeen: boolean,
  nowMs: number,
): ReadonlyMap<string, Onset | undefined> {
  const changes = new Map<string, Onset | undefined>();
  const current = new Set(ids);
  for (const id of current) {
    const onset = known.get(id);
    const sinceMs = lastingSinceMs(onset, nowMs);
    const isAsKnown = onset?.sinceMs === sinceMs && onset.goneAtMs === undefined;
    if (!isAsKnown) changes.set(id, { sinceMs, goneAtMs: undefined });
  }
  if (!isAllSeen) return changes;
  for (const [id, onset] of known) {
    if (current.has(id)) continue;
    if (onset.goneAtMs === undefined) changes.set(id, { ...onset, goneAtMs: nowMs });
    else if (isOver(onset, nowMs)) changes.set(id, undefined);
  }
  return changes;
}

/** ` (for 2h 5m)`, or nothing where this look saw it first; follows what is said of it. */
export function lastedText(sinceMs: number, nowMs: number): string {
  const lastedMs = nowMs - sinceMs;
  return lastedMs < leastToldMs ? '' : ` (for ${formatDuration(lastedMs)})`;
}

/** A clock that was set back makes no time of it. */
function isOver({ goneAtMs }: Onset, nowMs: number): boolean {
  return goneAtMs !== undefined && Math.abs(nowMs - goneAtMs) > lullMs;
}
