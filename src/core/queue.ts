/** The queue: whose turn comes first when several want the same space. */

import type { Infohash, ManagedTorrent } from './metainfo.ts';
import { comparePriorities } from './priority.ts';
import type { Wishes } from './wishes.ts';
import { priorityOf } from './wishes.ts';

type Managed = ReadonlyMap<Infohash, ManagedTorrent>;

/** Neither the torrents nor the wishes are ever changed: what is new takes their place, so that of the same the order is the same. */
const known = new WeakMap<Managed, { readonly wishes: Wishes; readonly queue: readonly ManagedTorrent[] }>();

/** All of them in the order of the queue: asked for several times at each look, and mostly the same as at the look before. */
export function queueOf(managed: Managed, wishes: Wishes): readonly ManagedTorrent[] {
  const before = known.get(managed);
  if (before?.wishes === wishes) return before.queue;
  const queue = inQueueOrder(managed.values(), wishes);
  known.set(managed, { wishes, queue });
  return queue;
}

/** The most urgent first, then the smallest; equals by infohash, so that a permuted snapshot gives the same plan. */
export function inQueueOrder(torrents: Iterable<ManagedTorrent>, wishes: Wishes): readonly ManagedTorrent[] {
  return [...torrents].sort(
    (one, other) =>
      comparePriorities(priorityOf(one, wishes), priorityOf(other, wishes)) ||
      one.metainfo.totalBytes - other.metainfo.totalBytes ||
      (one.metainfo.infohash < other.metainfo.infohash ? -1 : 1),
  );
}
