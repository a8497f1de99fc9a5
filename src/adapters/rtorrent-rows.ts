/** The torrents as rtorrent tells of them, look after look: whoever has not changed is the same object again. */

import type { XmlRpcValue } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { RtorrentTorrent } from '../core/snapshot.ts';
import { rowsOf } from './rtorrent-answers.ts';
import type { ReportedTorrent } from './rtorrent-fields.ts';
import { ratesAt, readTorrent, torrentOf } from './rtorrent-fields.ts';

interface Known {
  /** As it was answered, all texts copied. */
  readonly row: readonly XmlRpcValue[];
  readonly reported: ReportedTorrent;
  /** With its directory resolved, and with the rates of the moment. */
  readonly torrent: RtorrentTorrent;
}

/** What may differ though the row is the same. */
type Moment = Pick<RtorrentTorrent, 'reportedDirectory' | 'downRateBytesPerSecond' | 'upRateBytesPerSecond'>;

type DirectoryOf = (isMultiFile: boolean, reported: ByteString) => ByteString;

export class TorrentRows {
  /** By the first column, which is the infohash. */
  private known: ReadonlyMap<XmlRpcValue | undefined, Known> = new Map();

  /**
   * Reads the rows of one answer. `directoryOf` resolves what is reported; it is asked each time, as links may change.
   *
   * @throws CodecError where a row is not as it was asked for
   */
  read(
    answer: XmlRpcValue | undefined,
    directoryOf: DirectoryOf,
    nowMs: number,
  ): ReadonlyMap<Infohash, RtorrentTorrent> {
    const known = new Map<XmlRpcValue | undefined, Known>();
    const torrents = new Map<Infohash, RtorrentTorrent>();
    for (const value of rowsOf(answer)) {
      const row = rowsOf(value);
      const before = this.known.get(row[0]);
      const last = before !== undefined && isSame(before.row, row) ? before : undefined;
      const one = last ?? rowOf(row.map(ownCopy));
      const { isMultiFile, reportedDirectory } = one.reported;
      const now: Moment = {
        reportedDirectory: directoryOf(isMultiFile, reportedDirectory),
        ...ratesAt(one.reported, nowMs),
      };
      const torrent =
        last !== undefined && isAsBefore(last.torrent, now)
          ? last.torrent
          : { ...torrentOf(one.reported, nowMs), ...now };
      known.set(one.row[0], last?.torrent === torrent ? last : { ...one, torrent });
      torrents.set(torrent.infohash, torrent);
    }
    this.known = known;
    return torrents;
  }
}

function rowOf(row: readonly XmlRpcValue[]): Omit<Known, 'torrent'> {
  return { row, reported: readTorrent(row) };
}

function isAsBefore(one: Moment, other: Moment): boolean {
  return (
    one.reportedDirectory === other.reportedDirectory &&
    one.downRateBytesPerSecond === other.downRateBytesPerSecond &&
    one.upRateBytesPerSecond === other.upRateBytesPerSecond
  );
}

function isSame(some: readonly XmlRpcValue[], others: readonly XmlRpcValue[]): boolean {
  return some.length === others.length && some.every((value, column) => value === others[column]);
}

/** A text that was cut out of a longer one keeps all of that one in memory. */
function ownCopy(value: XmlRpcValue): XmlRpcValue {
  return typeof value === 'string' ? asByteString(Buffer.from(value, 'latin1').toString('latin1')) : value;
}
