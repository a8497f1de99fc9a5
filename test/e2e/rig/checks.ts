/** What lies on a rig's disks: the remote's files with their hashes, and the space allocated for downloads. */

import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { rootMark } from '../../../src/adapters/remote-root.ts';
import type { RigTorrent } from './torrents.ts';

export interface RemoteFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface AllocationSampling {
  /** Ends it. `peakBytes` is the most that one sample saw, `meanBytes` what they saw on average. */
  stop(): { readonly peakBytes: number; readonly meanBytes: number; readonly samples: number };
}

interface FoundFile {
  readonly path: Buffer;
  readonly bytes: number;
  readonly allocatedBytes: number;
}

/** Every regular file below `directory` but the program's mark: its path below it, as latin1 (one character a byte), with size and content's hash. */
export async function filesBelow(directory: string): Promise<Map<string, RemoteFile>> {
  const root = Buffer.from(`${directory}/`);
  const files = new Map<string, RemoteFile>();
  for (const { path, bytes } of walk(Buffer.from(directory))) {
    const below = path.subarray(root.length).toString('latin1');
    if (below !== rootMark && !below.endsWith(`/${rootMark}`))
      files.set(below, { bytes, sha256: await sha256Of(path) });
  }
  return files;
}

/**
 * Throws unless the torrent's files lie below `directory`, whole and with the right content, and nothing else of the
 * torrent's name does (left-over partial files, say). Padding is neither asked for nor minded.
 */
export async function expectShipped(directory: string, torrent: RigTorrent): Promise<void> {
  const seen = await filesBelow(directory);
  const differences: string[] = [];
  for (const file of torrent.files.filter(({ isPadding }) => !isPadding)) {
    const key = file.path.toString('latin1');
    const remote = seen.get(key);
    if (remote === undefined) differences.push(`missing: ${quoted(key)}, ${file.bytes} bytes`);
    else if (remote.bytes !== file.bytes) {
      differences.push(`wrong size: ${quoted(key)}, ${remote.bytes} bytes and not ${file.bytes}`);
    } else if (remote.sha256 !== file.sha256)
      differences.push(`wrong content: ${quoted(key)}, ${file.bytes} bytes`);
  }
  const known = new Set(torrent.files.map((file) => file.path.toString('latin1')));
  const name = torrent.name.toString('latin1');
  for (const [key, { bytes }] of seen) {
    const isOfTorrent = key.split('/').some((part) => part === name || part.startsWith(`.${name}.`));
    if (isOfTorrent && !known.has(key)) differences.push(`left over: ${quoted(key)}, ${bytes} bytes`);
  }
  if (differences.length > 0) throw new Error(`not shipped as it should be:\n  ${differences.join('\n  ')}`);
}

/** Disk space that the regular files below take, in bytes: allocated blocks, not lengths. */
export function allocatedBytesBelow(directory: string): number {
  let total = 0;
  for (const file of walk(Buffer.from(directory))) total += file.allocatedBytes;
  return total;
}

export function sampleAllocation(directory: string, intervalMs: number): AllocationSampling {
  let peakBytes = 0;
  let sumBytes = 0;
  let samples = 0;
  const sample = (): void => {
    const bytes = allocatedBytesBelow(directory);
    peakBytes = Math.max(peakBytes, bytes);
    sumBytes += bytes;
    samples += 1;
  };
  sample();
  const timer = setInterval(sample, intervalMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      sample();
      return { peakBytes, meanBytes: sumBytes / samples, samples };
    },
  };
}

/** Files may come and go meanwhile; symbolic links are not followed. */
function* walk(directory: Buffer): Generator<FoundFile> {
  for (const entry of unlessGone(() => readdirSync(directory, { encoding: 'buffer' })) ?? []) {
    const path = Buffer.concat([directory, Buffer.from('/'), entry]);
    const status = unlessGone(() => lstatSync(path));
    if (status?.isDirectory() === true) yield* walk(path);
    else if (status?.isFile() === true)
      yield { path, bytes: status.size, allocatedBytes: status.blocks * 512 };
  }
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sha256Of(path: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Bytes that are no printable ASCII as escapes, so that a message stays one line. */
function quoted(latin1: string): string {
  return `"${latin1.replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
}
