/** Status: what a snapshot and its plan say about each managed torrent, one row each, for every screen there is. */

import type { Plan, WaitReason } from '../core/action.ts';
import { explainAction, explainWait, nameOf } from '../core/explain.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import { contentFiles } from '../core/metainfo.ts';
import { bySize } from '../core/situation.ts';
import type { RtorrentTorrent, Snapshot } from '../core/snapshot.ts';

export type TorrentState =
  | 'waiting'
  | 'checking'
  | 'stopped'
  | 'downloading'
  | 'seeding'
  | 'shipping'
  | 'proving'
  | 'shipped'
  | 'failing'
  | 'unknown';

export interface StatusRow {
  readonly infohash: Infohash;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: TorrentState;
  /** 0–1: of its bytes, how many are here or proved to be on the remote. */
  readonly progress: number;
  /** Undefined where it is not loaded. */
  readonly ratio: number | undefined;
  readonly downRateBytesPerSecond: number;
  readonly upRateBytesPerSecond: number;
  /** What happens to it next, or what it waits for. */
  readonly next: string;
}

/** One row a managed torrent, in the order of the queue: smallest first. */
export function statusRows(snapshot: Snapshot, plan: Plan): readonly StatusRow[] {
  const waits = new Map(plan.waits.map((wait) => [wait.managed.metainfo.infohash, wait.reason]));
  const actions = new Map(plan.actions.map((action) => [action.managed.metainfo.infohash, action]));
  return bySize(snapshot.managed.values()).map((managed) => {
    const { infohash, totalBytes } = managed.metainfo;
    const loaded = snapshot.rtorrent.seen ? snapshot.rtorrent.value.torrents.get(infohash) : undefined;
    const reason = waits.get(infohash);
    const action = actions.get(infohash);
    const sentence = reason === undefined ? undefined : explainWait(reason, snapshot.takenAtMs);
    return {
      infohash,
      name: nameOf(managed),
      sizeBytes: totalBytes,
      state: stateOf(reason, loaded, snapshot.rtorrent.seen),
      progress: progressOf(managed, loaded, snapshot),
      ratio: loaded === undefined ? undefined : loaded.ratioPermille / 1000,
      downRateBytesPerSecond: loaded?.downRateBytesPerSecond ?? 0,
      upRateBytesPerSecond: loaded?.upRateBytesPerSecond ?? 0,
      next: sentence ?? (action === undefined ? '' : `next pass: ${explainAction(action)}`),
    };
  });
}

function stateOf(
  reason: WaitReason | undefined,
  loaded: RtorrentTorrent | undefined,
  isSeen: boolean,
): TorrentState {
  if (!isSeen) return 'unknown';
  if (reason?.kind === 'job') return reason.job === 'ship' ? 'shipping' : 'proving';
  if (reason?.kind === 'retry') return 'failing';
  if (loaded === undefined) return 'waiting';
  if (loaded.isHashing) return 'checking';
  if (!loaded.isActive) return loaded.isComplete ? 'seeding' : 'stopped';
  return loaded.isComplete ? 'seeding' : 'downloading';
}

function progressOf(
  { metainfo }: ManagedTorrent,
  loaded: RtorrentTorrent | undefined,
  { ledger }: Snapshot,
): number {
  const receipts = ledger.receipts.get(metainfo.infohash);
  let provedBytes = 0;
  for (const file of contentFiles(metainfo)) {
    if (receipts?.has(file.index) === true) provedBytes += file.lengthBytes;
  }
  const hereBytes = loaded?.completedBytes ?? 0;
  // Bytes of a file that is proved and still here would count twice.
  return Math.min(
    1,
    Math.max(hereBytes, Math.min(metainfo.totalBytes, provedBytes + hereBytes)) / metainfo.totalBytes,
  );
}
