/**
 * When the first of the torrents that download will be whole, told from what has arrived since a look before; rtorrent checks
 * it then, which is over soon or late.
 */

import type { Infohash } from '../core/metainfo.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** Looks that are closer together tell no rate: what rtorrent reports goes up by a piece at a time. */
const leastApartMs = 500;

export class FirstWhole {
  private received: ReadonlyMap<Infohash, number> = new Map();
  private atMs = 0;
  /** Since when each has been checked. */
  private checking: ReadonlyMap<Infohash, number> = new Map();

  /**
   * So many milliseconds after this look, at the rate of each; of one that is checked, as long again as that has taken. Infinite
   * where nothing arrives.
   */
  after({ takenAtMs, rtorrent, managed }: Snapshot): number {
    if (!rtorrent.seen) return Number.POSITIVE_INFINITY;
    const elapsedMs = takenAtMs - this.atMs;
    const isApart = elapsedMs >= leastApartMs || elapsedMs < 0;
    const received = new Map<Infohash, number>();
    const checking = new Map<Infohash, number>();
    let firstMs = Number.POSITIVE_INFINITY;
    for (const torrent of rtorrent.value.torrents.values()) {
      const { infohash, isComplete, isHashing, receivedBytes, sizeBytes } = torrent;
      if (!managed.has(infohash)) continue;
      if (isHashing) {
        const sinceMs = this.checking.get(infohash) ?? takenAtMs;
        checking.set(infohash, sinceMs);
        firstMs = Math.min(firstMs, Math.max(0, takenAtMs - sinceMs));
      }
      if (isComplete || isHashing) continue;
      received.set(infohash, receivedBytes);
      // One that was begun since then had nothing.
      const arrivedBytes = receivedBytes - (this.received.get(infohash) ?? 0);
      if (arrivedBytes > 0) {
        firstMs = Math.min(firstMs, ((sizeBytes - receivedBytes) * elapsedMs) / arrivedBytes);
      }
    }
    this.checking = checking;
    if (isApart) {
      this.received = received;
      this.atMs = takenAtMs;
    }
    return firstMs;
  }
}
