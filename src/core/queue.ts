/** The queue: whose turn comes first when several want the same space. */

import type { ManagedTorrent } from './metainfo.ts';
import { comparePriorities } from './priority.ts';
import type { Wishes } from './wishes.ts';
import { priorityOf } from './wishes.ts';

/** The most urgent first, then the smallest; equals by infohash, so that a permuted snapshot gives the same plan. */
export function inQueueOrder(torrents: Iterable<ManagedTorrent>, wishes: Wishes): readonly ManagedTorrent[] {
  return [...torrents].sort(
    (one, other) =>
      comparePriorities(priorityOf(one, wishes), priorityOf(other, wishes)) ||
      one.metainfo.totalBytes - other.metainfo.totalBytes ||
      (one.metainfo.infohash < other.metainfo.infohash ? -1 : 1),
  );
}
