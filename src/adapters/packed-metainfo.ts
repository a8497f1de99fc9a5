/**
 * Keeps what a .torrent says in little memory: thousands of torrents list hundreds of thousands of files, and most of those
 * are seldom asked for.
 */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { Metainfo, MetainfoFile } from '../core/metainfo.ts';

/** No path holds it. */
const end = '\0';
/** Code units of a byte string are bytes. */
const longestShared = 255;

/** How many lists of files stay unpacked: what is asked for now is soon asked for again. */
const mostUnpacked = 64;

/** Packs, and keeps what many torrents have in common. */
export class MetainfoPacker {
  /** Lists of trackers by what they hold: most torrents have the same few. */
  private readonly trackers = new Map<string, readonly string[]>();
  private readonly unpacked: Unpacked = { latest: [], next: 0 };

  /** The metainfo with its list of files packed: that is made anew when it is asked for, and given up before long. */
  pack(metainfo: Metainfo): Metainfo {
    const key = metainfo.trackers.join(end);
    const trackers = this.trackers.get(key) ?? metainfo.trackers;
    this.trackers.set(key, trackers);
    return new PackedMetainfo(metainfo, trackers, this.unpacked);
  }
}

/** The latest whose list is unpacked, each in the place of one that has given up its own. */
interface Unpacked {
  readonly latest: PackedMetainfo[];
  next: number;
}

class PackedMetainfo implements Metainfo {
  readonly infohash: Metainfo['infohash'];
  readonly name: ByteString;
  readonly isMultiFile: boolean;
  readonly isPrivate: boolean;
  readonly trackers: readonly string[];
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  readonly totalBytes: number;
  private readonly paths: ByteString;
  private readonly lengths: readonly number[];
  private readonly padding: ReadonlySet<number> | undefined;
  private readonly unpacked: Unpacked;
  private list: readonly MetainfoFile[] | undefined;

  constructor(metainfo: Metainfo, trackers: readonly string[], unpacked: Unpacked) {
    this.unpacked = unpacked;
    this.infohash = metainfo.infohash;
    this.name = metainfo.name;
    this.isMultiFile = metainfo.isMultiFile;
    this.isPrivate = metainfo.isPrivate;
    this.trackers = trackers;
    this.pieceLengthBytes = metainfo.pieceLengthBytes;
    this.pieceCount = metainfo.pieceCount;
    this.totalBytes = metainfo.totalBytes;
    this.paths = packPaths(metainfo.files);
    this.lengths = metainfo.files.map(({ lengthBytes }) => lengthBytes);
    const padding = metainfo.files.filter(({ isPadding }) => isPadding).map(({ index }) => index);
    this.padding = padding.length > 0 ? new Set(padding) : undefined;
  }

  get files(): readonly MetainfoFile[] {
    if (this.list !== undefined) return this.list;
    const { latest, next } = this.unpacked;
    const oldest = latest[next];
    if (oldest !== undefined) oldest.list = undefined;
    latest[next] = this;
    this.unpacked.next = (next + 1) % mostUnpacked;
    this.list = this.unpack();
    return this.list;
  }

  private unpack(): readonly MetainfoFile[] {
    let offsetBytes = 0;
    const paths = unpackPaths(this.paths, this.lengths.length);
    return this.lengths.map((lengthBytes, index): MetainfoFile => {
      const isPadding = this.padding?.has(index) ?? false;
      const file = { index, path: paths[index] ?? this.name, lengthBytes, offsetBytes, isPadding };
      offsetBytes += lengthBytes;
      return file;
    });
  }

  /** A crash is written down as JSON. */
  toJSON(): Metainfo {
    const { infohash, name, isMultiFile, isPrivate, trackers, pieceLengthBytes, pieceCount, totalBytes } =
      this;
    const { files } = this;
    return {
      infohash,
      name,
      isMultiFile,
      isPrivate,
      trackers,
      pieceLengthBytes,
      pieceCount,
      totalBytes,
      files,
    };
  }
}

/** Neighbours have much in common: each is written as how much of its beginning and end is that of the one before, and what is between. */
function packPaths(files: readonly MetainfoFile[]): ByteString {
  let before = '';
  const parts = files.map(({ path }) => {
    const start = sharedStart(before, path);
    const tail = sharedEnd(before, path, start);
    before = path;
    return `${String.fromCharCode(start, tail)}${path.slice(start, path.length - tail)}${end}`;
  });
  return asByteString(parts.join(''));
}

function unpackPaths(packed: ByteString, count: number): readonly ByteString[] {
  let before = '';
  let at = 0;
  return Array.from({ length: count }, () => {
    const start = packed.charCodeAt(at);
    const tail = packed.charCodeAt(at + 1);
    const stop = packed.indexOf(end, at + 2);
    before = before.slice(0, start) + packed.slice(at + 2, stop) + before.slice(before.length - tail);
    at = stop + 1;
    return asByteString(before);
  });
}

function sharedStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length, longestShared);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

/** Beyond the beginning that is shared already. */
function sharedEnd(one: string, other: string, start: number): number {
  const most = Math.min(one.length - start, other.length - start, longestShared);
  let length = 0;
  while (
    length < most &&
    one.charCodeAt(one.length - 1 - length) === other.charCodeAt(other.length - 1 - length)
  )
    length += 1;
  return length;
}
