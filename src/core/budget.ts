/** The space: how much managed torrents may take, what they take or have been promised, and what is left. */

import type { ManagedTorrent, Metainfo } from './metainfo.ts';
import type { Policy } from './policy.ts';
import { allocationCeiling, selectionFootprint, wholeFootprint } from './footprint.ts';
import type { DiskView, LocalTorrent, RtorrentDetail, RtorrentTorrent } from './snapshot.ts';

/** The reserve is 2 % of the filesystem, within these bounds. */
const reserveShare = 0.02;
const leastReserveBytes = 4 * 1024 ** 2;
const mostReserveBytes = 1024 ** 3;
const guardShare = 0.05;
const leastGuardBytes = 1024 ** 2;

/** All in bytes of allocated blocks. */
export interface Space {
  /** The least of the user's limit and what the filesystem, or a quota on it, can give, less the reserve. */
  readonly limitBytes: number;
  /** Which of them it is. */
  readonly limitedBy: 'space_limit' | 'filesystem' | 'quota';
  /** What managed torrents take on disk now. */
  readonly allocatedBytes: number;
  /** What loaded torrents may still come to take beyond that. */
  readonly promisedBytes: number;
  /** Limit less allocated less promised; never below 0. */
  readonly roomBytes: number;
  /** What is allocated and promised beyond the limit, after it was lowered or the filesystem filled; else 0. */
  readonly deficitBytes: number;
  /** What the filesystem, or the quota, has free. */
  readonly freeBytes: number;
  /** What of it is left alone. */
  readonly reserveBytes: number;
}

/** What a choice of files has to keep within. */
export interface Window {
  /**
   * The most that this torrent may take on disk now, what it takes already included: less than that where the limit was
   * lowered.
   */
  readonly budgetBytes: number;
  /** The most that it could ever take, with nothing else about. */
  readonly limitBytes: number;
  readonly blockBytes: number;
}

/**
 * Free space that this program leaves alone: rtorrent 0.9.8 dies on a full disk (SIGBUS), and the filesystem needs
 * some blocks for itself.
 */
export function reserveOf(disk: Pick<DiskView, 'totalBytes'>): number {
  const share = Math.ceil(disk.totalBytes * reserveShare);
  return Math.min(mostReserveBytes, Math.max(leastReserveBytes, share));
}

/**
 * Below this much free space an rtorrent of our own closes its unfinished torrents: half of what is left alone, so that
 * it strikes only where others fill the disk, and not more than a small disk can spare.
 */
export function guardOf(disk: Pick<DiskView, 'totalBytes'>, spaceLimitBytes: number): number {
  const mostBytes = Math.floor(spaceLimitBytes * guardShare);
  return Math.max(leastGuardBytes, Math.min(Math.floor(reserveOf(disk) / 2), mostBytes));
}

/** Totals up the disk; `commitments` are the bytes that each managed torrent takes or may come to take. */
export function measureSpace(
  disk: DiskView,
  policy: Policy,
  commitments: Iterable<{ readonly allocatedBytes: number; readonly committedBytes: number }>,
): Space {
  let allocatedBytes = 0;
  let promisedBytes = 0;
  for (const one of commitments) {
    allocatedBytes += one.allocatedBytes;
    promisedBytes += one.committedBytes - one.allocatedBytes;
  }
  const reserveBytes = reserveOf(disk);
  const filesystemBytes = Math.max(0, allocatedBytes + disk.freeBytes - reserveBytes);
  const limitBytes = Math.min(policy.spaceLimitBytes, filesystemBytes);
  return {
    limitBytes,
    limitedBy:
      policy.spaceLimitBytes <= filesystemBytes
        ? 'space_limit'
        : disk.isQuota === true
          ? 'quota'
          : 'filesystem',
    allocatedBytes,
    promisedBytes,
    roomBytes: Math.max(0, limitBytes - allocatedBytes - promisedBytes),
    deficitBytes: Math.max(0, allocatedBytes + promisedBytes - limitBytes),
    freeBytes: disk.freeBytes,
    reserveBytes,
  };
}

