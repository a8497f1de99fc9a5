/** Rates as they are, from the first seconds on. */

/** rtorrent divides what came in the last minute by a whole minute, for however short a time the torrent has been there. */
const windowMs = 60_000;
/** Times are told in whole seconds, and peers have to be found first. */
const leastMs = 2_000;

/**
 * The mean over the last minute, or since the load where that is less long ago, in bytes a second. `loadedAtMs` is rtorrent's
 * `d.load_date`: with a restart of rtorrent it begins anew, and so do its rates. A clock that was set back changes nothing.
 */
export function rateSince(loadedAtMs: number | undefined, nowMs: number, reported: number): number {
  const elapsedMs = loadedAtMs === undefined ? windowMs : nowMs - loadedAtMs;
  if (elapsedMs < 0 || elapsedMs >= windowMs) return reported;
  return Math.round((reported * windowMs) / Math.max(leastMs, elapsedMs));
}
