/** Troubles on this side: sessions lost, torrents moved, erased or removed by hand, a full disk, a read-only state directory. */

import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';
import { expectAllGone, rotate, untilComplete, untilLoaded, withRig } from './rotation.ts';

const kib = 1024;

async function twelveFiles(rig: Rig, name: string): Promise<RigTorrent> {
  return await rig.addTorrent({
    name,
    files: Array.from({ length: 12 }, (_, index) => ({
      path: [`file ${index}`],
      bytes: 100 * kib + index * 501,
    })),
    pieceLengthBytes: 32 * kib,
  });
}

/** rtorrent dies and forgets all torrents; the data stays. */
async function loseSession(rig: Rig): Promise<void> {
  await rig.client.stop({ kill: true });
  rmSync(rig.client.sessionDirectory, { recursive: true, force: true });
  mkdirSync(rig.client.sessionDirectory);
  await rig.client.start();
}

test('a session that is lost costs a hash check: what is on disk is not fetched again', async () => {
  await withRig(async (rig) => {
    const torrent = await twelveFiles(rig, 'whole');
    await untilLoaded(rig, torrent);
    await rig.seeder.pause(torrent);
    await loseSession(rig);
    await rotate(rig);
    await expectAllGone(rig, [torrent]);
  });
});

test('a session that is lost while a torrent is fetched in parts: what was shipped is not fetched again', async () => {
  await withRig(async (rig) => {
    const torrent = await twelveFiles(rig, 'parts');
    const limitBytes = Math.floor(torrent.totalBytes / 3);
    rig.writeConfiguration({ space_limit: limitBytes });
    const sampling = rig.sampleAllocation();
    await rotate(rig, { until: async () => (await rig.remoteFiles()).size >= 3 });
    const before = await rig.remoteFiles();
    await loseSession(rig);
    const written = await rotate(rig);
    assert.ok(sampling.stop().peakBytes <= limitBytes, written);
    assert.ok(before.size >= 3);
    await expectAllGone(rig, [torrent]);
  });
});

test('torrents that were loaded by hand into another directory are shipped from there, and leave nothing there', async () => {
  await withRig(async (rig) => {
    const elsewhere = join(rig.directory, 'else where, "quoted"');
    mkdirSync(elsewhere);
    const whole = await rig.addTorrent({
      name: 'moved',
      files: [{ path: ['a'], bytes: 90 * kib }],
      pieceLengthBytes: 32 * kib,
    });
    const large = await twelveFiles(rig, 'moved and large');
    await rig.seeder.setRateKiB(100);
    const place = elsewhere.replaceAll('"', '\\"');
    for (const { metainfo } of [whole, large]) {
      await rig.client.call('load.raw_start', '', metainfo, `d.directory.set="${place}"`);
    }
    await untilComplete(rig, whole);
    await rig.until('a part of the large one is there', async () => {
      return Number(await rig.client.call('d.completed_bytes', large.infohash)) > 200 * kib;
    });
    // Next to nothing more arrives before the run looks, however long it takes to start.
    await rig.seeder.setRateKiB(1);
    // Too large as a whole: it is taken out and fetched in parts, in its own directory all the while.
    rig.writeConfiguration({ space_limit: Math.floor(large.totalBytes / 2) });
    const first = await rig.drive(['run']);
    assert.match(first.stderr, /took out moved and large: its data stays\n.*chose files of moved and large/);
    await rig.seeder.setRateKiB(0);
    await rotate(rig);
    await expectAllGone(rig, [whole, large]);
    assert.deepEqual(readdirSync(elsewhere), [], 'nothing is left where they were');
  });
});

test('a torrent that is erased by hand is loaded again, one whose .torrent is taken away is left alone', async () => {
  await withRig(async (rig) => {
    const erased = await twelveFiles(rig, 'erased');
    const removed = await twelveFiles(rig, 'removed');
    await untilLoaded(rig, erased, removed);
    await rig.client.call('d.erase', erased.infohash);
    rmSync(removed.torrentPath);
    await rotate(rig);
    await rig.expectShipped(erased);
    assert.equal(await rig.client.call('d.complete', removed.infohash), 1, 'it is unmanaged now');
    assert.ok(rig.allocatedBytes() >= removed.totalBytes);
    const files = await rig.remoteFiles();
    assert.equal([...files.keys()].filter((path) => path.startsWith('removed')).length, 0);
  });
});

