/** A torrent of 24 files, four times the limit, rolls through: within the limit, honest to peers, through every interruption. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Rig } from './rig.ts';
import type { RigTorrent } from './rig/torrents.ts';
import { expectAllGone, rotate, withRig } from './rotation.ts';

const kib = 1024;

async function addLarge(rig: Rig, name: string): Promise<{ large: RigTorrent; limitBytes: number }> {
  const large = await rig.addTorrent({
    name,
    files: Array.from({ length: 24 }, (_, index) => ({
      path: [`part ${index % 3}`, `same name.${index}`],
      // No multiple of the piece length: neighbours share their border pieces.
      bytes: 400 * kib + index * 1_001,
    })),
    pieceLengthBytes: 16 * kib,
  });
  const limitBytes = Math.floor(large.totalBytes / 4);
  rig.writeConfiguration({ space_limit: limitBytes });
  return { large, limitBytes };
}

async function fetchedBytes(rig: Rig, { infohash }: RigTorrent): Promise<number> {
  return Number(await rig.seeder.call('d.up.total', infohash));
}

test('it keeps within the limit, and next to nothing is fetched twice', async () => {
  await withRig(
    async (rig) => {
      const { large, limitBytes } = await addLarge(rig, 'rolling');
      const sampling = rig.sampleAllocation();
      const written = await rotate(rig);
      const { peakBytes } = sampling.stop();
      assert.ok(peakBytes <= limitBytes, `${peakBytes} of ${limitBytes} bytes were allocated\n${written}`);
      assert.ok(written.split('moved on in rolling').length > 3, `it did not roll\n${written}`);
      const twice = (await fetchedBytes(rig, large)) / large.totalBytes - 1;
      assert.ok(twice < 0.02, `${(twice * 100).toFixed(1)} % were fetched twice\n${written}`);
      await expectAllGone(rig, [large]);
    },
    { seedRateKiB: 2048 },
  );
});

test('a fresh peer gets all that is still here, and no bad piece, after the window has moved', async () => {
  await withRig(
    async (rig) => {
      const { large } = await addLarge(rig, 'honest');
      let run = rig.startDriver(['run']);
      await rig.until(
        'eight files are on the remote',
        async () => {
          // A pass ends where nothing is under way, or goes on to the very end.
          const isOver = await Promise.race([run.finished.then(() => true), delay(0, false)]);
          if (isOver) run = rig.startDriver(['run']);
          return (await rig.remoteFiles()).size >= 8;
        },
        60_000,
      );
      run.signal('SIGTERM');
      await run.finished;
      const held = async (): Promise<number> =>
        Number(await rig.client.call('d.completed_bytes', large.infohash));
      // It may just have rolled, and hold nothing yet.
      await rig.until('pieces of others are here', async () => (await held()) > 100 * kib, 60_000);
      await rig.seeder.pause(large);
      const leecher = await rig.startLeecher();
      await leecher.download(large);
      await rig.until(
        'the peer has all that is here',
        async () => (await leecher.completedBytes(large)) === (await held()),
        60_000,
      );
      assert.ok((await held()) < large.totalBytes / 3, 'most of it is gone');
      // Meanwhile it rolls on under the peer.
      await rig.seeder.resume(large);
      // It dials no peer again within ten minutes; as a new process it knows of none.
      await rig.client.restart({ kill: false });
      await rotate(rig);
      await rig.until(
        'the peer has all of it, from us and from the seed',
        async () => (await leecher.completedBytes(large)) === large.totalBytes,
        60_000,
      );
      assert.equal(await leecher.badBytes(large), 0);
      await expectAllGone(rig, [large]);
    },
    { seedRateKiB: 1024 },
  );
});

test('kills, lost sessions and cut connections cost time, and no file that was shipped is fetched again', async () => {
  await withRig(
    async (rig) => {
      const { large, limitBytes } = await addLarge(rig, 'battered');
      const interruptions: readonly (() => Promise<unknown> | number)[] = [
        () => rig.remote.cut(),
        () => rig.client.restart({ kill: true }),
        () => restartWithoutSession(rig),
        () => rig.client.restart({ kill: false }),
      ];
      const sampling = rig.sampleAllocation();
      for (const interrupt of interruptions) {
        for (const isDriverKilled of [false, true]) {
          const run = rig.startDriver(['run']);
          await Promise.race([run.finished, delay(1_100)]);
          await interrupt();
          if (isDriverKilled) run.signal('SIGKILL');
          await Promise.race([run.finished, delay(500)]);
          run.signal('SIGKILL');
          await run.finished;
        }
        // What failed for want of rtorrent or the remote would rest for minutes.
        await rig.drive(['retry', 'all']);
      }
      assert.ok(readdirSync(rig.managedDirectory).length > 0, 'all was over before the last interruption');
      const fetchedOfFinished = await fetchedBytes(rig, large);
      await rig.seeder.setRateKiB(0);
      await rotate(rig, { allowed: [0, 75] });
      const { peakBytes } = sampling.stop();
      assert.ok(peakBytes <= limitBytes, `${peakBytes} of ${limitBytes} bytes were allocated`);
      // What was not shipped yet when rtorrent was killed, it may fetch anew: four times what was here.
      const mostBytes = large.totalBytes * 1.02 + 4 * limitBytes;
      const fetched = await fetchedBytes(rig, large);
      assert.ok(fetched <= mostBytes, `${fetched} bytes were fetched (${fetchedOfFinished} before the end)`);
      await expectAllGone(rig, [large]);
    },
    { seedRateKiB: 900 },
  );
});

test('a hash check by hand in the middle costs no file that was shipped, and no more than the limit', async () => {
  await withRig(
    async (rig) => {
      const { large, limitBytes } = await addLarge(rig, 'checked');
      const sampling = rig.sampleAllocation();
      const rotation = rotate(rig);
      for (const files of [3, 9]) {
        await rig.until(
          `${files} files are on the remote`,
          async () => (await rig.remoteFiles()).size >= files,
          60_000,
        );
        // Between two loads of a roll it is not there.
        await rig.until(
          'it is checked',
          async () => (await rig.client.call('d.check_hash', large.infohash)) === 0,
        );
      }
      const written = await rotation;
      const { peakBytes } = sampling.stop();
      assert.ok(peakBytes <= limitBytes, `${peakBytes} of ${limitBytes} bytes were allocated\n${written}`);
      const twice = (await fetchedBytes(rig, large)) / large.totalBytes - 1;
      assert.ok(twice < 0.05, `${(twice * 100).toFixed(1)} % were fetched twice\n${written}`);
      await expectAllGone(rig, [large]);
    },
    { seedRateKiB: 1024 },
  );
});

test('killed in the middle of its window, rtorrent fetches nothing again that is on the disk', async () => {
  await withRig(
    async (rig) => {
      // No file is whole in this test: what is fetched stays here.
      const files = ['a', 'b', 'c'].map((name) => ({ path: [name], bytes: 4_000 * kib + 7 }));
      const large = await rig.addTorrent({ name: 'remembered', files, pieceLengthBytes: 16 * kib });
      rig.writeConfiguration({ space_limit: Math.floor((large.totalBytes / 4) * 3) });
      const ask = async (...call: readonly [string, ...string[]]): Promise<number> =>
        Number(await rig.client.call(call[0], large.infohash, ...call.slice(1)).catch(() => 0));
      const held = (): Promise<number> => ask('d.completed_bytes');
      const isLoadedAnew = async (): Promise<boolean> =>
        (await ask('d.is_active')) === 1 &&
        (await ask('d.custom', 'drv.loaded')) === (await ask('d.load_date'));
      const loadAndFetch = async (): Promise<void> => {
        await rotate(rig, { until: isLoadedAnew });
        const [readHere, loadedAtSeconds] = [await held(), await ask('d.load_date')];
        // In seconds are rtorrent's times: started anew in the very second of the load, it could not be told.
        await rig.until(
          'more has come, and another second',
          async () => (await held()) > readHere + 400 * kib && Date.now() >= (loadedAtSeconds + 1) * 1_000,
          60_000,
        );
      };
      await loadAndFetch();
      // Of files that lie there when it is loaded, its session keeps the pieces of that moment, and reads them no more.
      await rig.client.restart({ kill: false });
      await loadAndFetch();
      await rig.seeder.pause(large);
      const before = await held();
      await rig.client.restart({ kill: true });
      await rig.until('rtorrent has read what it doubts', async () => (await ask('d.is_active')) === 1);
      const remembered = await held();
      assert.ok(remembered < before - 100 * kib, `its session knew ${remembered} of ${before} bytes`);
      await rotate(rig, { until: isLoadedAnew });
      assert.ok((await held()) >= before, `${await held()} of ${before} bytes that are on the disk`);
    },
    { seedRateKiB: 300 },
  );
});

async function restartWithoutSession(rig: Rig): Promise<void> {
  await rig.client.stop({ kill: true });
  rmSync(rig.client.sessionDirectory, { recursive: true, force: true });
  mkdirSync(rig.client.sessionDirectory);
  await rig.client.start();
}
