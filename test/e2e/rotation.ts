/** What the end-to-end tests share: a rig for one test, and passes over it as cron would start them. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig, RigOptions } from './rig.ts';
import { startRig } from './rig.ts';

export interface RotationOptions {
  /** How many passes at the most; each is followed by a short rest. */
  readonly passes?: number;
  readonly restMs?: number;
  /** Exit codes that a pass may end with; anything else fails at once. */
  readonly allowed?: readonly number[];
  /** How long one pass may take; 60 s by default. */
  readonly limitMs?: number;
  /** Ends the rotation early. */
  readonly until?: () => boolean | Promise<boolean>;
}

/** Runs pass after pass until the managed directory is empty; answers with all that they wrote. */
export async function rotate(rig: Rig, options: RotationOptions = {}): Promise<string> {
  const { passes = 200, restMs = 150, limitMs = 60_000, allowed = [0] } = options;
  const until = options.until ?? (() => readdirSync(rig.managedDirectory).length === 0);
  let written = '';
  for (let pass = 1; pass <= passes; pass += 1) {
    const result = await rig.drive(['run'], { limitMs });
    written += result.stdout + result.stderr;
    assert.ok(
      result.exitCode !== null && allowed.includes(result.exitCode),
      `pass ${pass} ended with ${String(result.exitCode ?? result.signal)}:\n${written}`,
    );
    if (await until()) return written;
    await delay(restMs);
  }
  const plan = await rig.drive(['plan']);
  assert.fail(`not done after ${passes} passes\n${plan.stdout}${plan.stderr}\n${written.slice(-4000)}`);
}

/** A rig for the length of one piece of work. */
export async function withRig(work: (rig: Rig) => Promise<void>, options: RigOptions = {}): Promise<void> {
  const rig = await startRig(options);
  try {
    await work(rig);
  } finally {
    await rig.stop();
  }
}

export async function untilComplete(rig: Rig, torrent: RigTorrent): Promise<void> {
  await rig.until(
    'it is complete',
    async () => (await rig.client.call('d.complete', torrent.infohash)) === 1,
  );
}

/** A torrent of 600 KiB. */
export async function threeFiles(rig: Rig, name: string): Promise<RigTorrent> {
  return await rig.addTorrent({
    name,
    files: [
      { path: ['one.bin'], bytes: 300 * 1024 },
      { path: ['two.bin'], bytes: 200 * 1024 },
      { path: ['three.bin'], bytes: 100 * 1024 },
    ],
    pieceLengthBytes: 32 * 1024,
  });
}

/** Everything is on the remote, whole, and nothing at all is left here. */
export async function expectAllGone(rig: Rig, torrents: readonly RigTorrent[]): Promise<void> {
  for (const torrent of torrents) await rig.expectShipped(torrent);
  assert.deepEqual(readdirSync(rig.managedDirectory), []);
  assert.equal(rig.allocatedBytes(), 0, 'local data is left');
  assert.deepEqual(readdirSync(rig.client.downloadDirectory), [], 'directories are left');
  assert.deepEqual(await rig.client.call('download_list', '', 'main'), []);
}
