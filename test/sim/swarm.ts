/** The swarm: pieces come in, in any order, and bytes go out; what does not fit on the disk kills rtorrent. */

import type { Infohash } from '../../src/core/metainfo.ts';
import type { SimDisk } from './disk.ts';
import type { Random } from './random.ts';
import type { Loaded, RtorrentState } from './rtorrent-state.ts';

/** What the other peers of a torrent do. */
export interface Swarm {
  /** 0 while nobody has it. */
  downBytesPerSecond: number;
  /** 0 while nobody wants it. */
  upBytesPerSecond: number;
}

/** One for all: without it no peers are found. */
export interface Trackers {
  /** It cannot be reached, or it answers that it does not know the torrent. */
  trouble: 'gone' | 'refusing' | undefined;
  /** Since when, as the world counts. */
  sinceMs: number;
}

const trackerMessages = {
  gone: "Tracker: [Couldn't connect to server]",
  refusing: 'Tracker: [Failure reason "not here"]',
} as const;

export interface SwarmRules {
  /** rtorrent closes incomplete torrents below so much free space; 0 for never. */
  readonly lowDiskspaceBytes: number;
  readonly swarms: ReadonlyMap<Infohash, Swarm>;
  /** At the end of the time that passes. */
  readonly nowMs: number;
  readonly random: Random;
  readonly trackers: Trackers;
}

/** Lets `ms` pass for all that is loaded. Answers whether rtorrent died of a full disk. */
export function passTime(state: RtorrentState, disk: SimDisk, ms: number, rules: SwarmRules): boolean {
  if (!state.isRunning) return false;
  const activeMs = new Map(
    [...state.torrents.values()].map((loaded) => [loaded, activeTime(loaded, ms, rules.nowMs)]),
  );
  state.tick();
  for (const [infohash, loaded] of state.torrents) {
    const swarm = rules.swarms.get(infohash);
    // What the switch has just stopped, had been running until then.
    const isRunning = loaded.isActive || (loaded.stream !== undefined && (activeMs.get(loaded) ?? 0) > 0);
    if (swarm === undefined || !isRunning) continue;
    if (loaded.stream === undefined) {
      const sentBytes = (swarm.upBytesPerSecond * ms) / 1000;
      loaded.uploadedBytes += sentBytes;
      state.sentBytes.set(infohash, (state.sentBytes.get(infohash) ?? 0) + sentBytes);
    }
    if (state.isComplete(loaded)) continue;
    const bytesPerSecond = rateOf(loaded, swarm, rules);
    loaded.pendingBytes += (bytesPerSecond * (activeMs.get(loaded) ?? 0)) / 1000;
    if (!takePieces(loaded, disk, rules.random)) {
      state.die();
      return true;
    }
    state.noteComplete(loaded);
  }
  if (disk.freeBytes() < rules.lowDiskspaceBytes) {
    for (const loaded of state.torrents.values()) {
      if (loaded.isActive && !state.isComplete(loaded)) state.closeForSpace(loaded);
    }
  }
  return false;
}

/** What comes in a second: nothing while the trackers are away. */
function rateOf(loaded: Loaded, { downBytesPerSecond }: Swarm, { trackers, nowMs }: SwarmRules): number {
  loaded.message = trackers.trouble === undefined ? '' : trackerMessages[trackers.trouble];
  const offeredBytes = trackers.trouble === undefined ? downBytesPerSecond : 0;
  const bytesPerSecond = Math.min(offeredBytes, loaded.stream?.rateBytesPerSecond ?? Infinity);
  if (bytesPerSecond > 0) loaded.lastReceivedMs = nowMs;
  return bytesPerSecond;
}

/** How much of the time it was running: what is streamed is stopped when the driver has not been heard of for long. */
function activeTime({ isActive, stream }: Loaded, ms: number, nowMs: number): number {
  if (stream === undefined) return ms;
  if (!isActive) return 0;
  return Math.min(ms, Math.max(0, stream.stopsAtMs - (nowMs - ms)));
}

/** Whether anything changes by time passing alone. */
export function isBusy(state: RtorrentState): boolean {
  if (!state.isRunning) return false;
  for (const loaded of state.torrents.values()) {
    if (loaded.hashingUntilMs !== undefined) return true;
    if (loaded.isActive && loaded.have.includes(0)) return true;
  }
  return false;
}

/** False where the disk is full. */
function takePieces(loaded: Loaded, disk: SimDisk, random: Random): boolean {
  const { torrent } = loaded.order;
  const { pieceLengthBytes } = torrent.metainfo;
  const wanted = wantedPieces(loaded);
  while (loaded.pendingBytes >= pieceLengthBytes && wanted.length > 0) {
    const at = random.between(0, wanted.length - 1);
    const piece = wanted[at] ?? 0;
    wanted[at] = wanted.at(-1) ?? 0;
    wanted.pop();
    loaded.pendingBytes -= pieceLengthBytes;
    for (const index of torrent.pieceFiles[piece] ?? []) {
      const layout = torrent.files[index];
      const path = loaded.paths[index];
      if (layout === undefined || path === undefined) continue;
      if (!disk.write(path, layout, piece - layout.firstPiece)) return false;
    }
    loaded.have[piece] = 1;
  }
  if (wanted.length === 0) loaded.pendingBytes = 0;
  return true;
}

/** Pieces that hold bytes of a selected file and are not there yet. */
function wantedPieces({ have, order, selected }: Loaded): number[] {
  const wanted: number[] = [];
  order.torrent.pieceFiles.forEach((files, piece) => {
    if (have[piece] === 0 && files.some((index) => selected.has(index))) wanted.push(piece);
  });
  return wanted;
}
