/** Status: what a snapshot and its plan say about each managed torrent, one row each, for every screen there is. */

import type { Action, Plan, WaitReason } from '../core/action.ts';
import type { QueueEta } from '../core/eta.ts';
import { explainAction, explainWait, nameOf } from '../core/explain.ts';
import { ratioOf } from '../core/duty.ts';
import type { Infohash, Metainfo } from '../core/metainfo.ts';
import type { Priority } from '../core/priority.ts';
import { fetchedBytesOf } from '../core/progress.ts';
import { queueOf } from '../core/queue.ts';
import type { Job, RtorrentTorrent, Snapshot } from '../core/snapshot.ts';
import type { TorrentWindow } from '../core/torrent-window.ts';
import { windowOf } from '../core/torrent-window.ts';
import { isPaused, priorityOf } from '../core/wishes.ts';

/** What is being done about a torrent, in the order in which a person looks for them: what moves comes first. */
export const torrentStates = [
  'shipping',
  'proving',
  'streaming',
  'downloading',
  'checking',
  'seeding',
  'failing',
  'stalled',
  'stopped',
  'unknown',
  'paused',
  'waiting',
] as const;

export type TorrentState = (typeof torrentStates)[number];

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
  readonly priority: Priority;
  readonly isPaused: boolean;
  /** How its bytes stand; undefined while nothing of it is loaded, shipped or proved. */
  readonly window: TorrentWindow | undefined;
  /** Until it is on the remote, from the look on; undefined where that cannot be told. */
  readonly etaMs: number | undefined;
  /** It may take longer, by what nobody can tell. */
  readonly isEtaLeast: boolean;
  /** What it waits for, as a word; undefined where something is done about it. */
  readonly reason: WaitReason['kind'] | undefined;
  /** What is done about it next; undefined where it waits. */
  readonly action: Action['kind'] | undefined;
  /** The same as a sentence. */
  readonly next: string;
}

/** One row a managed torrent, in the order of the queue. */
export function statusRows(snapshot: Snapshot, plan: Plan, eta?: QueueEta): readonly StatusRow[] {
  const waits = new Map(plan.waits.map((wait) => [wait.managed.metainfo.infohash, wait.reason]));
  const actions = new Map(plan.actions.map((action) => [action.managed.metainfo.infohash, action]));
  const { wishes } = snapshot.ledger;
  return queueOf(snapshot.managed, wishes).map((managed) => {
    const { infohash, totalBytes } = managed.metainfo;
    const loaded = snapshot.rtorrent.seen ? snapshot.rtorrent.value.torrents.get(infohash) : undefined;
    const reason = waits.get(infohash);
    const action = actions.get(infohash);
    const end = eta?.torrents.get(infohash)?.end;
    const sentence = reason === undefined ? undefined : explainWait(reason, snapshot.takenAtMs);
    const window = windowOf(managed.metainfo, snapshot);
    return {
      infohash,
      name: nameOf(managed),
      sizeBytes: totalBytes,
      state: stateOf(reason, loaded, snapshot.rtorrent.seen),
      progress: progressOf(managed.metainfo, window),
      ratio: loaded === undefined ? undefined : ratioOf(managed.metainfo, loaded),
      downRateBytesPerSecond: loaded?.downRateBytesPerSecond ?? 0,
      upRateBytesPerSecond: loaded?.upRateBytesPerSecond ?? 0,
      priority: priorityOf(managed, wishes),
      isPaused: isPaused(infohash, wishes),
      window,
      etaMs: end?.ms,
      isEtaLeast: end?.isLeast ?? false,
      reason: reason?.kind,
      action: action?.kind,
      next: sentence ?? (action === undefined ? '' : `next pass: ${explainAction(action)}`),
    };
  });
}

const jobStates: Readonly<Record<Job['kind'], TorrentState>> = {
  ship: 'shipping',
  prove: 'proving',
  stream: 'streaming',
};

function stateOf(
  reason: WaitReason | undefined,
  loaded: RtorrentTorrent | undefined,
  isSeen: boolean,
): TorrentState {
  if (!isSeen) return 'unknown';
  if (reason?.kind === 'job') return jobStates[reason.job];
  if (reason?.kind === 'retry') return 'failing';
  if (reason?.kind === 'paused') return 'paused';
  if (reason?.kind === 'stalled') return 'stalled';
  if (loaded === undefined) return 'waiting';
  if (loaded.isHashing) return 'checking';
  if (!loaded.isActive) return loaded.isComplete ? 'seeding' : 'stopped';
  return loaded.isComplete ? 'seeding' : 'downloading';
}

function progressOf(metainfo: Metainfo, window: TorrentWindow | undefined): number {
  if (window === undefined) return 0;
  const doneBytes = fetchedBytesOf(metainfo, window.fetchedBytes, window.provedBytes);
  return Math.min(1, doneBytes / metainfo.totalBytes);
}
