/** Where a torrent's files lie on the local disk: from the metainfo and `d.directory`, never from `d.base_path`. */

import type { ByteString } from './bytes.ts';
import { joinPath, withoutTrailingSlash } from './bytes.ts';
import type { Metainfo } from './metainfo.ts';
import type { Intent, RtorrentTorrent } from './snapshot.ts';

/**
 * The directory that the metainfo's file paths are relative to, as rtorrent has it, or, where it has not, as a step that was
 * begun has left it; undefined where rtorrent's answer has lost bytes that
 * cannot be told. rtorrent 0.9.8 writes `?` for every non-ASCII byte of a string that is not UTF-8 or holds an emoji, so
 * where the report fits the place that we expect, the expected bytes are the right ones.
 */
export function locate(
  metainfo: Metainfo,
  torrent: RtorrentTorrent | undefined,
  defaultDirectory: ByteString,
  intent?: Intent,
): ByteString | undefined {
  if (torrent === undefined && intent !== undefined) return intent.directory;
  const expected = expectedDirectory(metainfo, defaultDirectory);
  if (torrent === undefined) return mayHaveLostBytes(defaultDirectory) ? undefined : expected;
  const reported = withoutTrailingSlash(torrent.reportedDirectory);
  if (fitsReport(expected, reported)) return mayHaveLostBytes(defaultDirectory) ? undefined : expected;
  const sibling = besideReport(metainfo, reported);
  if (sibling !== undefined) return sibling;
  return reported === '' || mayHaveLostBytes(reported) ? undefined : reported;
}

/** Asked for several times at each look, and the same string each time is soon compared. */
const knownDirectories = new WeakMap<Metainfo, ByteString>();

/** The directory of a torrent that is loaded without further words. */
export function expectedDirectory(metainfo: Metainfo, defaultDirectory: ByteString): ByteString {
  const parent = withoutTrailingSlash(defaultDirectory);
  if (!metainfo.isMultiFile) return parent;
  const known = knownDirectories.get(metainfo);
  // It ends with the name in any case: what begins with the parent and is as long is the path.
  const isSame = known?.length === parent.length + 1 + metainfo.name.length && known.startsWith(parent);
  if (isSame) return known;
  const directory = joinPath(parent, metainfo.name);
  knownDirectories.set(metainfo, directory);
  return directory;
}

/** `/some/where/NA?ME` → `/some/where/` with the true name, where only the last part has lost bytes. */
function besideReport(metainfo: Metainfo, reported: ByteString): ByteString | undefined {
  if (!metainfo.isMultiFile) return undefined;
  const parent = reported.slice(0, Math.max(0, reported.length - metainfo.name.length - 1)) as ByteString;
  const candidate = joinPath(parent, metainfo.name);
  return fitsReport(candidate, reported) && !mayHaveLostBytes(parent) ? candidate : undefined;
}

/** Whether `reported` may be what rtorrent makes of `path`: equal, but for `?` in the place of non-ASCII bytes. */
export function fitsReport(path: ByteString, reported: ByteString): boolean {
  if (path === reported) return true;
  if (path.length !== reported.length) return false;
  for (let index = 0; index < path.length; index += 1) {
    const byte = path.charCodeAt(index);
    const seen = reported.charCodeAt(index);
    if (byte !== seen && !(byte >= 0x80 && seen === 0x3f)) return false;
  }
  return true;
}

function mayHaveLostBytes(reported: ByteString): boolean {
  return reported.includes('?');
}
