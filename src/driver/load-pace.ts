/**
 * How many torrents the daemon begins at once: one a second at first, and more as bytes arrive. Begun all together they
 * share the download, and are all whole at the same late time: until then the line to the remote has nothing to do.
 */

import type { Action, Load } from '../core/action.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** Whatever arrives, so long after the last one another is begun: where swarms are slow, all that fit are wanted. */
const everyMs = 1_000;
/** And where many download already, so many of these count for one. */
const eachBegins = 8;
/** The download stays this far ahead of what arrives. */
const ahead = 2;

export class LoadPace {
  private readonly received = new Map<Infohash, number>();
  private downloading = 0;
  private nowMs = 0;
  private begunAtMs: number | undefined;
  /** What may be begun for what has arrived since. */
  private creditBytes = 0;

  /** Sees what has arrived since the look before. */
  look({ takenAtMs, rtorrent, managed }: Snapshot): void {
    this.nowMs = takenAtMs;
    if (!rtorrent.seen) return;
    const isFirst = this.received.size === 0 && this.begunAtMs === undefined;
    const before = new Map(this.received);
    this.received.clear();
    this.downloading = 0;
    for (const { infohash, receivedBytes, isActive, isComplete } of rtorrent.value.torrents.values()) {
      if (!managed.has(infohash)) continue;
      const arrivedBytes = Math.max(0, receivedBytes - (before.get(infohash) ?? 0));
      if (!isFirst) this.creditBytes += ahead * arrivedBytes;
      if (isActive && !isComplete) this.downloading += 1;
      this.received.set(infohash, receivedBytes);
    }
  }

  /** The actions, without the loads whose time has not come; what they are is planned again at the next look. */
  due(actions: readonly Action[]): readonly Action[] {
    let { creditBytes } = this;
    let others = this.isTime() ? Math.max(1, Math.floor(this.downloading / eachBegins)) : 0;
    let isHeld = false;
    return actions.filter((action) => {
      if (action.kind !== 'load') return true;
      if (others > 0) others -= 1;
      else if (action.reservedBytes <= creditBytes) creditBytes -= action.reservedBytes;
      // None overtakes another.
      else isHeld = true;
      return !isHeld;
    });
  }

  /** One of them is carried out. */
  begin({ reservedBytes }: Load): void {
    this.creditBytes = Math.max(0, this.creditBytes - reservedBytes);
    this.begunAtMs = this.nowMs;
  }

  /** A clock that was set back keeps nothing waiting. */
  private isTime(): boolean {
    const elapsedMs = this.nowMs - (this.begunAtMs ?? Number.NEGATIVE_INFINITY);
    return elapsedMs >= everyMs || elapsedMs < 0;
  }
}
