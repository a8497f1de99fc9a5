/** Troubles of the remote and of the disk, as users of such tools are bitten by them, over real parts. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rotate, threeFiles, untilLoaded, withRig } from './rotation.ts';

const kib = 1024;

test('files of the right names but no content on the remote prove nothing', async () => {
  // By the count of remote files the predecessor takes this torrent for shipped, and deletes it.
  await withRig(async (rig) => {
    const torrent = await threeFiles(rig, 'counted');
    const directory = join(rig.remote.path, 'counted');
    mkdirSync(directory, { recursive: true });
    for (const name of ['one.bin', 'two.bin', 'three.bin']) writeFileSync(join(directory, name), '');
    await rotate(rig);
    const files = await rig.remoteFiles();
    const place = `counted.${torrent.infohash.slice(0, 8).toLowerCase()}`;
    for (const file of torrent.files) {
      const name = file.path.toString('latin1');
      assert.equal(files.get(name)?.bytes, 0, `${name} is not ours, and is left as it was`);
      assert.equal(
        files.get(name.replace('counted', place))?.sha256,
        file.sha256,
        `${name} is at a place of its own`,
      );
    }
  });
});

test('content of the right name and size that differs is left alone as well', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({
      name: 'lookalike.bin',
      bytes: 100 * kib,
      pieceLengthBytes: 32 * kib,
    });
    writeFileSync(join(rig.remote.path, 'lookalike.bin'), Buffer.alloc(100 * kib, 'x'));
    await rotate(rig);
    const files = await rig.remoteFiles();
    const place = `lookalike.bin.${torrent.infohash.slice(0, 8).toLowerCase()}/lookalike.bin`;
    assert.equal(files.get(place)?.sha256, torrent.files[0]?.sha256);
    assert.notEqual(files.get('lookalike.bin')?.sha256, torrent.files[0]?.sha256);
    assert.equal(files.size, 2);
  });
});

test('a byte that was damaged on the remote after the transfer is found, sent again, and only then is anything deleted', async () => {
  await withRig(
    async (rig) => {
      const torrent = await rig.addTorrent({
        name: 'damaged.bin',
        bytes: 3000 * kib,
        pieceLengthBytes: 64 * kib,
      });
      await untilLoaded(rig, torrent);
      // The run is killed once the file is there under its name, and the file is changed behind its back.
      rig.remote.setRateKiB(2000);
      const run = rig.startDriver(['run']);
      await rig.until('the transfer is under way', async () => (await rig.remoteFiles()).size > 0);
      run.signal('SIGKILL');
      await run.finished;
      rig.remote.setRateKiB(0);
      const path = join(rig.remote.path, 'damaged.bin');
      writeFileSync(path, Buffer.alloc(3000 * kib, 'y'));
      const written = await rotate(rig, { passes: 10 });
      assert.match(written, /proved damaged\.bin/);
      await rig.expectShipped(torrent);
    },
    { remote: { rateKiB: 0 } },
  );
});

test('content that is on the remote already, and identical, is proved and not sent again', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({ name: 'there.bin', bytes: 500 * kib, pieceLengthBytes: 32 * kib });
    await untilLoaded(rig, torrent);
    const shipped = await rig.drive(['run', '--verbose']);
    assert.match(shipped.stderr, /shipped there\.bin/);
    await rig.expectShipped(torrent);
    // The same torrent again, with the ledger lost: it is fetched again, but nothing goes over the line twice.
    const ledger = join(rig.environment['XDG_STATE_HOME'] ?? '', 'rtorrent-low-space-driver');
    for (const name of readdirSync(ledger))
      if (name.startsWith('ledger')) writeFileSync(join(ledger, name), '');
    writeFileSync(torrent.torrentPath, torrent.metainfo);
    const written = await rotate(rig, { passes: 10 });
    assert.match(written, /proved there\.bin/);
    assert.doesNotMatch(written, /shipped there\.bin/);
    await rig.expectShipped(torrent);
  });
});

test('a remote that is down is named with a fix, nothing is deleted, and it goes on by itself', async () => {
  await withRig(async (rig) => {
    const torrent = await threeFiles(rig, 'patient');
    await untilLoaded(rig, torrent);
    await rig.remote.stop();
    const down = await rig.drive(['run']);
    assert.equal(down.exitCode, 69);
    assert.match(
      down.stderr,
      /the remote cannot be seen: bighost cannot be reached — see whether this works: ssh bighost true/,
    );
    assert.ok(rig.allocatedBytes() >= 600 * kib);
    await rig.remote.start();
    await rotate(rig, { passes: 5 });
    await rig.expectShipped(torrent);
  });
});

test('a transfer that is cut is taken up again, and no partial file ever stands under its final name', async () => {
  await withRig(
    async (rig) => {
      const torrent = await rig.addTorrent({
        name: 'cut.bin',
        bytes: 3000 * kib,
        pieceLengthBytes: 64 * kib,
      });
      await untilLoaded(rig, torrent);
      rig.remote.setRateKiB(1000);
      const run = rig.startDriver(['run']);
      await rig.until('the transfer is under way', async () =>
        [...(await rig.remoteFiles()).keys()].some((path) => path.includes('cut.bin')),
      );
      assert.equal((await rig.remoteFiles()).has('cut.bin'), false, 'not under its final name yet');
      rig.remote.cut();
      const { exitCode, stderr } = await run.finished;
      assert.equal(exitCode, 75, stderr);
      assert.match(stderr, /could not ship cut\.bin/);
      assert.equal((await rig.remoteFiles()).has('cut.bin'), false);
      assert.ok(rig.allocatedBytes() >= 3000 * kib);
      rig.remote.setRateKiB(0);
      const resting = await rig.drive(['plan']);
      assert.match(resting.stdout, /cut\.bin\s.*\sship failed once: .*; tried again in/);
    },
    { remote: { rateKiB: 0 } },
  );
});

test('what rtorrent closed for low disk space is started again once there is room', async () => {
  await withRig(async (rig) => {
    await rig.seeder.setRateKiB(100);
    const torrent = await threeFiles(rig, 'closed');
    await rig.drive(['run']);
    // The guard's own command, with a threshold that no disk meets.
    await rig.client.call('close_low_diskspace', '', '900000000M').catch(() => undefined);
    await rig.until(
      'rtorrent closed it',
      async () => (await rig.client.call('d.is_open', torrent.infohash)) === 0,
    );
    assert.equal(await rig.client.call('d.state', torrent.infohash), 1);
    const result = await rig.drive(['run']);
    assert.match(result.stderr, /started again closed/);
    // Its peers come back when rtorrent dials them again, up to ten minutes later: that is not waited for here.
    assert.equal(await rig.client.call('d.is_active', torrent.infohash), 1);
    assert.equal(await rig.client.call('d.message', torrent.infohash), '');
  });
});

test("another torrent's files, links and the user's own files in the directory are never deleted", async () => {
  // The manifest rule: only what the metainfo lists goes, reached through no symlink.
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({
      name: 'shared',
      files: [
        { path: ['mine.bin'], bytes: 200 * kib },
        { path: ['sub', 'deep.bin'], bytes: 100 * kib },
      ],
      pieceLengthBytes: 32 * kib,
    });
    await untilLoaded(rig, torrent);
    const directory = join(rig.client.downloadDirectory, 'shared');
    const outside = join(rig.directory, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'precious');
    symlinkSync(outside, join(directory, 'link'));
    writeFileSync(join(directory, 'notes.txt'), 'the user wrote this');
    const written = await rotate(rig, { passes: 5 });
    await rig.expectShipped(torrent);
    assert.deepEqual(readdirSync(directory).sort(), ['link', 'notes.txt']);
    assert.ok(existsSync(join(outside, 'precious')));
    assert.match(written, /notice about shared: .*notes\.txt stays: it is not the torrent's own/);
  });
});

test('two torrents with one name never share a place: neither here nor on the remote', async () => {
  await withRig(async (rig) => {
    const first = await rig.addTorrent({
      name: 'same',
      files: [{ path: ['a.bin'], bytes: 100 * kib }],
      pieceLengthBytes: 32 * kib,
      torrentFileName: 'first.torrent',
    });
    await untilLoaded(rig, first);
    // The second one describes other content under the very same paths; it is never seeded.
    await rig.addTorrent({
      name: 'same',
      files: [{ path: ['a.bin'], bytes: 150 * kib }],
      pieceLengthBytes: 32 * kib,
      torrentFileName: 'second.torrent',
      seeded: false,
    });
    const plan = await rig.drive(['plan']);
    assert.match(
      plan.stdout,
      /same\s.*\sanother torrent in rtorrent uses \S+\/same — it is loaded when that one is gone/,
    );
    await rotate(rig, { until: () => readdirSync(rig.managedDirectory).length === 1 });
    await rig.expectShipped(first);
    await rotate(rig, {
      passes: 3,
      until: async () => (await rig.client.call('download_list', '', 'main')) !== '',
    });
    await rig.expectShipped(first);
  });
});

test('entries of the managed directory that hold no torrent are named and skipped; a torrent listed twice counts once', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({ name: 'twice.bin', bytes: 100 * kib, pieceLengthBytes: 32 * kib });
    const put = (name: string, content: string | Buffer): void => {
      writeFileSync(join(rig.managedDirectory, name), content);
    };
    put('a copy.torrent', torrent.metainfo);
    put('half.torrent', torrent.metainfo.subarray(0, 100));
    put('empty.torrent', '');
    put('notes.txt', 'no torrent at all');
    mkdirSync(join(rig.managedDirectory, 'directory'));
    const plan = await rig.drive(['plan', '--json']);
    const seen = JSON.parse(plan.stdout) as {
      actions: { name: string; action: string }[];
      rejected: { path: string; reason: string }[];
    };
    assert.deepEqual(
      seen.actions.map(({ name, action }) => `${action} ${name}`),
      ['load twice.bin'],
    );
    assert.deepEqual(seen.rejected.map(({ path }) => path.slice(rig.managedDirectory.length + 1)).sort(), [
      'directory',
      'empty.torrent',
      'half.torrent',
      'notes.txt',
    ]);
    const isRotated = (): boolean => readdirSync(rig.managedDirectory).length === 4;
    const written = await rotate(rig, { until: isRotated });
    await rig.expectShipped(torrent);
    for (const name of ['directory', 'empty.torrent', 'half.torrent', 'notes.txt']) {
      assert.match(written, new RegExp(`skipped \\S*/${name.replace('.', '\\.')}: `));
    }
  });
});
