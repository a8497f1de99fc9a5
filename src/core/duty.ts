/** Seeding duty: what a torrent owes to others before it may leave, by ratio, by time, or both; and when it is over at last. */

import type { Metainfo } from './metainfo.ts';
import type { Duty, DutyTerms } from './policy.ts';
import type { RtorrentTorrent } from './snapshot.ts';

/** How a torrent stands with its duty. */
export interface Standing {
  readonly isDone: boolean;
  readonly ratio: number;
  readonly seededMs: number;
  /** Those that are not met yet, else those that were. */
  readonly terms: DutyTerms;
}

/** Where several trackers have terms of their own, all of them are to be met. Only what is complete seeds. */
export function standingOf(metainfo: Metainfo, loaded: RtorrentTorrent, duty: Duty, nowMs: number): Standing {
  const ratio = ratioOf(metainfo, loaded);
  const seededMs = seededMsOf(loaded, nowMs);
  const all = termsFor(metainfo, duty);
  const unmet = all.find((terms) => !isMet(terms, ratio, seededMs));
  return { isDone: unmet === undefined, ratio, seededMs, terms: unmet ?? all[0] ?? duty };
}

/** How long it goes on seeding at its present rate; Infinity where it does not end by itself. */
export function untilDoneMs(metainfo: Metainfo, loaded: RtorrentTorrent, duty: Duty, nowMs: number): number {
  const { isDone, ratio, seededMs, terms } = standingOf(metainfo, loaded, duty, nowMs);
  if (isDone) return 0;
  const { requiredRatio, requiredSeedTimeMs, match } = terms;
  const demandsMs: number[] = [];
  const missingBytes = Math.max(0, requiredRatio - ratio) * metainfo.totalBytes;
  if (missingBytes > 0) demandsMs.push((missingBytes / loaded.upRateBytesPerSecond) * 1000);
  if (requiredSeedTimeMs > seededMs) demandsMs.push(requiredSeedTimeMs - seededMs);
  const askedMs = match === 'all' ? Math.max(...demandsMs) : Math.min(...demandsMs);
  return Math.min(askedMs, ceilingOf(terms) - seededMs);
}

/** How long it seeds for its time, from when it is complete; longer, maybe, where a ratio is asked for as well. */
export function seedTimeOwed(
  metainfo: Metainfo,
  duty: Duty,
): { readonly ms: number; readonly isLeast: boolean } {
  const all = termsFor(metainfo, duty);
  const times = all.map(({ requiredRatio, requiredSeedTimeMs, match }) =>
    match === 'all' || requiredRatio === 0 ? requiredSeedTimeMs : 0,
  );
  return { ms: Math.max(...times), isLeast: all.some(({ requiredRatio }) => requiredRatio > 0) };
}

/** Whether it may leave as soon as it is complete. */
export function owesNothing(metainfo: Metainfo, duty: Duty): boolean {
  return termsFor(metainfo, duty).every((terms) => isMet(terms, 0, 0));
}

/** By all of its size: rtorrent's own figure goes by the bytes that are here, and rises when some are deleted. */
export function ratioOf({ totalBytes }: Metainfo, { uploadedBytes }: RtorrentTorrent): number {
  return uploadedBytes / totalBytes;
}

/** A clock that was set back makes no time of it. */
function seededMsOf({ isComplete, completeSinceMs }: RtorrentTorrent, nowMs: number): number {
  return isComplete && completeSinceMs !== undefined ? Math.max(0, nowMs - completeSinceMs) : 0;
}

function termsFor({ trackers }: Metainfo, duty: Duty): readonly DutyTerms[] {
  if (duty.trackers.size === 0) return [duty];
  const own = [...duty.trackers].filter(([host]) =>
    trackers.some((tracker) => tracker === host || tracker.endsWith(`.${host}`)),
  );
  return own.length === 0 ? [duty] : own.map(([, terms]) => terms);
}

function isMet(terms: DutyTerms, ratio: number, seededMs: number): boolean {
  const { requiredRatio, requiredSeedTimeMs, match } = terms;
  if (seededMs >= ceilingOf(terms)) return true;
  const demands: boolean[] = [];
  if (requiredRatio > 0) demands.push(ratio >= requiredRatio);
  if (requiredSeedTimeMs > 0) demands.push(seededMs >= requiredSeedTimeMs);
  return match === 'all' || demands.length === 0 ? demands.every(Boolean) : demands.some(Boolean);
}

function ceilingOf({ mostSeedTimeMs, requiredSeedTimeMs }: DutyTerms): number {
  return Math.max(mostSeedTimeMs, requiredSeedTimeMs);
}
