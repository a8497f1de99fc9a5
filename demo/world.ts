/** Sets the stage: the rig's world, the torrents in it, and the facts that are told about it. */

import { execFile } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { formatBytes } from '../src/core/units.ts';
import type { RigTorrent } from '../test/e2e/rig/torrents.ts';
import type { Rig } from '../test/e2e/rig.ts';
import { startRig } from '../test/e2e/rig.ts';
import type { Scale } from './collection.ts';
import { brokenFile, collection, unmanagedTorrent } from './collection.ts';
import { DemoFailure } from './failure.ts';

const run = promisify(execFile);

export interface World {
  readonly rig: Rig;
  readonly scale: Scale;
  /** Those to rotate. */
  readonly torrents: readonly RigTorrent[];
  readonly totalBytes: number;
  readonly unmanaged: RigTorrent;
  /** What the unmanaged one takes on the client's disk: not the program's to count. */
  readonly unmanagedBytes: number;
  /** What is real, in three lines of at most 80 columns. */
  readonly facts: readonly string[];
}

/** Both copies and what is downloading, and some more for rtorrent's own guard, which acts below 500 MB. */
function neededBytes(scale: Scale): number {
  return 2 * 310 * scale.unitBytes + scale.limitBytes + 600 * 1024 ** 2;
}

/**
 * The temporary directory, or where that is too small (Debian may keep it in memory) the one on disk.
 *
 * @throws DemoFailure where there is no room anywhere
 */
export function findRoom(scale: Scale): string {
  const needed = neededBytes(scale);
  const candidates = [tmpdir(), '/var/tmp'].map((directory) => {
    const { bavail, bsize } = statfsSync(directory);
    return { directory, freeBytes: bavail * bsize };
  });
  const found = candidates.find(({ freeBytes }) => freeBytes >= needed);
  if (found !== undefined) return found.directory;
  const seen = candidates.map(({ directory, freeBytes }) => `${formatBytes(freeBytes)} in ${directory}`);
  throw new DemoFailure(
    `the demo needs ${formatBytes(needed)} of free space for a while, and there is ${seen.join(' and ')}: make room, set TMPDIR to another directory, or take --quick`,
  );
}

export async function openRig(scale: Scale, keep: boolean): Promise<Rig> {
  return await startRig({
    parentDirectory: findRoom(scale),
    remote: scale.lineRateKiB > 0 ? { rateKiB: scale.lineRateKiB } : {},
    keep,
  });
}

/** Makes all torrents, lets the unmanaged one be downloaded, and only then slows down the seed. */
export async function fill(
  rig: Rig,
  scale: Scale,
  signal: AbortSignal,
  onProgress: (sentence: string) => void,
): Promise<World> {
  const wanted = collection(scale);
  const torrents: RigTorrent[] = [];
  for (const options of wanted) {
    onProgress(`making torrents: ${torrents.length} of ${wanted.length + 2}`);
    torrents.push(await rig.addTorrent(options));
    signal.throwIfAborted();
  }
  writeFileSync(`${rig.managedDirectory}/${brokenFile.name}`, brokenFile.content);
  const unmanaged = await rig.addTorrent(unmanagedTorrent(scale));
  onProgress('the unmanaged torrent is being downloaded');
  await rig.client.call('load.raw_start', '', unmanaged.metainfo);
  await rig.until(
    'the unmanaged torrent is complete',
    async () => Number(await rig.client.call('d.complete', unmanaged.infohash)) === 1,
    60_000,
  );
  signal.throwIfAborted();
  await rig.seeder.setRateKiB(scale.seedRateKiB);
  rig.writeConfiguration({ space_limit: scale.limitBytes });
  const totalBytes = torrents.reduce((sum, torrent) => sum + torrent.totalBytes, 0);
  const facts = await factsOf(rig, scale, torrents, totalBytes);
  return { rig, scale, torrents, totalBytes, unmanaged, unmanagedBytes: rig.allocatedBytes(), facts };
}

async function factsOf(
  rig: Rig,
  { limitBytes }: Scale,
  torrents: readonly RigTorrent[],
  totalBytes: number,
): Promise<readonly string[]> {
  const [rtorrent, rsync, ssh] = await Promise.all([
    rig.client.call('system.client_version'),
    run('rsync', ['--version']),
    run('ssh', ['-V']),
  ]);
  const rsyncVersion = /version (\S+)/.exec(rsync.stdout)?.[1] ?? '';
  const sshVersion = /OpenSSH_([^\s,]+)/.exec(ssh.stderr)?.[1] ?? '';
  const fileCount = torrents.reduce((sum, torrent) => sum + torrent.files.length, 0);
  const largestBytes = Math.max(...torrents.map((torrent) => torrent.totalBytes));
  return [
    `Real: rtorrent ${rtorrent as string}, a seed, sshd ${sshVersion}, rsync ${rsyncVersion}, all on loopback.`,
    `${torrents.length} torrents (${fileCount} files, ${formatBytes(totalBytes)}; one is ${formatBytes(largestBytes)}) pass a limit of ${formatBytes(limitBytes)}.`,
    `Beside them: an unmanaged torrent and a broken .torrent file, to be left alone.`,
  ];
}
