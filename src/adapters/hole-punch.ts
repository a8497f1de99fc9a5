/** Frees bytes in the middle of local files, with util-linux's `fallocate`: Node has no call for it. */

import { constants, fstatSync, statfsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rm } from 'node:fs/promises';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, displayText, joinPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { ByteRange } from '../core/punch.ts';
import type { RunRecord } from './process.ts';
import { describeRun, faultOfLimits, runProgram } from './process.ts';
import { pathOf } from './torrent-file.ts';

/** `st_blocks` counts in units of 512 bytes (stat(2)). */
const statBlockBytes = 512;
const programTimeoutMs = 10 * 60_000;

/** By the number that statfs(2) tells: filesystems that fill a hole again when it is read through a mapping. */
const holeFillers: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

/** Made by the probe in the directory of the file that is to be streamed, and deleted by it. */
const probeName = asByteString('.rtorrent-low-space-driver.probe');
const sparseBytes = 4 * 1024 ** 2;

/** Frees the ranges, whole blocks each: one program for all of them, which starts one for each. Idempotent. */
export async function punchRanges(handle: FileHandle, ranges: readonly ByteRange[]): Promise<void> {
  if (ranges.length === 0) return;
  const lines = ranges.map(({ startBytes, endBytes }) => `${startBytes} ${endBytes - startBytes}\n`);
  const run = await runProgram({
    file: 'sh',
    arguments: [
      '-c',
      'while read -r o l; do fallocate --punch-hole --offset "$o" --length "$l" "$1" || exit; done',
      'sh',
      // The very file that is open here, whatever bytes its name has, and whatever has that name by now.
      `/proc/${process.pid}/fd/${handle.fd}`,
    ],
    input: Buffer.from(lines.join('')),
    timeoutMs: programTimeoutMs,
  });
  if (run.exitCode !== 0) throw faultOfPunching(run);
}

/** Blocks that the file has, in bytes. */
export function allocatedBytesOf(handle: FileHandle): number {
  return fstatSync(handle.fd).blocks * statBlockBytes;
}

/** Rejects with a `Fault` unless files in that directory can be sparse, and bytes in the middle of one be freed. */
export async function probePunching(directory: ByteString): Promise<void> {
  const { type, bsize } = statfsSync(pathOf(directory));
  const filler = holeFillers.get(type);
  if (filler !== undefined) {
    throw unfit(`it is a ${filler}, which fills holes again as soon as they are read`, directory);
  }
  const path = joinPath(directory, probeName);
  await rm(pathOf(path), { force: true });
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
  const handle = await open(pathOf(path), flags, 0o600);
  try {
    if (!(await hasHoles(handle, bsize)))
      throw unfit('nothing can be freed in the middle of a file', directory);
  } catch (error) {
    const isUnfit = error instanceof Fault && error.kind === 'refused';
    throw isUnfit ? unfit(error.message, directory) : error;
  } finally {
    await handle.close();
    await rm(pathOf(path), { force: true });
  }
}

/** Tries it on a file that is empty: a large hole, two blocks, and the first of them freed again. */
async function hasHoles(handle: FileHandle, blockBytes: number): Promise<boolean> {
  await handle.truncate(sparseBytes);
  const content = Buffer.alloc(2 * blockBytes, 'not a hole, ');
  await handle.write(content, 0, content.length, 0);
  await handle.datasync();
  const before = allocatedBytesOf(handle);
  if (before >= sparseBytes) return false;
  await punchRanges(handle, [{ startBytes: 0, endBytes: blockBytes }]);
  await handle.datasync();
  const { buffer } = await handle.read(Buffer.alloc(content.length), 0, content.length, 0);
  const isRight = buffer.equals(Buffer.concat([Buffer.alloc(blockBytes), content.subarray(blockBytes)]));
  return isRight && allocatedBytesOf(handle) < before;
}

function unfit(reason: string, directory: ByteString): Fault {
  return new Fault(
    'refused',
    `no file can be streamed through ${displayText(directory)}: ${reason}`,
    'move the download directory to ext4, xfs or btrfs, or write oversize = files',
  );
}

function faultOfPunching(run: RunRecord): Fault {
  const limit = faultOfLimits(run);
  if (limit !== undefined) return limit;
  if (run.exitCode === 127) {
    return new Fault('missing-program', 'fallocate is not installed', 'install util-linux');
  }
  if (run.stderr.includes('not supported')) {
    return new Fault('refused', 'its filesystem cannot free bytes in the middle of a file');
  }
  return new Fault('failed', describeRun(run));
}
