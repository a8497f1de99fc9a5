/** Watched directories: a word for whatever changes in them, those that come later or are replaced among them. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, test } from 'node:test';
import { watchDirectories } from '../../src/adapters/directory-watch.ts';
import { torrentDirectories } from '../../src/adapters/managed-directory.ts';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import { until } from '../e2e/rig/until.ts';
import { smallTorrent } from './suites/small-torrent.ts';

let top: string;
let unwatch = (): void => undefined;
let heard = 0;

beforeEach(() => {
  top = mkdtempSync(`${tmpdir()}/watch-`);
  heard = 0;
});

afterEach(() => {
  unwatch();
  rmSync(top, { recursive: true });
});

function watchThese(...paths: readonly string[]): void {
  unwatch = watchDirectories(paths, () => (heard += 1));
}

/** Does something until it is heard of: a watch may begin a moment later than it is asked for. */
async function expectHeard(description: string, change: () => void, limitMs = 60_000): Promise<void> {
  const before = heard;
  await until(
    description,
    () => {
      change();
      return heard > before;
    },
    limitMs,
  );
}

test('files that come, change, are moved here and go are heard of', async () => {
  watchThese(top);
  const path = `${top}/a.torrent`;
  await expectHeard('one that comes', () => writeFileSync(path, 'x'));
  await expectHeard('one that changes', () => writeFileSync(path, 'y', { flag: 'a' }));
  await expectHeard('one that goes', () => {
    writeFileSync(`${top}/gone`, '');
    rmSync(`${top}/gone`);
  });
  const other = mkdtempSync(`${tmpdir()}/watch-other-`);
  await expectHeard('one that is moved here', () => {
    writeFileSync(`${other}/b`, '');
    renameSync(`${other}/b`, `${top}/b`);
  });
  rmSync(other, { recursive: true });
});

test('many changes at once are one word, or a few', async () => {
  watchThese(top);
  await expectHeard('any change', () => writeFileSync(`${top}/first`, ''));
  const before = heard;
  for (let count = 0; count < 500; count += 1) writeFileSync(`${top}/${count}.torrent`, 'x');
  await until('they are heard of', () => heard > before, 60_000);
  assert.ok(heard - before < 50, `${heard - before} words`);
});

test('a directory that comes later is watched from then on', async () => {
  watchThese(top, `${top}/high`);
  await expectHeard('the directory', () => mkdirSync(`${top}/high`, { recursive: true }));
  await expectHeard('a file in it', () => writeFileSync(`${top}/high/a`, 'x', { flag: 'a' }));
});

test('a .torrent in a directory that stands for a priority is heard of, and found, be it as old as the .torrent or not', async () => {
  const { bytes } = smallTorrent('one', { file: 'x' });
  const other = mkdtempSync(`${tmpdir()}/watch-other-`);
  const seedbox = new Seedbox(top);
  let found: readonly string[] = [];
  unwatch = watchDirectories(torrentDirectories(top), () => {
    void seedbox.scan().then(({ managed }) => {
      found = [...managed.values()].map(({ priority }) => priority);
    });
  });
  for (const priority of ['high', 'low']) {
    // Made elsewhere and moved here as a whole, and then by itself into the directory that is there.
    mkdirSync(`${other}/${priority}`);
    writeFileSync(`${other}/${priority}/a.torrent`, bytes);
    renameSync(`${other}/${priority}`, `${top}/${priority}`);
    await until(`one in ${priority}, which is new`, () => found.join() === priority, 30_000);
    renameSync(`${top}/${priority}/a.torrent`, `${other}/a.torrent`);
    await until(`it has gone from ${priority}`, () => found.length === 0, 30_000);
    renameSync(`${other}/a.torrent`, `${top}/${priority}/a.torrent`);
    await until(`one in ${priority}, which was there`, () => found.join() === priority, 30_000);
    rmSync(`${top}/${priority}`, { recursive: true });
    await until(`${priority} has gone`, () => found.length === 0, 30_000);
  }
  rmSync(other, { recursive: true });
});

test('a directory that is replaced is watched again', async () => {
  const inner = `${top}/inner`;
  mkdirSync(inner);
  watchThese(inner);
  rmSync(inner, { recursive: true });
  mkdirSync(inner);
  await expectHeard('a file in the new one', () => writeFileSync(`${inner}/a`, 'x', { flag: 'a' }));
});

test('after the end nothing is heard any more', async () => {
  watchThese(top);
  await expectHeard('any change', () => writeFileSync(`${top}/first`, ''));
  unwatch();
  const before = heard;
  writeFileSync(`${top}/second`, '');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(heard, before);
});
