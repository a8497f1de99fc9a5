/**
 * Content without bytes: every part of a file that lies in one piece is one number, so that a torrent of gigabytes costs
 * a few numbers, and equal content is equal numbers.
 */

import { createHash } from 'node:crypto';
import type { Metainfo, MetainfoFile } from '../../src/core/metainfo.ts';
import { pieceRangeOf } from '../../src/core/metainfo.ts';

/** What a whole file holds: two of them are alike where size and identity are. */
export interface Content {
  readonly sizeBytes: number;
  readonly identity: string;
}

export const emptyContent: Content = { sizeBytes: 0, identity: 'empty' };

/** A hole, which reads as zeros. */
export const hole = 0;

/** How the pieces of a torrent cut one of its files. */
export interface FileLayout {
  readonly file: MetainfoFile;
  /** Files of equal keys are cut alike. */
  readonly key: string;
  readonly firstPiece: number;
  /** Where each part starts, in bytes of the file, and the file's end. */
  readonly bounds: readonly number[];
  /** What each part holds where it is right. */
  readonly truth: readonly number[];
  readonly whole: Content;
}

/** A torrent of the simulated world: what its files hold in truth. */
export interface SimTorrent {
  readonly metainfo: Metainfo;
  readonly files: readonly FileLayout[];
  /** Of each piece, the indices of the files that it lies in. */
  readonly pieceFiles: readonly (readonly number[])[];
}

/** Torrents of the same files and the same `contentId` hold the same bytes. */
export function makeSimTorrent(metainfo: Metainfo, contentId: number): SimTorrent {
  const files = metainfo.files.map((file) => layoutOf(metainfo, file, contentId));
  const pieceFiles: number[][] = Array.from({ length: metainfo.pieceCount }, () => []);
  for (const { file, firstPiece, truth } of files) {
    truth.forEach((_, part) => pieceFiles[firstPiece + part]?.push(file.index));
  }
  return { metainfo, files, pieceFiles };
}

function layoutOf(metainfo: Metainfo, file: MetainfoFile, contentId: number): FileLayout {
  const { pieceLengthBytes } = metainfo;
  const { lengthBytes, offsetBytes, index } = file;
  const range = pieceRangeOf(metainfo, file);
  const key = `${lengthBytes}/${offsetBytes % pieceLengthBytes}/${pieceLengthBytes}`;
  if (range === undefined) {
    return { file, key, firstPiece: 0, bounds: [0], truth: [], whole: emptyContent };
  }
  const bounds: number[] = [];
  const truth: number[] = [];
  for (let piece = range.first; piece <= range.last; piece += 1) {
    bounds.push(Math.max(0, piece * pieceLengthBytes - offsetBytes));
    truth.push((contentId * 100 + index) * 10_000 + piece - range.first + 1);
  }
  bounds.push(lengthBytes);
  const whole = { sizeBytes: lengthBytes, identity: identityOf(key, truth) };
  return { file, key, firstPiece: range.first, bounds, truth, whole };
}

/** The identity of a file that is cut so, and holds that. */
export function identityOf(key: string, cells: readonly number[]): string {
  return `${key}: ${cells.join(' ')}`;
}

const digests = new Map<string, string>();

/** MD5, lower-case hex: of the bytes where content was given as bytes (`raw:` and latin1), else of its identity. */
export function digestOfContent({ identity }: Content): string {
  const known = digests.get(identity);
  if (known !== undefined) return known;
  const text = identity.startsWith('raw:') ? identity.slice(4) : identity;
  const digest = createHash('md5').update(text, 'latin1').digest('hex');
  if (digests.size > 10_000) digests.clear();
  digests.set(identity, digest);
  return digest;
}

/** Content of given bytes, as the contract's suites write it. */
export function rawContent(latin1: string): Content {
  return { sizeBytes: latin1.length, identity: `raw:${latin1}` };
}
