/** The user's quota, with a program in the place of `quota`: the least of it and the filesystem counts. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { DiskQuota } from '../../src/adapters/disk-quota.ts';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import { bytesOfText } from '../../src/core/bytes.ts';
import type { DiskView } from '../../src/core/snapshot.ts';
import { makeDisk, makeLocal, makeMetainfo } from '../support/world.ts';

const mebibyte = 1024 ** 2;
const path = process.env['PATH'];
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/quota-`);
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(directory, { recursive: true });
});

/** Has `quota` say this of a mount point: used, soft and hard limit, in bytes. */
function haveQuota(mountPoint: string, used: number, soft: number, hard: number): void {
  const numbers = [used, soft, hard].map((bytes) => bytes / 1024);
  havePrograms(`echo '${mountPoint}  ${numbers.join('  ')}  0  7  0  0  0'\nexit 1`);
}

function havePrograms(script: string): void {
  writeFileSync(`${directory}/quota`, `#!/bin/sh\necho run >>${directory}/runs\n${script}\n`, {
    mode: 0o755,
  });
  process.env['PATH'] = `${directory}:${path ?? ''}`;
}

/** What is left of a disk of which 100 MiB are free. */
function apply(quota = new DiskQuota(), view: Partial<DiskView> = {}): Promise<DiskView> {
  const disk = makeDisk({ totalBytes: 500 * mebibyte, freeBytes: 100 * mebibyte, ...view });
  return quota.applyTo(disk, bytesOfText(directory));
}

function mountPointOf(below: string): string {
  const parent = dirname(below);
  return below === parent || statSync(below).dev !== statSync(parent).dev ? below : mountPointOf(parent);
}

test('a quota that leaves less than the filesystem has is what counts', async () => {
  haveQuota(mountPointOf(directory), 3 * mebibyte, 10 * mebibyte, 11 * mebibyte);
  const { freeBytes, totalBytes, isQuota } = await apply();
  assert.deepEqual([freeBytes, totalBytes, isQuota], [7 * mebibyte, 10 * mebibyte, true]);
});

test('nothing is left of a quota that is exceeded', async () => {
  haveQuota(mountPointOf(directory), 12 * mebibyte, 10 * mebibyte, 0);
  assert.equal((await apply()).freeBytes, 0);
});

test('an ample quota, one of another filesystem, and none change nothing', async () => {
  const plain = await apply();
  haveQuota(mountPointOf(directory), 0, 1024 * mebibyte, 0);
  assert.deepEqual(await apply(), plain);
  haveQuota('/proc', 0, mebibyte, 0);
  assert.deepEqual(await apply(), plain);
  havePrograms('echo "Disk quotas for user me (uid 1000): none"');
  assert.deepEqual(await apply(), plain);
  havePrograms('echo "quota: cannot ask" >&2; exit 1');
  assert.deepEqual(await apply(), plain);
});

test('between two answers, what was downloaded meanwhile counts', async () => {
  haveQuota(mountPointOf(directory), 0, 10 * mebibyte, 0);
  const quota = new DiskQuota();
  assert.equal((await apply(quota)).freeBytes, 10 * mebibyte);
  const metainfo = makeMetainfo({ files: [4 * mebibyte] });
  const torrents = new Map([[metainfo.infohash, makeLocal(metainfo, [4 * mebibyte])]]);
  assert.equal((await apply(quota, { torrents })).freeBytes, 6 * mebibyte);
  assert.equal(statSync(`${directory}/runs`).size, 'run\n'.length);
});

test('the seedbox measures with it, also for a directory that is not there yet', async () => {
  haveQuota(mountPointOf(directory), 0, 64 * 1024, 0);
  const view = await new Seedbox(directory).measure(bytesOfText(`${directory}/not/yet`), []);
  assert.deepEqual([view.freeBytes, view.isQuota], [64 * 1024, true]);
});
