/** Which bytes of a streamed file can be freed: whole blocks, and only of bytes that may go. */

import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { pieceRangeOf } from './metainfo.ts';
import { partOf } from './piece-part.ts';
import type { PieceSet } from './pieces.ts';
import { hasPiece } from './pieces.ts';

/** Bytes of a file, from the one to before the other. */
export interface ByteRange {
  readonly startBytes: number;
  readonly endBytes: number;
}

/**
 * The whole blocks of the file that lie in the pieces, ascending; of those blocks alone that the `fresh` pieces have a share
 * in, where these are given. Where pieces share a block it goes with the last of them. Behind the end of the file nothing
 * is to be spared, so that its last block counts as whole.
 */
export function freeableRanges(
  metainfo: Metainfo,
  file: MetainfoFile,
  pieces: PieceSet,
  fresh: readonly number[] | undefined,
  blockBytes: number,
): readonly ByteRange[] {
  const range = pieceRangeOf(metainfo, file);
  if (range === undefined) return [];
  const down = (bytes: number): number => Math.floor(bytes / blockBytes) * blockBytes;
  const up = (bytes: number): number => Math.ceil(bytes / blockBytes) * blockBytes;
  const mayGo = (piece: number): boolean =>
    piece >= range.first && piece <= range.last && hasPiece(pieces, piece);
  const start = (piece: number): number => partOf(metainfo, file, piece).startBytes;
  const end = (piece: number): number => {
    const part = partOf(metainfo, file, piece);
    return part.startBytes + part.lengthBytes;
  };
  const ranges: ByteRange[] = [];
  for (const [first, last] of runsIn(range, fresh, mayGo)) {
    const [leastBytes, mostBytes] = [down(start(first)), up(end(last))];
    let [from, to] = [first, last];
    while (mayGo(from - 1) && start(from) > leastBytes) from -= 1;
    while (mayGo(to + 1) && end(to) < mostBytes) to += 1;
    const behind = end(to) === file.lengthBytes ? up(end(to)) : down(end(to));
    // Two runs may share a block: it is freed once.
    const startBytes = Math.max(up(start(from)), leastBytes, ranges.at(-1)?.endBytes ?? 0);
    const endBytes = Math.min(behind, mostBytes);
    if (startBytes < endBytes) ranges.push({ startBytes, endBytes });
  }
  return ranges;
}

/** First and last piece of every run of pieces that may go: of the fresh ones, or of all. */
function runsIn(
  range: { readonly first: number; readonly last: number },
  fresh: readonly number[] | undefined,
  mayGo: (piece: number) => boolean,
): readonly (readonly [number, number])[] {
  const wanted =
    fresh?.toSorted((one, other) => one - other) ??
    Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
  const runs: [number, number][] = [];
  for (const piece of wanted) {
    if (!mayGo(piece)) continue;
    const run = runs.at(-1);
    if (run !== undefined && piece <= run[1] + 1) run[1] = piece;
    else runs.push([piece, piece]);
  }
  return runs;
}