/**
 * What a torrent takes, and the most that it may come to take while it stays as it is: the whole of it, the files
 * selected in it, or, where it is not loaded, what lies on disk already.
 */
export function commitmentOf(
  managed: ManagedTorrent,
  loaded: RtorrentTorrent | undefined,
  detail: RtorrentDetail | undefined,
  local: LocalTorrent | undefined,
  blockBytes: number,
): { readonly allocatedBytes: number; readonly committedBytes: number } {
  const allocatedBytes = local?.allocatedBytes ?? 0;
  const { metainfo } = managed;
  if (loaded === undefined) return { allocatedBytes, committedBytes: allocatedBytes };
  // Complete, and all of it seen: it grows no more. What is not seen may be anywhere, and still takes its space.
  const isGrown = loaded.isComplete && isAllSeen(metainfo, local);
  if (isGrown) return { allocatedBytes, committedBytes: allocatedBytes };
  const ceiling =
    detail === undefined
      ? wholeFootprint(metainfo, blockBytes)
      : growthCeiling(managed, selectedFiles(detail), local, blockBytes);
  return { allocatedBytes, committedBytes: Math.max(allocatedBytes, ceiling) };
}

function isAllSeen(metainfo: Metainfo, local: LocalTorrent | undefined): boolean {
  return metainfo.files.every((file) => file.isPadding || local?.files[file.index] !== undefined);
}

/**
 * What the torrent takes once these files are fetched: beside their footprint, whatever of other files lies on disk,
 * for nothing goes away by itself.
 */
export function growthCeiling(
  { metainfo }: ManagedTorrent,
  selected: ReadonlySet<number>,
  local: LocalTorrent | undefined,
  blockBytes: number,
): number {
  const footprint = selectionFootprint(metainfo, selected, blockBytes);
  let total = 0;
  for (const file of metainfo.files) {
    const here = local?.files[file.index];
    const there = here?.allocatedBytes ?? 0;
    const coming = footprint.get(file.index) ?? 0;
    const mostBytes = Math.max(there, allocationCeiling(metainfo, file.lengthBytes, blockBytes));
    // Blocks that map its extents are among them: even one that has as many as its bytes need may lack some.
    total += selected.has(file.index) ? Math.max(there, coming) : Math.min(there + coming, mostBytes);
  }
  return total;
}

/**
 * What the maps of files that look whole may take beyond what is here. Whether they are among that cannot be told: where a
 * torrent needs nothing else, it is not kept waiting for them.
 */
export function mapsOfWhole(
  { metainfo }: ManagedTorrent,
  local: LocalTorrent | undefined,
  blockBytes: number,
): number {
  // Of most torrents nothing is here, and their lists of files are packed away.
  if (local === undefined || local.files.length === 0) return 0;
  let bytes = 0;
  for (const { index, lengthBytes } of metainfo.files) {
    const here = local.files[index];
    if (here?.sizeBytes !== lengthBytes || here.allocatedBytes < lengthBytes) continue;
    bytes += Math.max(0, allocationCeiling(metainfo, lengthBytes, blockBytes) - here.allocatedBytes);
  }
  return bytes;
}

/** Indices of the files that rtorrent was told to fetch. */
export function selectedFiles(detail: RtorrentDetail): ReadonlySet<number> {
  const selected = new Set<number>();
  detail.files.forEach((file, index) => {
    if (file.isSelected) selected.add(index);
  });
  return selected;
}

/** What a choice of files has to keep within. */
export interface Window {
  /**
   * The most that this torrent may take on disk now, what it takes already included: less than that where the limit was
   * lowered.
   */
  readonly budgetBytes: number;
  /** The most that it could ever take, with nothing else about. */
  readonly limitBytes: number;
  readonly blockBytes: number;
}
