/** Checks everything once it is over, byte by byte, and says what was found. */

import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { formatBytes, formatDuration } from '../src/core/units.ts';
import { filesBelow } from '../test/e2e/rig/checks.ts';
import type { RemoteFile } from '../test/e2e/rig/checks.ts';
import { brokenFile } from './collection.ts';
import type { View } from './watch.ts';
import type { World } from './world.ts';

/** One line of the summary. */
export interface Check {
  readonly holds: boolean;
  readonly label: string;
  readonly sentence: string;
}

/** What can no longer be seen when it is over. */
export interface Course {
  readonly view: View;
  /** Exit codes. */
  readonly passes: readonly number[];
  readonly log: readonly string[];
  readonly elapsedMs: number;
  readonly unmanagedBefore: string;
}

export async function judge(world: World, course: Course): Promise<readonly Check[]> {
  const { rig } = world;
  const remote = await rig.remoteFiles();
  return [
    rotated(world),
    shipped(world, remote),
    leftHere(world),
    peak(world, course),
    passed(course),
    unmanaged(world, remote, course.unmanagedBefore, await describeUnmanaged(world)),
    broken(world, course),
  ];
}

/** All that could change about the unmanaged torrent: its state in rtorrent, and each file with its inode and hash. */
export async function describeUnmanaged({ rig, unmanaged: { infohash, name } }: World): Promise<string> {
  const states = ['d.complete', 'd.is_active', 'd.is_open', 'd.directory', 'd.priority'];
  const values = await Promise.all(states.map((method) => rig.client.call(method, infohash)));
  const directory = `${rig.client.downloadDirectory}/${name.toString()}`;
  const files = [...(await filesBelow(directory))].map(([path, { bytes, sha256 }]) => [
    path,
    bytes,
    sha256,
    lstatSync(`${directory}/${path}`).ino,
  ]);
  return JSON.stringify([values, files]);
}

function rotated({ torrents }: World): Check {
  const gone = torrents.filter(({ torrentPath }) => !existsSync(torrentPath)).length;
  return {
    holds: gone === torrents.length,
    label: 'rotated',
    sentence: `${gone} of ${torrents.length} torrents, the largest of them in parts`,
  };
}

/** Both ways: all that should be there is, with the right content, and nothing else is. */
function shipped({ torrents, unmanaged: stranger }: World, remote: ReadonlyMap<string, RemoteFile>): Check {
  const expected = torrents.flatMap((torrent) => torrent.files);
  const missing = expected.filter(({ path }) => !remote.has(path.toString('latin1')));
  const wrong = expected.filter(({ path, sha256 }) => {
    const there = remote.get(path.toString('latin1'));
    return there !== undefined && there.sha256 !== sha256;
  });
  const known = new Set([...expected, ...stranger.files].map(({ path }) => path.toString('latin1')));
  const extra = [...remote.keys()].filter((path) => !known.has(path));
  const bytes = expected.reduce((sum, file) => sum + file.bytes, 0);
  const firstTrouble = missing[0]?.path.toString() ?? wrong[0]?.path.toString() ?? extra[0];
  return firstTrouble === undefined
    ? {
        holds: true,
        label: 'shipped',
        sentence: `${formatBytes(bytes)} in ${expected.length} files, all on the remote with the seed's SHA-256, and nothing else there`,
      }
    : {
        holds: false,
        label: 'shipped',
        sentence: `${missing.length} files are missing on the remote, ${wrong.length} differ, ${extra.length} should not be there; the first is ${JSON.stringify(firstTrouble)}`,
      };
}

function leftHere({ rig, unmanaged: stranger, unmanagedBytes }: World): Check {
  const left = readdirSync(rig.client.downloadDirectory).filter((name) => name !== stranger.name.toString());
  const leftBytes = rig.allocatedBytes() - unmanagedBytes;
  return left.length === 0 && leftBytes === 0
    ? { holds: true, label: 'left here', sentence: 'nothing: every byte of the disk is free again' }
    : {
        holds: false,
        label: 'left here',
        sentence: `${formatBytes(leftBytes)}, in ${left.map((name) => JSON.stringify(name)).join(', ')}`,
      };
}

function peak({ scale: { limitBytes } }: World, { view: { peakBytes, samples } }: Course): Check {
  const share = Math.floor((peakBytes / limitBytes) * 100);
  return {
    holds: peakBytes <= limitBytes,
    label: 'peak',
    sentence: `${formatBytes(peakBytes)} allocated at the most, ${share} % of the limit of ${formatBytes(limitBytes)} (${samples} samples)`,
  };
}

function passed({ passes, elapsedMs }: Course): Check {
  const again = passes.filter((exitCode) => exitCode !== 0).length;
  const how = again === 0 ? 'all with exit code 0' : `${again} of them had to leave something for the next`;
  return {
    holds: true,
    label: 'passes',
    sentence: `${passes.length} in ${formatDuration(elapsedMs)}, ${how}`,
  };
}

function unmanaged(
  { rig, unmanaged: stranger }: World,
  remote: ReadonlyMap<string, RemoteFile>,
  before: string,
  after: string,
): Check {
  const isThere = stranger.files.some(({ path }) => remote.has(path.toString('latin1')));
  const name = stranger.name.toString();
  const holds = !isThere && before === after && existsSync(stranger.torrentPath);
  const files = `${rig.client.downloadDirectory}/${name}`;
  return {
    holds,
    label: 'unmanaged',
    sentence: holds
      ? `"${name}" is as it was: the same files and bytes, seeding on`
      : `"${name}" was ${isThere ? 'shipped' : 'changed'}, though it is not managed (${files})`,
  };
}

function broken({ rig }: World, { log }: Course): Check {
  const path = `${rig.managedDirectory}/${brokenFile.name}`;
  const isLeft = existsSync(path) && readFileSync(path, 'utf8') === brokenFile.content;
  const line = log.find((text) => text.includes(brokenFile.name));
  if (!isLeft)
    return { holds: false, label: 'broken', sentence: `${brokenFile.name} was removed or changed` };
  if (line === undefined) {
    return { holds: false, label: 'broken', sentence: `${brokenFile.name} was never named in the log` };
  }
  const words = line.slice(line.indexOf(brokenFile.name) + brokenFile.name.length).replace(/^\W+/, '');
  return { holds: true, label: 'broken', sentence: `${brokenFile.name} was named and left alone (${words})` };
}
