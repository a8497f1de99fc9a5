/**
 * How many whole torrents the daemon begins at once: the next one when those that download will soon be whole. Begun all together
 * they share the download, and are all whole at the same late time: until then the line to the remote has nothing to do,
 * and afterwards, the disk full, the download.
 */

import type { Action } from '../core/action.ts';
import type { Space } from '../core/budget.ts';
import type { Infohash } from '../core/metainfo.ts';
import { partsMode, streamMode } from '../core/parts.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** What is still to come in lasts so long at the rate of arrival: a torrent needs some seconds to find its peers. */
const inHandMs = 10_000;
/** But it takes no more of the limit than this: the rest is for what is being sent. */
const inHandShare = 1 / 8;
/** So long after the last one another is begun in any case: a slow swarm may be what keeps the rate low, not the link. */
const everyMs = 5_000;
/** And as long as nothing arrives. */
const firstEveryMs = 1_000;
/** Where many download already, so many of these count for one. */
const eachBegins = 8;
/** Over which the rate of arrival is averaged. */
const averagingMs = 3_000;

export class LoadPace {
  private received: ReadonlyMap<Infohash, number> | undefined;
  private downloading = 0;
  /** Of those that download. */
  private toComeBytes = 0;
  private bytesPerMs = 0;
  private nowMs = 0;
  private begunAtMs: number | undefined;

  /** Sees what has arrived since the look before. */
  look({ takenAtMs, rtorrent, managed }: Snapshot): void {
    if (!rtorrent.seen) return;
    const elapsedMs = takenAtMs - this.nowMs;
    this.nowMs = takenAtMs;
    const received = new Map<Infohash, number>();
    const wasDownloading = this.downloading > 0;
    let arrivedBytes = 0;
    this.downloading = 0;
    this.toComeBytes = 0;
    for (const torrent of rtorrent.value.torrents.values()) {
      const { infohash, receivedBytes } = torrent;
      if (!managed.has(infohash)) continue;
      received.set(infohash, receivedBytes);
      arrivedBytes += Math.max(0, receivedBytes - (this.received?.get(infohash) ?? 0));
      // What is oversize takes what the others leave: they do not wait for it to be whole.
      const isFetchedWhole = torrent.mode !== partsMode && torrent.mode !== streamMode;
      if (!isFetchedWhole || !torrent.isActive || torrent.isComplete) continue;
      this.downloading += 1;
      this.toComeBytes += torrent.sizeBytes - torrent.completedBytes;
    }
    const isFirst = this.received === undefined;
    this.received = received;
    // While nothing downloads, nothing is learned of the link.
    if (isFirst || !wasDownloading || elapsedMs <= 0) return;
    const weight = 1 - Math.exp(-elapsedMs / averagingMs);
    this.bytesPerMs += weight * (arrivedBytes / elapsedMs - this.bytesPerMs);
  }

  /** The actions, without the loads whose time has not come; what they are is planned again at the next look. */
  due(actions: readonly Action[], { limitBytes }: Pick<Space, 'limitBytes'>): readonly Action[] {
    const inHandBytes = Math.min(this.bytesPerMs * inHandMs, limitBytes * inHandShare);
    let wantedBytes = inHandBytes - this.toComeBytes;
    let others = this.isTime() ? Math.max(1, Math.floor(this.downloading / eachBegins)) : 0;
    let isHeld = false;
    return actions.filter((action) => {
      if (action.kind !== 'load') return true;
      // None overtakes another.
      isHeld ||= others <= 0 && wantedBytes <= 0;
      others -= 1;
      wantedBytes -= action.reservedBytes;
      return !isHeld;
    });
  }

  /** One of them is carried out. */
  begin(): void {
    this.begunAtMs = this.nowMs;
  }

  /** A clock that was set back keeps nothing waiting. */
  private isTime(): boolean {
    if (this.downloading === 0) return true;
    const elapsedMs = this.nowMs - (this.begunAtMs ?? Number.NEGATIVE_INFINITY);
    return elapsedMs >= (this.bytesPerMs > 0 ? everyMs : firstEveryMs) || elapsedMs < 0;
  }
}
