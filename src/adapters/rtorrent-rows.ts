/** The torrents as rtorrent tells of them, look after look: whoever has not changed is the same object again. */

import type { XmlRpcValue } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { RtorrentTorrent } from '../core/snapshot.ts';
import { rowsOf } from './rtorrent-answers.ts';
import { readTorrent } from './rtorrent-fields.ts';

interface Known {
  /** As it was answered, all texts copied. */
  readonly row: readonly XmlRpcValue[];
  readonly reportedDirectory: ByteString;
  /** With its directory resolved. */
  readonly torrent: RtorrentTorrent;
}

type DirectoryOf = (isMultiFile: boolean, reported: ByteString) => ByteString;

export class TorrentRows {
  /** By the first column, which is the infohash. */
  private known: ReadonlyMap<XmlRpcValue | undefined, Known> = new Map();

  /**
   * Reads the rows of one answer. `directoryOf` resolves what is reported; it is asked each time, as links may change.
   *
   * @throws CodecError where a row is not as it was asked for
   */
  read(answer: XmlRpcValue | undefined, directoryOf: DirectoryOf): ReadonlyMap<Infohash, RtorrentTorrent> {
    const known = new Map<XmlRpcValue | undefined, Known>();
    const torrents = new Map<Infohash, RtorrentTorrent>();
    for (const value of rowsOf(answer)) {
      const row = rowsOf(value);
      const before = this.known.get(row[0]);
      const one = before !== undefined && isSame(before.row, row) ? before : knownOf(row.map(ownCopy));
      const { isMultiFile, reportedDirectory: last } = one.torrent;
      const directory = directoryOf(isMultiFile, one.reportedDirectory);
      const isMoved = directory !== last;
      const torrent = isMoved ? { ...one.torrent, reportedDirectory: directory } : one.torrent;
      known.set(one.row[0], isMoved ? { ...one, torrent } : one);
      torrents.set(torrent.infohash, torrent);
    }
    this.known = known;
    return torrents;
  }
}

function knownOf(row: readonly XmlRpcValue[]): Known {
  const torrent = readTorrent(row);
  return { row, reportedDirectory: torrent.reportedDirectory, torrent };
}

function isSame(some: readonly XmlRpcValue[], others: readonly XmlRpcValue[]): boolean {
  return some.length === others.length && some.every((value, column) => value === others[column]);
}

/** A text that was cut out of a longer one keeps all of that one in memory. */
function ownCopy(value: XmlRpcValue): XmlRpcValue {
  return typeof value === 'string' ? asByteString(Buffer.from(value, 'latin1').toString('latin1')) : value;
}
