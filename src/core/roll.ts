/** Rolling: which proven files leave the window, and when it is worth a stop of the torrent that they do. */

import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { pieceRangeOf } from './metainfo.ts';
import { isFileComplete } from './pieces.ts';
import type { Situation } from './situation.ts';
import type { LocalTorrent, RtorrentDetail } from './snapshot.ts';
import { filesUnderWay } from './under-way.ts';

/**
 * While it still downloads, a stop has to make room for so much of the window; when it has run dry, for less. Not a third: two
 * files of six that fill it are a little less than that.
 */
const worthAStop = 0.3;
const worthAStopDry = 1 / 4;
/** While so much of the window waits to be sent, the link to the remote is busy, and nothing is in a hurry. */
const largeBacklog = 1 / 4;

/** All in bytes of content, but for the window. */
export interface RollQuestion {
  /** How many files stay in the window: those that are selected and not proved. */
  readonly staying: number;
  /** Nothing is left to be fetched of them. */
  readonly isDry: boolean;
  /** Of those that stay: complete, and not proved yet. */
  readonly backlogBytes: number;
  /** What could be selected beside them once the proven ones have gone. */
  readonly gainBytes: number;
  /** All that is neither selected nor proved. */
  readonly restBytes: number;
  /** What the torrent may take, in allocated bytes. */
  readonly windowBytes: number;
}

/**
 * Whether to roll now. Every roll breaks off the pieces that are under way, and tells the tracker that the torrent stops and
 * starts: so not for each file that is proved, but never so late that either link has nothing to do.
 */
export function isRollDue(question: RollQuestion): boolean {
  const { staying, isDry, backlogBytes, gainBytes, restBytes, windowBytes } = question;
  if (staying === 0) return true;
  if (gainBytes === 0) return false;
  if (!isDry) return gainBytes >= windowBytes * worthAStop;
  const isAllThatIsLeft = gainBytes === restBytes;
  return (
    isAllThatIsLeft || gainBytes >= windowBytes * worthAStopDry || backlogBytes <= windowBytes * largeBacklog
  );
}

/**
 * Files that may leave: proved, or padding, and here. A piece that one shares with a file that stays is lost
 * with it. So it stays as well where that file is whole or on its way to the remote, which would not be whole any more, and
 * where to fetch the piece again would cost as much as is gained.
 */
export function leaving(
  { managed, local, receipts, jobs }: Situation,
  { pieces }: RtorrentDetail,
  staying: readonly MetainfoFile[],
): readonly MetainfoFile[] {
  const { metainfo } = managed;
  const busy = filesUnderWay(jobs);
  const shared = new Set<number>();
  const vital = new Set<number>();
  for (const file of staying) {
    const isVital = busy.has(file.index) || isFileComplete(metainfo, file, pieces);
    for (const piece of borderPieces(metainfo, file)) {
      shared.add(piece);
      if (isVital) vital.add(piece);
    }
  }
  const stays = new Set(staying);
  return metainfo.files.filter((file) => {
    const here = local?.files[file.index];
    const isDone = file.isPadding || receipts.has(file.index);
    // What rtorrent makes of a file that it does not fetch takes nothing, and would be made again.
    if (here === undefined || here.allocatedBytes === 0) return false;
    if (!isDone || stays.has(file) || busy.has(file.index)) return false;
    const borders = borderPieces(metainfo, file);
    if (borders.some((piece) => vital.has(piece))) return false;
    const lost = borders.filter((piece) => shared.has(piece)).length;
    return lost === 0 || here.allocatedBytes > lost * metainfo.pieceLengthBytes;
  });
}

/** The pieces that a file may share with others: its first and its last. */
function borderPieces(metainfo: Metainfo, file: MetainfoFile): readonly number[] {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return [];
  return range.first === range.last ? [range.first] : [range.first, range.last];
}

/** What is here, once these files have gone. */
export function without(
  local: LocalTorrent | undefined,
  gone: readonly MetainfoFile[],
): LocalTorrent | undefined {
  if (local === undefined) return undefined;
  const indices = new Set(gone.map(({ index }) => index));
  let { allocatedBytes } = local;
  const files = local.files.map((file, index) => {
    if (!indices.has(index)) return file;
    allocatedBytes -= file?.allocatedBytes ?? 0;
    return undefined;
  });
  return { ...local, files, allocatedBytes };
}
