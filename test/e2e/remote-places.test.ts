/** What lies on the remote afterwards: proved again, found gone, in the way, or damaged. */

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { rotate, threeFiles, untilLoaded, withRig } from './rotation.ts';

const kib = 1024;

test('history tells what was done, and verify whether it is all still there', async () => {
  await withRig(async (rig) => {
    const torrent = await threeFiles(rig, 'kept');
    await rotate(rig);
    const history = JSON.parse((await rig.drive(['history', '--json'])).stdout) as {
      events: { action: string; name: string; files: number; bytes: number; at: string; tookMs: number }[];
    };
    assert.deepEqual(
      history.events.map(({ action, name, files, bytes }) => [action, name, files, bytes]),
      ['load', 'ship', 'prove', 'purge', 'retire'].map((action) => [action, 'kept', 3, torrent.totalBytes]),
    );
    const last = await rig.drive(['history', '--limit', '1']);
    assert.match(last.stdout, /retired\s+kept\s+3\s+600 KiB/);
    assert.doesNotMatch(last.stdout, /shipped/);
    // When and how fast it was shipped, with which proof, and what was deleted.
    const table = await rig.drive(['history']);
    const when = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    const rows = [
      String.raw`shipped\s+kept\s+3\s+600 KiB\s.*iB\/s`,
      String.raw`proved\s+kept\s+3\s+600 KiB\s.*by checksum`,
      String.raw`deleted here\s+kept\s+3\s+600 KiB\s.*3 files, .* freed`,
    ];
    for (const row of rows) assert.match(table.stdout, new RegExp(`${when}\\s+${row}`));
    for (const { at, tookMs } of history.events) assert.ok(Date.parse(at) > 0 && tookMs >= 0);
    assert.equal((await rig.drive(['history', '--limit', 'few'])).exitCode, 64);

    const well = await rig.drive(['verify']);
    assert.equal(well.exitCode, 0, well.stderr);
    assert.match(well.stdout, /3 files of 1 torrent \(600 KiB\), names and sizes .*: all there/);
    assert.equal((await rig.drive(['verify', '--read-data'])).exitCode, 0);
    // One byte is changed and the size kept: only reading finds it.
    writeFileSync(join(rig.remote.path, 'kept', 'two.bin'), Buffer.alloc(200 * kib, 'z'));
    assert.equal((await rig.drive(['verify'])).exitCode, 0);
    const read = await rig.drive(['verify', '--read-data']);
    assert.equal(read.exitCode, 1);
    assert.match(read.stdout, /problem {2}kept\/two\.bin: has other content than when it was proved/);
    rmSync(join(rig.remote.path, 'kept', 'one.bin'));
    const gone = JSON.parse((await rig.drive(['verify', '--json'])).stdout) as { differences: unknown[] };
    assert.equal(gone.differences.length, 1);
    assert.match((await rig.drive(['verify'])).stdout, /kept\/one\.bin: is no longer there/);
  });
});

test('a signal ends the transfer, says so, and the next run takes it up', async () => {
  await withRig(
    async (rig) => {
      const torrent = await rig.addTorrent({
        name: 'signalled.bin',
        bytes: 3000 * kib,
        pieceLengthBytes: 64 * kib,
      });
      await untilLoaded(rig, torrent);
      rig.remote.setRateKiB(500);
      const run = rig.startDriver(['run']);
      await rig.until('the transfer is under way', async () => (await rig.remoteFiles()).size > 0);
      run.signal('SIGTERM');
      const { exitCode, stderr } = await run.finished;
      assert.equal(exitCode, 143, stderr);
      assert.match(stderr, /stopping: transfers are ended and go on next time/);
      assert.doesNotMatch(stderr, /could not/, 'what we ended has not failed');
      assert.equal((await rig.remoteFiles()).has('signalled.bin'), false);
      rig.remote.setRateKiB(0);
      await rotate(rig, { passes: 10 });
      await rig.expectShipped(torrent);
    },
    { remote: { rateKiB: 0 } },
  );
});

test('a remote path that is gone after files were shipped to it is a disk that is not mounted, and so is an empty directory in its place', async () => {
  await withRig(async (rig) => {
    const first = await rig.addTorrent({ name: 'first.bin', bytes: 50 * kib, pieceLengthBytes: 32 * kib });
    await rotate(rig);
    await rig.expectShipped(first);
    const second = await rig.addTorrent({ name: 'second.bin', bytes: 60 * kib, pieceLengthBytes: 32 * kib });
    await untilLoaded(rig, second);
    renameSync(rig.remote.path, `${rig.remote.path}.unmounted`);
    const gone = await rig.drive(['run']);
    assert.equal(gone.exitCode, 69);
    assert.match(
      gone.stderr,
      /is not there on bighost, though files were shipped to it — mount its disk there/,
    );
    assert.equal(existsSync(rig.remote.path), false, 'nothing was made in its place');
    assert.ok(rig.allocatedBytes() >= 60 * kib);
    mkdirSync(rig.remote.path);
    const empty = await rig.drive(['run']);
    assert.equal(empty.exitCode, 69);
    assert.match(
      empty.stderr,
      /is not what files were shipped to: its mark is missing — mount its disk there/,
    );
    assert.deepEqual(readdirSync(rig.remote.path), [], 'nothing was shipped to an empty mount point');
    rmdirSync(rig.remote.path);
    renameSync(`${rig.remote.path}.unmounted`, rig.remote.path);
    await rotate(rig, { passes: 5 });
    await rig.expectShipped(second);
  });
});

