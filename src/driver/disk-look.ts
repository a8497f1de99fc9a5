/** Looks at the local disk, at each torrent no more often than there is a reason to: thousands have many thousands of files. */

import type { ByteString } from '../core/bytes.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { DiskView, Job, LocalTorrent, RtorrentTorrent, RtorrentView } from '../core/snapshot.ts';
import type { Place } from '../ports/seedbox.ts';
import type { Ports } from './ports.ts';

/** What was seen of a torrent is good for this long while rtorrent tells nothing new of it, and by how much longer at most. */
const freshMs = 60_000;
const spreadMs = 540_000;

interface Known {
  readonly atMs: number;
  readonly untilMs: number;
  readonly directory: ByteString;
  readonly loaded: Signs | undefined;
  readonly local: LocalTorrent;
}

/** What rtorrent tells that changes when a torrent's files do. No text: each would keep the whole answer that it is a part of. */
type Signs = Pick<
  RtorrentTorrent,
  'receivedBytes' | 'completedBytes' | 'isOpen' | 'isActive' | 'isHashing' | 'isComplete'
>;

export class DiskLook {
  private readonly ports: Ports;
  private readonly known = new Map<Infohash, Known>();
  private isAllFresh = true;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Something was done, or is to be done: the next look is a look at everything. */
  forget(): void {
    this.known.clear();
  }

  /** Whether the last look was one at everything. One that was not is good for deciding to do nothing. */
  isFresh(): boolean {
    return this.isAllFresh;
  }

  /** The filesystem is measured each time. Rejects with a `Fault`. */
  async measure(view: RtorrentView, places: readonly Place[], jobs: readonly Job[]): Promise<DiskView> {
    const nowMs = this.ports.clock.nowMs();
    const busy = new Set(jobs.map(({ infohash }) => infohash));
    const torrents = new Map<Infohash, LocalTorrent>();
    const asked = places.filter(({ managed: { metainfo }, directory }) => {
      const { infohash } = metainfo;
      const known = busy.has(infohash) ? undefined : this.known.get(infohash);
      const isGood = known?.directory === directory && isAsBefore(known, view.torrents.get(infohash), nowMs);
      if (isGood) torrents.set(infohash, known.local);
      return !isGood;
    });
    const measured = await this.ports.seedbox.measure(view.defaultDirectory, asked);
    for (const { managed, directory } of asked) {
      const { infohash } = managed.metainfo;
      const local = measured.torrents.get(infohash);
      if (local === undefined) continue;
      torrents.set(infohash, local);
      this.known.set(infohash, {
        atMs: nowMs,
        untilMs: nowMs + lifetimeOf(infohash),
        directory,
        loaded: signsOf(view.torrents.get(infohash)),
        local,
      });
    }
    for (const infohash of this.known.keys()) if (!torrents.has(infohash)) this.known.delete(infohash);
    this.isAllFresh = asked.length === places.length;
    return { ...measured, torrents };
  }
}

/** What this program steers more closely, in parts, changes on disk without a word of rtorrent. */
function isAsBefore(known: Known, now: RtorrentTorrent | undefined, nowMs: number): boolean {
  if (nowMs < known.atMs || nowMs >= known.untilMs) return false;
  const { loaded } = known;
  if (loaded === undefined || now === undefined) return loaded === now;
  return (
    now.mode === '' &&
    now.receivedBytes === loaded.receivedBytes &&
    now.completedBytes === loaded.completedBytes &&
    now.isOpen === loaded.isOpen &&
    now.isActive === loaded.isActive &&
    now.isHashing === loaded.isHashing &&
    now.isComplete === loaded.isComplete
  );
}

function signsOf(torrent: RtorrentTorrent | undefined): Signs | undefined {
  if (torrent === undefined) return undefined;
  const { receivedBytes, completedBytes, isOpen, isActive, isHashing, isComplete } = torrent;
  return { receivedBytes, completedBytes, isOpen, isActive, isHashing, isComplete };
}

/** Spread, so that those that were seen together are not all seen again at once. */
function lifetimeOf(infohash: Infohash): number {
  let sum = 0;
  for (let index = 0; index < infohash.length; index += 1)
    sum = (sum * 31 + infohash.charCodeAt(index)) % 1_009;
  return freshMs + (sum / 1_009) * spreadMs;
}
