/** The simulated world: everything that outlives the driver's process, and the time that passes for it. */

import type { ByteString } from '../../src/core/bytes.ts';
import { baseName, joinPath, parentPath } from '../../src/core/bytes.ts';
import type { Infohash, ManagedTorrent } from '../../src/core/metainfo.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Priority } from '../../src/core/priority.ts';
import { comparePriorities, isPriority } from '../../src/core/priority.ts';
import type { SimTorrent } from './content.ts';
import { SimDisk } from './disk.ts';
import { LedgerState } from './ledger-state.ts';
import { Random } from './random.ts';
import { RemoteState } from './remote-state.ts';
import type { SessionKept } from './rtorrent-state.ts';
import { RtorrentState } from './rtorrent-state.ts';
import type { Swarm, Trackers } from './swarm.ts';
import { isBusy, passTime } from './swarm.ts';
import { Timers } from './timers.ts';
import { Trace } from './trace.ts';

export interface WorldSettings {
  readonly seed: number;
  readonly policy: Policy;
  readonly diskBytes: number;
  readonly blockBytes: number;
  readonly remoteBytes: number;
  /** rtorrent's guard; 0 for none. */
  readonly lowDiskspaceBytes: number;
  readonly hashMs: number;
  readonly remoteBytesPerSecond: number;
}

/** When wall clocks start. */
const startMs = 1_800_000_000_000;
/** While pieces come in, the world is looked at this often. */
const longestStepMs = 60_000;

export class World {
  readonly settings: WorldSettings;
  readonly random: Random;
  readonly trace = new Trace();
  readonly timers = new Timers();
  readonly disk: SimDisk;
  readonly rtorrent: RtorrentState;
  readonly remote: RemoteState;
  readonly ledger = new LedgerState();
  readonly swarms = new Map<Infohash, Swarm>();
  /** Every torrent that there is, loaded or not. */
  readonly catalog = new Map<Infohash, SimTorrent>();
  /** The managed directory: what each .torrent file holds; undefined for garbage. */
  readonly managedFiles = new Map<ByteString, Infohash | undefined>();
  private readonly addedTimes = new Map<ByteString, number>();
  /** Torrents whose place on the disk was taken by hand: the driver answers for none of it. */
  readonly guests = new Set<Infohash>();
  /** Torrents whose .torrent, or place in rtorrent, the user took away: their data is the user's affair. */
  readonly dropped = new Set<Infohash>();
  readonly retired = new Set<Infohash>();
  /** Time since the world began; never goes back. */
  elapsedMs = 0;
  readonly trackers: Trackers = { trouble: undefined, sinceMs: 0 };
  /** How often the host's clock was set. */
  clockJumps = 0;
  /** What the host's clock is wrong by. */
  clockErrorMs = 0;
  /** Set while rtorrent is down. */
  restartsAt: { readonly atMs: number; readonly kept: SessionKept } | undefined;
  /** How often rtorrent died of a full disk. */
  deaths = 0;
  /** Called whenever anything may have changed. */
  onChange: () => void = () => undefined;

  constructor(settings: WorldSettings) {
    this.settings = settings;
    this.random = new Random(settings.seed);
    this.disk = new SimDisk(settings.diskBytes, settings.blockBytes);
    this.rtorrent = new RtorrentState(
      this.disk,
      () => this.elapsedMs,
      () => this.wallMs(),
      settings.hashMs,
    );
    this.disk.makeDirectory(this.rtorrent.defaultDirectory);
    this.remote = new RemoteState(settings.remoteBytes);
  }

  note(line: string): void {
    this.trace.add(this.elapsedMs, line);
  }

  wallMs(): number {
    return startMs + this.elapsedMs + this.clockErrorMs;
  }

  /** Lets time pass. */
  pass(ms: number): void {
    let left = ms;
    while (left > 0) {
      const { restartsAt } = this;
      const untilRestart = restartsAt === undefined ? left : Math.max(0, restartsAt.atMs - this.elapsedMs);
      const step = Math.min(left, untilRestart, isBusy(this.rtorrent) ? longestStepMs : left);
      this.elapsedMs += step;
      left -= step;
      if (restartsAt !== undefined && restartsAt.atMs <= this.elapsedMs)
        this.restartRtorrent(restartsAt.kept);
      this.run(step);
      this.onChange();
    }
  }

  /** rtorrent dies, and comes back after a while with so much of its session. */
  killRtorrent(kept: SessionKept, afterMs: number): void {
    if (!this.rtorrent.isRunning) return;
    this.note(`rtorrent is killed; back in ${afterMs} ms, session ${kept}`);
    this.rtorrent.die();
    this.restartsAt = { atMs: this.elapsedMs + afterMs, kept };
  }

  restartRtorrent(kept: SessionKept): void {
    this.note(`rtorrent is back, session ${kept}`);
    this.restartsAt = undefined;
    this.rtorrent.restart(kept);
  }

  /** The driver loads it: from now on it answers for it, unless something of it lay here before. */
  adopt({ metainfo, files }: SimTorrent, directory: ByteString): void {
    const here = files.map(({ file }) => this.disk.at(joinPath(directory, file.path))?.layout);
    if (here.every((layout) => layout === undefined)) this.guests.delete(metainfo.infohash);
    else if (here.some((layout, index) => layout !== undefined && layout !== files[index])) {
      this.guests.add(metainfo.infohash);
    }
  }

  managed(): ReadonlyMap<Infohash, ManagedTorrent> {
    const managed = new Map<Infohash, ManagedTorrent>();
    for (const path of this.addedTimes.keys()) if (!this.managedFiles.has(path)) this.addedTimes.delete(path);
    for (const [path, infohash] of [...this.managedFiles].sort(byPath)) {
      const torrent = infohash === undefined ? undefined : this.catalog.get(infohash);
      if (infohash === undefined || torrent === undefined) continue;
      const twin = managed.get(infohash);
      const torrentPaths: ManagedTorrent['torrentPaths'] = twin ? [...twin.torrentPaths, path] : [path];
      const priority = mostUrgent(shelfOf(path), twin?.priority);
      const addedAtMs = Math.min(this.addedAtMs(path), twin?.addedAtMs ?? Infinity);
      managed.set(infohash, { metainfo: torrent.metainfo, torrentPaths, priority, addedAtMs });
    }
    return managed;
  }

  /** When the .torrent came to lie there, by the host's clock; whoever looks first notes it down. */
  private addedAtMs(path: ByteString): number {
    const addedAtMs = this.addedTimes.get(path) ?? this.wallMs();
    this.addedTimes.set(path, addedAtMs);
    return addedAtMs;
  }

  private run(ms: number): void {
    const rules = {
      lowDiskspaceBytes: this.settings.lowDiskspaceBytes,
      swarms: this.swarms,
      nowMs: this.elapsedMs,
      random: this.random,
      trackers: this.trackers,
    };
    if (!passTime(this.rtorrent, this.disk, ms, rules)) return;
    this.note('rtorrent died of a full disk');
    this.deaths += 1;
    this.restartsAt = { atMs: this.elapsedMs + 300_000, kept: 'inserted' };
  }
}

function shelfOf(path: ByteString): Priority {
  const shelf = baseName(parentPath(path));
  return isPriority(shelf) ? shelf : 'normal';
}

function mostUrgent(one: Priority, other: Priority = one): Priority {
  return comparePriorities(one, other) <= 0 ? one : other;
}

function byPath([one]: readonly [ByteString, unknown], [other]: readonly [ByteString, unknown]): number {
  return one < other ? -1 : 1;
}
