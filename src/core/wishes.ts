/** Wishes: what the user told by command about torrents, beyond the configuration. */

import type { Infohash, ManagedTorrent } from './metainfo.ts';
import type { Priority } from './priority.ts';

export interface Wishes {
  /** Whether everything is paused, what comes later included. */
  readonly isAllPaused: boolean;
  readonly paused: ReadonlySet<Infohash>;
  readonly priorities: ReadonlyMap<Infohash, Priority>;
}

export const noWishes: Wishes = { isAllPaused: false, paused: new Set(), priorities: new Map() };

/** Whether the torrent is to be left alone. */
export function isPaused(infohash: Infohash, { isAllPaused, paused }: Wishes): boolean {
  return isAllPaused || paused.has(infohash);
}

/** A command has the last word; without one it is the directory that the .torrent lies in. */
export function priorityOf(managed: ManagedTorrent, wishes: Wishes): Priority {
  return wishes.priorities.get(managed.metainfo.infohash) ?? managed.priority;
}