test('a symlink or a directory under the name on the remote stays, and the torrent goes to a place of its own', async () => {
  await withRig(async (rig) => {
    const torrents = [];
    for (const name of ['linked.bin', 'directory.bin']) {
      torrents.push(await rig.addTorrent({ name, bytes: 50 * kib, pieceLengthBytes: 32 * kib }));
    }
    symlinkSync('/nowhere', join(rig.remote.path, 'linked.bin'));
    mkdirSync(join(rig.remote.path, 'directory.bin'));
    await rotate(rig);
    assert.equal(readlinkSync(join(rig.remote.path, 'linked.bin')), '/nowhere');
    assert.deepEqual(readdirSync(join(rig.remote.path, 'directory.bin')), []);
    const files = await rig.remoteFiles();
    for (const torrent of torrents) {
      const name = torrent.name.toString();
      const path = `${name}.${torrent.infohash.slice(0, 8).toLowerCase()}/${name}`;
      assert.equal(files.get(path)?.sha256, torrent.files[0]?.sha256, path);
    }
  });
});

test('verify = size is content with names and sizes, of what we put there', async () => {
  await withRig(async (rig) => {
    rig.writeConfiguration({ verify: 'size' });
    const torrent = await threeFiles(rig, 'by size');
    const written = await rotate(rig);
    assert.match(written, /proved by size: 3 files, by size/);
    await rig.expectShipped(torrent);
  });
});

test('a file that was moved away on the remote costs that file, and not the torrent', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({
      name: 'sorted',
      files: Array.from({ length: 9 }, (_, index) => ({ path: [`file ${index}`], bytes: 100 * kib + index })),
      pieceLengthBytes: 32 * kib,
    });
    rig.writeConfiguration({ space_limit: Math.floor(torrent.totalBytes / 3) });
    await rotate(rig, { until: async () => (await rig.remoteFiles()).size >= 4 });
    rmSync(join(rig.remote.path, 'sorted', 'file 0'));
    const written = await rotate(rig);
    assert.match(written, /the remote no longer holds 1 file that was proved/);
    await rig.expectShipped(torrent);
    const shipped = [...written.matchAll(/shipped sorted: (\d+) of/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    assert.ok(
      shipped <= 6,
      `${shipped} files went over after four of nine were there, and one was taken away`,
    );
  });
});

test('a remote that is full is told with what it lacks, nothing is deleted, and it goes on once there is room', async () => {
  await withRig(async (rig) => {
    const torrent = await threeFiles(rig, 'too much');
    await untilLoaded(rig, torrent);
    // Each login sees a filesystem of 200 KiB in the place of the remote path, until the key's line is put back.
    const script = join(rig.directory, 'full');
    const mount = `mount -t tmpfs -o size=200k none "$1" && exec sh -c "$SSH_ORIGINAL_COMMAND"`;
    writeFileSync(script, `#!/bin/sh\nexec unshare -rm sh -c '${mount}' sh '${rig.remote.path}'\n`, {
      mode: 0o755,
    });
    const keys = join(rig.directory, 'sshd', 'authorized_keys');
    const plain = readFileSync(keys, 'utf8');
    writeFileSync(keys, `command="${script}" ${plain}`);
    const full = await rig.drive(['run']);
    assert.equal(full.exitCode, 75, full.stderr);
    assert.match(
      full.stderr,
      /could not ship too much: bighost has no room left for 600 KiB — make room below remote_path on bighost; it goes on by itself then/,
    );
    assert.ok(rig.allocatedBytes() >= 600 * kib, 'nothing was deleted');
    assert.match(
      (await rig.drive(['plan'])).stdout,
      /ship failed once: bighost has no room left for 600 KiB; tried again in 5m/,
    );
    writeFileSync(keys, plain);
    // The rest after a failure is over at once for a ledger that forgets it.
    const ledger = new DatabaseSync(
      join(rig.environment['XDG_STATE_HOME'] ?? '', 'rtorrent-low-space-driver', 'ledger.sqlite'),
    );
    ledger.exec('UPDATE failure SET retry_at_ms = 0');
    ledger.close();
    await rotate(rig, { passes: 5 });
    await rig.expectShipped(torrent);
  });
});

test("the user's own ssh configuration holds: another alias, behind a jump host", async () => {
  await withRig(async (rig) => {
    const file = join(rig.directory, 'sshd', 'ssh_config');
    const host = readFileSync(file, 'utf8');
    const behind = host.replace('Host bighost', 'Host behind').trimEnd();
    writeFileSync(file, `${host}\n${behind}\n  ProxyJump bighost\n`);
    rig.writeConfiguration({ remote_host: 'behind' });
    const torrent = await threeFiles(rig, 'jumped');
    const written = await rotate(rig);
    assert.match(written, /proved jumped/);
    await rig.expectShipped(torrent);
    const log = readFileSync(rig.remote.logPath, 'utf8');
    assert.ok((log.match(/Accepted publickey/g) ?? []).length >= 2, 'one login for the jump, one behind it');
  });
});
