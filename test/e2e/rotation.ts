/** What the end-to-end tests share: a rig for one test, and passes over it as cron would start them. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Rtorrent } from './rig/rtorrent.ts';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig, RigOptions } from './rig.ts';
import { startRig } from './rig.ts';

/** When a rotation has surely come to a stop. */
const rotationLimitMs = 240_000;

const torrentFields = [
  'd.name=',
  'd.is_active=',
  'd.hashing=',
  'd.peers_connected=',
  'd.bitfield=',
  'd.wanted_chunks=',
  'd.message=',
];
const peerFields = ['p.address=', 'p.is_incoming=', 'p.is_snubbed=', 'p.up_total=', 'p.down_total='];

export interface RotationOptions {
  /**
   * How many passes at the most, where the number is what is tested; each is followed by a short rest. Without it, as many
   * as it takes: peers that were lost by a stop come back to rtorrent after a minute, so no number of passes says enough.
   */
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
  const { passes = Infinity, restMs = 150, limitMs = 60_000, allowed = [0] } = options;
  const endMs = performance.now() + rotationLimitMs;
  const until = options.until ?? (() => readdirSync(rig.managedDirectory).length === 0);
  let written = '';
  let pass = 0;
  while (pass < passes && performance.now() < endMs) {
    pass += 1;
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
  const swarm = [await swarmOf('client', rig.client), await swarmOf('seeder', rig.seeder)].join('\n');
  assert.fail(
    `not done after ${pass} passes\n${plan.stdout}${plan.stderr}\n${written.slice(-4000)}\n${swarm}\n${rig.client.describe()}`,
  );
}

/** What a peer says of its torrents and connections: for messages. */
async function swarmOf(who: string, rtorrent: Rtorrent): Promise<string> {
  const torrents = await rtorrent.call('d.multicall2', '', 'main', ...torrentFields);
  const hashes = await rtorrent.call('download_list', '', 'main');
  const peers = await Promise.all(
    (Array.isArray(hashes) ? hashes : []).map((hash) =>
      rtorrent.call('p.multicall', typeof hash === 'string' ? hash : '', '', ...peerFields),
    ),
  );
  return `${who}: ${torrentFields.join(' ')}\n${inspect(torrents)}\n${peerFields.join(' ')}\n${inspect(peers, { depth: 3 })}`;
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

/**
 * Loads what waits, and comes back when these are complete. However quickly they are, the pass sends nothing of them: they
 * owe a ratio meanwhile that nobody reaches.
 */
export async function untilLoaded(rig: Rig, ...torrents: readonly RigTorrent[]): Promise<void> {
  const text = readFileSync(rig.configurationPath, 'utf8');
  writeFileSync(rig.configurationPath, text.replace(/^required_ratio *= *.*$/m, 'required_ratio = 1000'));
  await rig.drive(['run']);
  for (const torrent of torrents) await untilComplete(rig, torrent);
  writeFileSync(rig.configurationPath, text);
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
