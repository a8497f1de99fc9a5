/** Watches the world with its own eyes while the program works: rtorrent, both disks, the managed directory. */

import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RigTorrent } from '../test/e2e/rig/torrents.ts';
import type { Rig } from '../test/e2e/rig.ts';
import type { World } from './world.ts';

export const states = ['waiting', 'downloading', 'seeding', 'shipping', 'shipped'] as const;

export type State = (typeof states)[number];

export interface TorrentView {
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: State;
  /** On the remote, whole or in part. */
  readonly thereBytes: number;
  /** On the remote or here. */
  readonly coveredBytes: number;
}

export interface View {
  /** Of all managed torrents, in allocated blocks; the unmanaged one left out. */
  readonly allocatedBytes: number;
  readonly peakBytes: number;
  readonly samples: number;
  readonly torrents: readonly TorrentView[];
}

const sampleEveryMs = 20;

/** What rtorrent says about one torrent. */
interface Loaded {
  readonly isComplete: boolean;
  /** Fetched in parts, and this part is here. */
  readonly isPartComplete: boolean;
  readonly completedBytes: number;
}

/** What has to be remembered of a torrent that comes and goes in parts. */
interface Tracked {
  readonly hereBytes: number;
  /** What was on the remote when it was loaded the last time. */
  readonly baseBytes: number;
}

export class Watch {
  private readonly world: World;
  private readonly timer: NodeJS.Timeout;
  private readonly tracked = new Map<string, Tracked>();
  private allocatedBytes = 0;
  private peakBytes = 0;
  private samples = 0;

  /** Samples the allocation from now on. */
  constructor(world: World) {
    this.world = world;
    this.timer = setInterval(() => {
      this.sample();
    }, sampleEveryMs);
    this.sample();
  }

  async look(): Promise<View> {
    const loaded = await loadedIn(this.world.rig);
    const torrents = this.world.torrents.map((torrent) => this.lookAt(torrent, loaded.get(torrent.infohash)));
    const { allocatedBytes, peakBytes, samples } = this;
    return { allocatedBytes, peakBytes, samples, torrents };
  }

  end(): void {
    clearInterval(this.timer);
    this.sample();
  }

  private sample(): void {
    this.allocatedBytes = this.world.rig.allocatedBytes() - this.world.unmanagedBytes;
    this.peakBytes = Math.max(this.peakBytes, this.allocatedBytes);
    this.samples += 1;
  }

  private lookAt(torrent: RigTorrent, loaded: Loaded | undefined): TorrentView {
    const { infohash, totalBytes: sizeBytes } = torrent;
    const name = torrent.name.toString();
    if (!existsSync(torrent.torrentPath)) {
      return { name, sizeBytes, state: 'shipped', thereBytes: sizeBytes, coveredBytes: sizeBytes };
    }
    const thereBytes = Math.min(sizeBytes, arrivedBytes(this.world.rig, torrent));
    const before = this.tracked.get(infohash);
    const hereBytes = loaded?.completedBytes ?? 0;
    const isAnew = before === undefined || hereBytes < before.hereBytes;
    const baseBytes = isAnew ? thereBytes : before.baseBytes;
    this.tracked.set(infohash, { hereBytes, baseBytes });
    const coveredBytes = Math.min(sizeBytes, Math.max(thereBytes, baseBytes + hereBytes));
    return { name, sizeBytes, state: stateOf(loaded, thereBytes), thereBytes, coveredBytes };
  }
}

function stateOf(loaded: Loaded | undefined, thereBytes: number): State {
  if (loaded === undefined) return thereBytes > 0 ? 'shipping' : 'waiting';
  if (!loaded.isComplete && !loaded.isPartComplete) return 'downloading';
  return thereBytes > 0 ? 'shipping' : 'seeding';
}

async function loadedIn(rig: Rig): Promise<ReadonlyMap<string, Loaded>> {
  const rows = (await rig.client.call(
    'd.multicall2',
    '',
    'main',
    'd.hash=',
    'd.complete=',
    'd.is_partially_done=',
    'd.completed_bytes=',
  )) as [string, number, number, number][];
  return new Map(
    rows.map(([hash, complete, partlyComplete, completedBytes]) => [
      hash,
      { isComplete: complete === 1, isPartComplete: partlyComplete === 1, completedBytes },
    ]),
  );
}

/** Disk that the torrent takes on the remote, rsync's temporary files included. */
function arrivedBytes(rig: Rig, torrent: RigTorrent): number {
  const name = torrent.name.toString();
  let bytes = 0;
  for (const entry of readdirSync(rig.remote.path)) {
    // rsync writes to `.NAME.XXXXXX` and renames that when it is whole.
    if (entry !== name && !entry.startsWith(`.${name}.`)) continue;
    const path = join(rig.remote.path, entry);
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isDirectory() === true) bytes += rig.allocatedBytes(path);
    else bytes += (status?.blocks ?? 0) * 512;
  }
  return bytes;
}
