/** What is asked of rtorrent about each torrent: one row a field, with its method and how the answer is read. */

import { CodecError } from '../codec/codec-error.ts';
import type { XmlRpcValue } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import type { Infohash } from '../core/metainfo.ts';
import { parseInfohash } from '../core/metainfo.ts';
import type { RtorrentTorrent } from '../core/snapshot.ts';
import { rateSince } from './rtorrent-rates.ts';

/** As it is told: rates over a whole minute, and what was uploaded since this load. */
export interface ReportedTorrent extends RtorrentTorrent {
  readonly loadedAtMs: number | undefined;
  /** By the loads before this one. */
  readonly uploadedBeforeBytes: number;
}

interface Field<Name extends keyof ReportedTorrent> {
  readonly name: Name;
  readonly method: string;
  readonly read: (value: XmlRpcValue) => ReportedTorrent[Name];
}

/** The custom field by which a torrent that is fetched in parts is known again. */
export const modeKey = 'drv.mode';

/** The custom field that holds what the loads before this one had uploaded: rtorrent itself counts from each load on. */
export const uploadedKey = 'drv.uploaded';

const infohash = field('infohash', 'd.hash', readInfohash);

/** Methods that exist in 0.9.8, 0.15 and 0.16 alike. */
const fields = [
  infohash,
  field('reportedName', 'd.name', readText),
  field('reportedDirectory', 'd.directory', readText),
  field('isMultiFile', 'd.is_multi_file', readFlag),
  field('isComplete', 'd.complete', readFlag),
  field('isActive', 'd.is_active', readFlag),
  field('isOpen', 'd.is_open', readFlag),
  field('isStarted', 'd.state', readFlag),
  field('isHashing', 'd.hashing', readFlag),
  field('isPartiallyDone', 'd.is_partially_done', readFlag),
  field('uploadedBytes', 'd.up.total', readNumber),
  field('completeSinceMs', 'd.timestamp.finished', readTime),
  field('completedBytes', 'd.completed_bytes', readNumber),
  field('receivedBytes', 'd.bytes_done', readNumber),
  field('sizeBytes', 'd.size_bytes', readNumber),
  field('downRateBytesPerSecond', 'd.down.rate', readNumber),
  field('upRateBytesPerSecond', 'd.up.rate', readNumber),
  field('message', 'd.message', readText),
  field('mode', `d.custom=${modeKey}`, readText),
  field('loadedAtMs', 'd.load_date', readTime),
  field('uploadedBeforeBytes', `d.custom=${uploadedKey}`, readCount),
] as const;

/** The commands of one `d.multicall2`, in the order of the answer's columns. */
export const fieldCommands: readonly string[] = fields.map(({ method }) =>
  method.includes('=') ? method : `${method}=`,
);

/**
 * One row of the answer to a multicall with these commands.
 *
 * @throws CodecError where a column is missing or of another type
 */
export function readTorrent(row: XmlRpcValue): ReportedTorrent {
  if (!Array.isArray(row) || row.length !== fields.length) {
    throw new CodecError('xmlrpc', `A torrent's row does not have ${fields.length} columns.`);
  }
  const columns = row as readonly XmlRpcValue[];
  const torrent: Record<string, boolean | number | string | undefined> = {};
  fields.forEach((one, column) => (torrent[one.name] = one.read(columns[column] ?? null)));
  return torrent as unknown as ReportedTorrent;
}

/** What is made of it: all that was ever uploaded, and rates that hold from the first seconds on. */
export function torrentOf(reported: ReportedTorrent, nowMs: number): RtorrentTorrent {
  const { loadedAtMs: _, uploadedBeforeBytes, ...torrent } = reported;
  const uploadedBytes = torrent.uploadedBytes + uploadedBeforeBytes;
  return { ...torrent, ...ratesAt(reported, nowMs), uploadedBytes };
}

export function ratesAt(
  { loadedAtMs, downRateBytesPerSecond: down, upRateBytesPerSecond: up }: ReportedTorrent,
  nowMs: number,
): Pick<RtorrentTorrent, 'downRateBytesPerSecond' | 'upRateBytesPerSecond'> {
  return {
    downRateBytesPerSecond: rateSince(loadedAtMs, nowMs, down),
    upRateBytesPerSecond: rateSince(loadedAtMs, nowMs, up),
  };
}

export function readNumber(value: XmlRpcValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new CodecError('xmlrpc', 'A number was expected.');
}

export function readText(value: XmlRpcValue): ByteString {
  if (typeof value === 'string') return value;
  throw new CodecError('xmlrpc', 'A text was expected.');
}

/** Seconds since 1970, 0 for never. */
function readTime(value: XmlRpcValue): number | undefined {
  const seconds = readNumber(value);
  return seconds === 0 ? undefined : seconds * 1000;
}

/** Empty where nobody has set it; whoever sets something else means nothing by it. */
function readCount(value: XmlRpcValue): number {
  const text = readText(value);
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

function readFlag(value: XmlRpcValue): boolean {
  return readNumber(value) !== 0;
}

function readInfohash(value: XmlRpcValue): Infohash {
  const parsed = parseInfohash(readText(value));
  if (parsed === undefined) throw new CodecError('xmlrpc', 'An infohash was expected.');
  return parsed;
}

function field<Name extends keyof ReportedTorrent>(
  name: Name,
  method: string,
  read: Field<Name>['read'],
): Field<Name> {
  return { name, method, read };
}
