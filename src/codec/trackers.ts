/** The trackers of a .torrent (BEP 3, BEP 12), by their hosts alone: what an announce address holds beyond is secret. */

import type { Cursor } from './bencode-scan.ts';
import {
  atEnd,
  BYTE_LIST,
  isDigit,
  openList,
  refuseDepth,
  skipValue,
  takeStringLength,
} from './bencode-scan.ts';
import { byteStringOf } from './latin1.ts';

/** More than anybody lists; what follows is not read. */
const MOST_HOSTS = 64;
const LONGEST_HOST = 253;
const BYTE_SLASH = 0x2f;
const BYTE_COLON = 0x3a;
const BYTE_AT = 0x40;
const BYTE_OPENING = 0x5b;
const BYTE_CLOSING = 0x5d;

/** Takes the value of `announce`, or of `announce-list` with its lists of lists; what is neither is passed over. */
export function takeTrackers(cursor: Cursor, hosts: Set<string>, depth = 0): void {
  if (cursor.bytes[cursor.at] === BYTE_LIST) {
    refuseDepth(cursor, depth);
    openList(cursor);
    while (!atEnd(cursor)) takeTrackers(cursor, hosts, depth + 1);
  } else if (isDigit(cursor.bytes[cursor.at])) {
    const length = takeStringLength(cursor);
    const host = hostOf(cursor.bytes, cursor.at, cursor.at + length);
    if (host !== undefined && hosts.size < MOST_HOSTS) hosts.add(host);
    cursor.at += length;
  } else {
    skipValue(cursor, 'any', depth);
  }
}

/** `tracker.example.org` of `https://user@Tracker.Example.org:443/secret/announce`, in lower case. */
function hostOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  const slashes = bytes.subarray(start, Math.min(end, start + 16)).indexOf(BYTE_SLASH);
  if (slashes < 1 || bytes[start + slashes - 1] !== BYTE_COLON || bytes[start + slashes + 1] !== BYTE_SLASH) {
    return undefined;
  }
  let from = start + slashes + 2;
  let to = from;
  while (to < end && to - from <= 2 * LONGEST_HOST && bytes[to] !== BYTE_SLASH) {
    if (bytes[to] === BYTE_AT) from = to + 1;
    to += 1;
  }
  const isBracketed = bytes[from] === BYTE_OPENING;
  const last = bytes.subarray(from, to).indexOf(isBracketed ? BYTE_CLOSING : BYTE_COLON);
  if (isBracketed && last < 0) return undefined;
  if (isBracketed) from += 1;
  if (last >= 0) to = from + last - (isBracketed ? 1 : 0);
  if (to - from > LONGEST_HOST) return undefined;
  const host = byteStringOf(bytes, from, to).toLowerCase();
  return /^[a-z0-9._:-]+$/.test(host) ? host : undefined;
}