test('a state directory that cannot be written, or a ledger from the future, is named with a fix, and nothing is done', async () => {
  await withRig(async (rig) => {
    await twelveFiles(rig, 'waiting');
    const environment = { ...rig.environment, XDG_STATE_HOME: rig.configurationPath };
    const refused = await rig.drive(['run'], { environment });
    assert.equal(refused.exitCode, 75);
    assert.match(
      refused.stderr,
      /cannot open the lock .*ENOTDIR.* — make the directory writable, or set XDG_STATE_HOME to one that is/,
    );
    assert.deepEqual(await rig.client.call('download_list', '', 'main'), []);

    const state = join(rig.environment['XDG_STATE_HOME'] ?? '', 'rtorrent-low-space-driver');
    mkdirSync(state, { recursive: true });
    writeFileSync(
      join(state, 'ledger.sqlite'),
      'this is no database, but it is long enough to be taken for one by its size',
    );
    const damaged = await rig.drive(['run']);
    assert.equal(damaged.exitCode, 75);
    assert.match(
      damaged.stderr,
      /ledger\.sqlite: file is not a database — move it away: losing it costs time, never data/,
    );
    assert.deepEqual(await rig.client.call('download_list', '', 'main'), []);
  });
});

test('a download directory that is reached through a symlink is one place with the real one', async () => {
  const rig = await startRig();
  try {
    const real = join(rig.environment['HOME'] ?? '', 'real downloads');
    mkdirSync(real);
    symlinkSync(real, join(rig.directory, 'link'));
    const stranger = await rig.addTorrent({
      name: 'shared',
      files: [{ path: ['theirs'], bytes: 40 * kib }],
      pieceLengthBytes: 32 * kib,
      managed: false,
    });
    // The stranger lies in the real directory; ours is loaded by way of the link, into the very same place.
    await rig.client.call('load.raw_start', '', stranger.metainfo, `d.directory.set="${real}"`);
    await rig.until('the stranger is complete', async () =>
      Number(await rig.client.call('d.complete', stranger.infohash)),
    );
    await rig.client.call('directory.default.set', '', join(rig.directory, 'link'));
    const twin = await rig.addTorrent({
      name: 'shared',
      files: [{ path: ['ours'], bytes: 50 * kib }],
      pieceLengthBytes: 32 * kib,
      seeded: false,
    });
    const plan = await rig.drive(['plan']);
    assert.match(plan.stdout, /shared\s.*\sanother torrent in rtorrent uses \S*real downloads\/shared/);
    rmSync(twin.torrentPath);
    const whole = await rig.addTorrent({ name: 'whole.bin', bytes: 60 * kib, pieceLengthBytes: 32 * kib });
    await rotate(rig);
    await rig.expectShipped(whole);
    assert.deepEqual(readdirSync(real), ['shared']);
    assert.deepEqual(readdirSync(join(real, 'shared')), ['theirs']);
  } finally {
    await rig.stop();
  }
});

test('a disk that others fill up keeps torrents waiting, and costs nothing but time', async () => {
  const mebibyte = 1024 ** 2;
  await withRig(
    async (rig) => {
      const large = await rig.addTorrent({
        name: 'large.bin',
        bytes: 8 * mebibyte,
        pieceLengthBytes: 64 * kib,
      });
      const loaded = await rig.drive(['run']);
      assert.equal(loaded.exitCode, 0, loaded.stderr);
      await rig.until('some of it has come', async () => {
        return Number(await rig.client.call('d.completed_bytes', large.infohash)) > 512 * kib;
      });
      const ballast = join(rig.client.downloadDirectory, 'of others');
      fillUp(ballast);
      // rtorrent may die of it, or hang on without a word, by kernel and version: it is started again in any case.
      await rig.client.restart({ kill: true });
      const other = await rig.addTorrent({ name: 'other.bin', bytes: mebibyte, pieceLengthBytes: 64 * kib });
      const full = await rig.drive(['run']);
      assert.equal(full.exitCode, 0, full.stderr);
      assert.deepEqual(await rig.client.call('download_list', '', 'main'), [large.infohash]);
      assert.match((await rig.drive(['plan'])).stdout, /other\.bin\s.*(needs|takes) /);

      rmSync(ballast);
      await rig.seeder.setRateKiB(0);
      await rig.client.restart({ kill: true });
      await rotate(rig);
      await expectAllGone(rig, [large, other]);
    },
    { client: { diskBytes: 24 * mebibyte, lowDiskspaceTimer: 'off' }, seedRateKiB: 512 },
  );
});

/** Writes until there is no room left, down to the last block. */
function fillUp(path: string): void {
  const file = openSync(path, 'w');
  for (const bytes of [1024 ** 2, 4096]) {
    assert.throws(() => writeForEver(file, Buffer.alloc(bytes, 1)), { code: 'ENOSPC' });
  }
  closeSync(file);
}

function writeForEver(file: number, block: Buffer): never {
  for (;;) writeSync(file, block);
}
