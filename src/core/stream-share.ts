/** What a stream under way may take of the disk: all that the others leave, at each look anew. */

import type { Plan } from './action.ts';
import type { Job, LocalTorrent, Snapshot, StreamProgress } from './snapshot.ts';
import { leastWindowBytes, mostWindowBytes } from './stream-rate.ts';

/** Bounds of the window, in bytes of allocated blocks of the whole torrent. */
interface Bounds {
  readonly leastBytes: number;
  readonly mostBytes: number;
  /** What the stream has and all that is left: less than it has where the limit was lowered. */
  readonly attainableBytes: number;
}

/**
 * The window that a stream is to have from now on, in bytes of allocated blocks; undefined for another job, and for a stream of
 * which nothing more comes in. It grows into the room that is left, and makes way for the whole torrents that wait for space, in the
 * order of the queue, as far as that brings them in; what it gives up comes free as its backlog is shipped.
 */
export function streamShare(job: Job, snapshot: Snapshot, plan: Plan): number | undefined {
  const bounds = boundsOf(job, snapshot, plan);
  if (bounds === undefined) return undefined;
  let shareBytes = bounds.attainableBytes;
  for (const { reason } of plan.waits) {
    if (reason.kind !== 'space' || shareBytes - reason.needBytes < bounds.leastBytes) continue;
    shareBytes -= reason.needBytes;
  }
  const usefulBytes = Math.min(bounds.mostBytes, Math.max(bounds.leastBytes, shareBytes));
  return Math.min(bounds.attainableBytes, usefulBytes);
}

/** Whether the limit was lowered by so much that a stream has not even its least window any more. */
export function hasNoShare(job: Job, snapshot: Snapshot, plan: Plan): boolean {
  const bounds = boundsOf(job, snapshot, plan);
  const isBeyond = plan.space !== undefined && plan.space.deficitBytes > 0;
  return isBeyond && bounds !== undefined && bounds.attainableBytes < bounds.leastBytes;
}

function boundsOf(job: Job, { managed, disk }: Snapshot, { actions, space }: Plan): Bounds | undefined {
  const metainfo = managed.get(job.infohash)?.metainfo;
  if (!isTakingSpace(job.stream) || metainfo === undefined || space === undefined || !disk.seen) {
    return undefined;
  }
  const local = disk.value.torrents.get(job.infohash);
  const committedBytes = Math.max(local?.allocatedBytes ?? 0, job.stream.windowBytes);
  const promisedBytes = actions.reduce(
    (sum, action) => sum + ('reservedBytes' in action ? action.reservedBytes : 0),
    0,
  );
  const besideBytes = besideOf(job, local);
  return {
    leastBytes: besideBytes + leastWindowBytes(metainfo.pieceLengthBytes, disk.value.blockBytes),
    mostBytes: besideBytes + mostWindowBytes(metainfo.pieceLengthBytes),
    attainableBytes: committedBytes + space.roomBytes - promisedBytes - space.deficitBytes,
  };
}

function isTakingSpace(stream: StreamProgress | undefined): stream is StreamProgress {
  return stream !== undefined && stream.windowBytes > 0;
}

/** What other files of the torrent take. */
function besideOf({ files }: Job, local: LocalTorrent | undefined): number {
  const own = files.reduce((sum, index) => sum + (local?.files[index]?.allocatedBytes ?? 0), 0);
  return (local?.allocatedBytes ?? 0) - own;
}
