/** Which names and paths of a torrent can become files: what rtorrent or the disk would choke on is refused here. */

import type { ByteString } from '../core/bytes.ts';
import { displayText } from '../core/bytes.ts';
import type { MetainfoFile } from '../core/metainfo.ts';

const BYTE_SLASH = 0x2f;
const BYTE_DOT = 0x2e;

/** NAME_MAX of every file system that matters: rtorrent loads a longer name, but cannot open the file. */
const MAXIMUM_NAME_BYTES = 255;

/** Why the bytes from `start` up to `end` cannot be one name in a directory; undefined if they can. */
export function nameProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0) return 'is empty';
  if (length > MAXIMUM_NAME_BYTES) return `is longer than ${MAXIMUM_NAME_BYTES} bytes`;
  if (bytes[start] === BYTE_DOT) {
    if (length === 1) return 'is "."';
    if (length === 2 && bytes[start + 1] === BYTE_DOT) return 'is ".."';
  }
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === BYTE_SLASH) return 'contains a "/"';
    if (bytes[at] === 0) return 'contains a NUL byte';
  }
  return undefined;
}

/**
 * Two files of one torrent that cannot both exist, as a sentence: the same path twice, or a path that is a file and a
 * directory. rtorrent 0.9.8 dies when it loads or starts such a torrent, 0.16 refuses it.
 */
export function clashProblem(files: readonly MetainfoFile[]): string | undefined {
  // With NUL, the lowest byte and in no name, for "/", a directory's contents sort right behind its own name.
  const paths = files
    .map((file) => (file.path.includes('/') ? file.path.replaceAll('/', '\0') : file.path))
    .sort();
  for (let index = 1; index < paths.length; index += 1) {
    const path = paths[index] ?? '';
    const before = paths[index - 1] ?? '';
    if (path === before) return `The path "${shown(path)}" comes twice.`;
    if (path.charCodeAt(before.length) === 0 && path.startsWith(before)) {
      return `The path "${shown(before)}" is both a file and a directory.`;
    }
  }
  return undefined;
}

function shown(path: string): string {
  return displayText(path.replaceAll('\0', '/') as ByteString);
}
