/** Duty, stalls and wishes over real parts: what seeds on, what is set aside and taken up again, what users tell the driver. */

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Rig } from './rig.ts';
import type { RigTorrent } from './rig/torrents.ts';
import { expectAllGone, rotate, untilLoaded, withRig } from './rotation.ts';

const kib = 1024;
const piece = { pieceLengthBytes: 32 * kib };

test('shipped when complete, a torrent seeds on, and is deleted once its ratio is reached', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({ name: 'on.bin', bytes: 700 * kib, ...piece });
    rig.writeConfiguration({ required_ratio: '1.0', ship_when: 'completed' });
    await rotateUntilShipped(rig, torrent);
    const again = await rig.drive(['run']);
    assert.equal(again.exitCode, 0, again.stderr);
    assert.equal(await rig.client.call('d.is_active', torrent.infohash), 1, 'it seeds on');
    const plan = await rig.drive(['plan']);
    assert.match(plan.stdout, /on\.bin.*on the remote, seeding on: ratio 0\.\d\d of 1\.00; at most 30d/);
    await rig.seeder.pause(torrent);
    const leecher = await rig.startLeecher();
    await leecher.download(torrent);
    await rig.until(
      'the ratio is reached',
      async () => Number(await rig.client.call('d.up.total', torrent.infohash)) >= torrent.totalBytes,
      60_000,
    );
    await rotate(rig, { passes: 2 });
    await expectAllGone(rig, [torrent]);
  });
});

test('a torrent is shipped once it has seeded for the time that its tracker asks for, whatever its ratio', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({ name: 'time.bin', bytes: 100 * kib, ...piece });
    rig.writeConfiguration({
      required_ratio: '9',
      required_seed_time: '300d',
      duty: 'all',
      max_seed_time: '400d',
    });
    await untilLoaded(rig, torrent);
    const waiting = await rig.drive(['plan']);
    assert.match(waiting.stdout, /seeding: ratio 0\.00 of 9\.00, and \d+s of 300d; at most 400d/);
    const host = new URL(rig.tracker.announceUrl).hostname;
    const own = [`[tracker ${host}]`, 'duty = any', 'required_seed_time = 2s'];
    appendFileSync(rig.configurationPath, `\n${own.join('\n')}\n`);
    await rig.until('it has seeded for so long', async () => {
      await rig.drive(['run']);
      return (await rig.remoteFiles()).size > 0;
    });
    await rotate(rig, { passes: 2 });
    await expectAllGone(rig, [torrent]);
  });
});

test('a dead torrent is set aside while others go on, and taken up again when somebody has it', async () => {
  await withRig(async (rig) => {
    const dead = await rig.addTorrent({ name: 'dead.bin', bytes: 600 * kib, ...piece });
    await rig.seeder.pause(dead);
    rig.writeConfiguration({ space_limit: 1000 * kib });
    await rig.drive(['run']);
    const next = await rig.addTorrent({ name: 'next.bin', bytes: 700 * kib, ...piece });
    const early = await rig.drive(['plan']);
    assert.match(early.stdout, /next\.bin.*needs .* left/);
    letTimePass(rig, 3_600_000);
    await rotateUntilShipped(rig, next);
    const resting = await rig.drive(['plan']);
    assert.match(resting.stdout, /dead\.bin.*download failed once: nothing arrived for 1h.*tried again in/);
    assert.equal(await rig.client.call('d.hash', dead.infohash).catch(() => 'gone'), 'gone');
    await rig.seeder.resume(dead);
    const retried = await rig.drive(['retry', 'dead']);
    assert.match(retried.stdout, /^dead\.bin: tried again/);
    await rotate(rig);
    await expectAllGone(rig, [dead, next]);
  });
});

test('what is paused is left alone, the urgent comes first, and names may be shortened', async () => {
  await withRig(async (rig) => {
    const small = await rig.addTorrent({ name: 'small.bin', bytes: 100 * kib, ...piece });
    const large = await rig.addTorrent({ name: 'large.bin', bytes: 300 * kib, ...piece });
    const lesser = await rig.addTorrent({ name: 'large.txt', bytes: 50 * kib, ...piece });
    const low = `${rig.managedDirectory}/low`;
    mkdirSync(low);
    renameSync(`${rig.managedDirectory}/large.txt.torrent`, `${low}/large.txt.torrent`);
    rig.writeConfiguration({ space_limit: 340 * kib });

    const several = await rig.drive(['pause', 'large']);
    assert.equal(several.exitCode, 64);
    assert.match(several.stderr, /several torrents are called so.*large\.bin \([0-9a-f]{8}\), large\.txt \(/);
    assert.equal((await rig.drive(['pause', 'none'])).exitCode, 64);

    assert.equal((await rig.drive(['priority', 'large.bin', 'high'])).exitCode, 0);
    const paused = await rig.drive(['pause', small.infohash.slice(0, 8).toLowerCase()]);
    assert.match(paused.stdout, /^small\.bin: paused/);
    const plan = await rig.drive(['plan']);
    assert.match(plan.stdout, /large\.bin.*load it whole/);
    assert.match(plan.stdout, /small\.bin.*paused by command/);
    assert.match(plan.stdout, /large\.txt.*needs/);
    await rotateUntilShipped(rig, large);
    await rig.until('the one that is not urgent goes as well', async () => {
      await rig.drive(['run']);
      return (await rig.remoteFiles()).size === 2;
    });
    assert.equal(await rig.client.call('d.hash', small.infohash).catch(() => 'gone'), 'gone');

    assert.match((await rig.drive(['resume', 'all'])).stdout, /^all torrents: resumed/);
    await rotate(rig, { until: () => readdirSync(rig.managedDirectory, { recursive: true }).length === 1 });
    rmdirSync(low);
    await expectAllGone(rig, [small, large, lesser]);
  });
});

/** Passes, until all of the torrent is on the remote. */
async function rotateUntilShipped(rig: Rig, torrent: RigTorrent): Promise<void> {
  await rig.until(
    'it is on the remote',
    async () => {
      const { exitCode, stderr } = await rig.drive(['run']);
      assert.equal(exitCode, 0, stderr);
      const names = [...(await rig.remoteFiles()).keys()];
      return names.some((name) => name === torrent.name.toString('latin1'));
    },
    60_000,
  );
}

/** As if the last that arrived had arrived so much earlier. */
function letTimePass(rig: Rig, ms: number): void {
  const ledger = new DatabaseSync(`${rig.directory}/state/rtorrent-low-space-driver/ledger.sqlite`);
  const { changes } = ledger.prepare('UPDATE progress SET at_ms = at_ms - ?').run(ms);
  ledger.close();
  assert.ok(Number(changes) > 0);
}
