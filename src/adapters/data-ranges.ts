/** Which bytes of a file lie on the disk, and which are holes: told by e2fsprogs' `filefrag`, as Node has no call for it. */

import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from '../core/punch.ts';
import { runProgram } from './process.ts';

const programTimeoutMs = 60_000;
/** Some hundred thousand extents; a file in more pieces than that is read whole. */
const mostOutputBytes = 32 * 1024 ** 2;

/**
 * Ascending, in whole blocks; what was allocated and not written yet counts as data, and the file is synced before, so that what
 * a mapping has written counts as well. Undefined where it cannot be told: the program is missing, or the filesystem does
 * not say.
 */
export async function dataRangesOf(handle: FileHandle): Promise<readonly ByteRange[] | undefined> {
  const run = await runProgram({
    file: 'sh',
    // A user's PATH may be without the directories of system programs. The very file that is open here, whatever its name.
    arguments: [
      '-c',
      'PATH=$PATH:/usr/sbin:/sbin; exec filefrag -s -v "$1"',
      'sh',
      `/proc/${process.pid}/fd/${handle.fd}`,
    ],
    timeoutMs: programTimeoutMs,
    outputLimitBytes: mostOutputBytes,
  });
  if (run.exitCode !== 0 || run.limit !== undefined) return undefined;
  return readExtents(run.stdout.toString('latin1'));
}

/**
 * What `filefrag -v` prints: a line with the size of a block, then one an extent, the last of them marked as the last. Undefined
 * where it is not all there.
 */
export function readExtents(text: string): readonly ByteRange[] | undefined {
  const blockBytes = Number(/\(\d+ blocks? of (\d+) bytes\)/.exec(text)?.[1] ?? 0);
  if (!(blockBytes > 0)) return undefined;
  const ranges: ByteRange[] = [];
  let isWhole = text.includes(': 0 extents found');
  for (const line of text.split('\n')) {
    const [, first, last, rest] = /^ *\d+: +(\d+)\.\. +(\d+):(.*)$/.exec(line) ?? [];
    if (first === undefined || last === undefined) continue;
    ranges.push({ startBytes: Number(first) * blockBytes, endBytes: (Number(last) + 1) * blockBytes });
    isWhole = /\blast\b/.test(rest ?? '');
  }
  return isWhole ? ranges : undefined;
}
