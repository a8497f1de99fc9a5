/**
 * Lists files on the remote by a script: two turns of the line, where rsync takes nine for a listing and each turn waits behind
 * what a transfer has sent. Nothing but what POSIX promises is needed, and one `stat` for many files is tried first.
 */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import { notAFile } from '../core/prove.ts';
import { answerMark } from './remote-script.ts';
import { quoteForShell } from './ssh.ts';

/** As many go to one `stat`: with the longest paths there are, less than the 1 MB that systems take for arguments. */
const atOnce = 200;

/** One of each file that is there: its type as `ls -l` shows it, and its size in bytes. */
const sizes = [
  // GNU and busybox; the BSDs; and what POSIX has, a program for each file.
  `if stat -c '%A %s' / >/dev/null 2>&1; then sizes() { stat -c '%A %s' -- "$@"; }`,
  `elif stat -f '%Sp %z' / >/dev/null 2>&1; then sizes() { stat -f '%Sp %z' -- "$@"; }`,
  `else sizes() { for p do ls -dln -- "$p" | { read -r m n u g s r; echo "$m $s"; }; done; }; fi`,
];

/** Says for each path whether something is there, 1 or 0, and then all sizes. What is there of a symlink is the link. */
const look =
  'look() { t=; for p do shift; if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "$p"; t=${t}1; else t=${t}0; fi; done; ' +
  'echo "$t"; if [ $# -gt 0 ]; then sizes "$@"; fi; }';

/** The script, for what the shell finds in the directory that it is in, as bytes in Latin-1. */
export function listingScript(paths: readonly ByteString[]): ByteString {
  // `./`, as a path may begin with a dash.
  const looks = chunksOf(paths).map(
    (chunk) => `look ${chunk.map((path) => quoteForShell(`./${path}`)).join(' ')}`,
  );
  return asByteString(
    ['LC_ALL=C', 'export LC_ALL', ...sizes, look, `echo '${answerMark}'`, ...looks, ''].join('\n'),
  );
}

/**
 * Sizes by path, `notAFile` for what is no regular file; undefined where the answer is not whole: it was cut short, or something
 * vanished between two looks at it.
 */
export function listingIn(answer: Buffer, paths: readonly ByteString[]): Map<ByteString, number> | undefined {
  const lines = answer.toString('latin1').split('\n');
  let at = lines.indexOf(answerMark);
  if (at === -1) return undefined;
  const found = new Map<ByteString, number>();
  for (const chunk of chunksOf(paths)) {
    at += 1;
    const there = lines[at] ?? '';
    if (there.length !== chunk.length || !/^[01]+$/.test(there)) return undefined;
    for (const [index, path] of chunk.entries()) {
      if (there[index] === '0') continue;
      at += 1;
      const match = /^(\S)\S{9,10} +(\d+,?)$/.exec(lines[at] ?? '');
      if (match === null) return undefined;
      found.set(path, match[1] === '-' ? Number(match[2]) : notAFile);
    }
  }
  return found;
}

function chunksOf(paths: readonly ByteString[]): readonly (readonly ByteString[])[] {
  return Array.from({ length: Math.ceil(paths.length / atOnce) }, (_, index) =>
    paths.slice(index * atOnce, (index + 1) * atOnce),
  );
}
