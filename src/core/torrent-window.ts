/** How the bytes of a torrent stand: what is fetched, in flight, shipped and proved, of how much; in figures and in words. */

import { selectedFiles } from './budget.ts';
import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { contentFiles, pieceRangeOf } from './metainfo.ts';
import { partsMode, streamMode } from './parts.ts';
import { partOf } from './piece-part.ts';
import { hasPiece, piecesIn } from './pieces.ts';
import { provedBytesOf } from './progress.ts';
import type { Job, LedgerView, RtorrentDetail, RtorrentTorrent, Snapshot } from './snapshot.ts';
import { formatBytes } from './units.ts';

/** The bytes of a torrent by how far they have come. */
export interface TorrentWindow {
  readonly totalBytes: number;
  /**
   * Of a torrent in parts: the bytes of the files that are fetched now and not proved. Of one that is streamed: the most that it
   * takes on the disk. 0 where it has no window: it is fetched whole, or nothing of it is under way.
   */
  readonly windowBytes: number;
  /** Wanted now, and not here yet; of a stream, what has come of pieces that are not finished. */
  readonly inFlightBytes: number;
  /** Here, complete; of a stream, what is not on the remote yet. */
  readonly fetchedBytes: number;
  /** Sent by the transfer that is under way; of a stream, those that are on their way just now. */
  readonly shippedBytes: number;
  /** Proved to be on the remote, pieces of a streamed file among them. Whole files may still be here as well. */
  readonly provedBytes: number;
}

/** Undefined while nothing of it is loaded, shipped or proved. */
export function windowOf(
  metainfo: Metainfo,
  { rtorrent, ledger, jobs: all }: Pick<Snapshot, 'rtorrent' | 'ledger' | 'jobs'>,
): TorrentWindow | undefined {
  const { infohash } = metainfo;
  const jobs = all.filter((job) => job.infohash === infohash);
  const loaded = rtorrent.seen ? rtorrent.value.torrents.get(infohash) : undefined;
  const stream = jobs.find((job) => job.stream !== undefined);
  const streamedBytes = streamedBytesOf(metainfo, ledger, stream);
  const provedBytes = provedBytesOf(metainfo, ledger.receipts.get(infohash)) + streamedBytes;
  if (loaded === undefined && jobs.length === 0 && provedBytes === 0) return undefined;
  const about = { totalBytes: metainfo.totalBytes, provedBytes };
  if (stream?.stream !== undefined) {
    const { windowBytes, arrivingBytes, fetchedBytes, sendingBytes } = stream.stream;
    return { ...about, windowBytes, inFlightBytes: arrivingBytes, fetchedBytes, shippedBytes: sendingBytes };
  }
  const detail = rtorrent.seen ? rtorrent.value.details.get(infohash) : undefined;
  return {
    ...about,
    ...bytesOfFiles(metainfo, loaded, detail, ledger, streamedBytes),
    shippedBytes: jobs.reduce((sum, job) => sum + (job.kind === 'ship' ? job.doneBytes : 0), 0),
  };
}

/** Of pieces that the remote holds of files without a receipt; the job knows more of its own file than the ledger did. */
function streamedBytesOf(
  metainfo: Metainfo,
  { pieces, receipts }: LedgerView,
  stream: Job | undefined,
): number {
  let bytes = stream?.doneBytes ?? 0;
  for (const [index, shipped] of pieces.get(metainfo.infohash) ?? []) {
    const file = metainfo.files[index];
    const isProved = receipts.get(metainfo.infohash)?.has(index) === true;
    if (file === undefined || isProved || stream?.files.includes(index) === true) continue;
    for (const piece of piecesIn(shipped.pieces)) bytes += partOf(metainfo, file, piece).lengthBytes;
  }
  return bytes;
}

function bytesOfFiles(
  metainfo: Metainfo,
  loaded: RtorrentTorrent | undefined,
  detail: RtorrentDetail | undefined,
  { receipts }: LedgerView,
  streamedBytes: number,
): Pick<TorrentWindow, 'windowBytes' | 'inFlightBytes' | 'fetchedBytes'> {
  if (loaded === undefined) return { windowBytes: 0, inFlightBytes: 0, fetchedBytes: 0 };
  // Left behind by a stream: it claims what went to the remote as well.
  if (loaded.mode === streamMode) {
    const fetchedBytes = Math.max(0, loaded.completedBytes - streamedBytes);
    return { windowBytes: 0, inFlightBytes: 0, fetchedBytes };
  }
  const fetchedBytes = loaded.completedBytes;
  if (detail === undefined) {
    return { windowBytes: 0, inFlightBytes: metainfo.totalBytes - fetchedBytes, fetchedBytes };
  }
  const selected = selectedFiles(detail);
  const wanted = contentFiles(metainfo).filter(({ index }) => selected.has(index));
  const inFlightBytes = wanted.reduce((sum, file) => sum + missingBytesOf(metainfo, file, detail), 0);
  if (loaded.mode !== partsMode) return { windowBytes: 0, inFlightBytes, fetchedBytes };
  const proved = receipts.get(metainfo.infohash);
  const open = wanted.filter(({ index }) => proved?.has(index) !== true);
  const windowBytes = open.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return { windowBytes, inFlightBytes, fetchedBytes };
}

function missingBytesOf(metainfo: Metainfo, file: MetainfoFile, { pieces }: RtorrentDetail): number {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return 0;
  let bytes = 0;
  for (let piece = range.first; piece <= range.last; piece += 1) {
    if (!hasPiece(pieces, piece)) bytes += partOf(metainfo, file, piece).lengthBytes;
  }
  return bytes;
}

/** `2.0 MiB in flight, …, 60.0 MiB proved, of 160 MiB; 24.0 MiB at a time`; undefined where it has no window. */
export function explainWindow(window: TorrentWindow | undefined): string | undefined {
  if (window === undefined || window.windowBytes === 0) return undefined;
  const { totalBytes, windowBytes, inFlightBytes, fetchedBytes, shippedBytes, provedBytes } = window;
  const stages = [
    `${formatBytes(inFlightBytes)} in flight`,
    `${formatBytes(fetchedBytes)} fetched`,
    `${formatBytes(shippedBytes)} being shipped`,
    `${formatBytes(provedBytes)} proved`,
  ];
  return `${stages.join(', ')}, of ${formatBytes(totalBytes)}; ${formatBytes(windowBytes)} at a time`;
}
