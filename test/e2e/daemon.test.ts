/** The daemon over real parts: it picks up what comes, ships while others download, survives the world, and ends when told. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openNotifySocket } from '../support/notify-socket.ts';
import type { DriverOptions, DriverRun } from './rig/driver-runs.ts';
import type { RigTorrent } from './rig/torrents.ts';
import { expectAllGone, threeFiles, untilComplete, withRig } from './rotation.ts';
import type { Rig } from './rig.ts';

const kib = 1024;

/** A daemon that watches the managed directory already. */
async function startDaemon(rig: Rig, options: DriverOptions = {}): Promise<DriverRun> {
  const run = rig.startDriver(['daemon'], options);
  await untilSaid(rig, run, /watching/);
  return run;
}

async function untilSaid(rig: Rig, run: DriverRun, words: RegExp): Promise<void> {
  await rig
    .until(`the daemon says ${words.source}`, () => words.test(run.output().stderr))
    .catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${run.output().stderr}`);
    });
}

async function untilRetired(rig: Rig, run: DriverRun, count: number): Promise<void> {
  await rig
    .until(
      `${count} torrents are left in the managed directory`,
      () => readdirSync(rig.managedDirectory).length === count,
      60_000,
    )
    .catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${run.output().stderr}`);
    });
}

/** The first signal ends it with 0, and nothing that it started is left. */
async function expectCleanEnd(run: DriverRun): Promise<void> {
  run.signal('SIGTERM');
  const { exitCode, stderr } = await run.finished;
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /stopping: transfers are ended/);
  assert.match(stderr, /stopped\n$/);
}

test('a .torrent that comes is picked up, and shipped while another one downloads', async () => {
  await withRig(async (rig) => {
    const run = await startDaemon(rig);
    const slow = await rig.addTorrent({ name: 'slow.bin', bytes: 4_000 * kib, pieceLengthBytes: 64 * kib });
    await rig.until('it is loaded', async () => (await rig.client.call('d.size_bytes', slow.infohash)) !== 0);
    await rig.seeder.setRateKiB(100);
    const small = await rig.addTorrent({ name: 'small.bin', bytes: 20 * kib, pieceLengthBytes: 16 * kib });
    await untilRetired(rig, run, 1);
    await rig.expectShipped(small);
    assert.equal(await rig.client.call('d.complete', slow.infohash), 0, 'the other one still downloads');
    await rig.seeder.setRateKiB(0);
    await untilRetired(rig, run, 0);
    await expectAllGone(rig, [slow, small]);
    await expectCleanEnd(run);
  });
});

test('rtorrent that goes away and comes back is told once each, and everything goes on', async () => {
  await withRig(async (rig) => {
    const run = await startDaemon(rig);
    await rig.client.stop({ kill: true });
    const torrent = await threeFiles(rig, 'patient');
    await untilSaid(rig, run, /rtorrent cannot be seen: rtorrent does not answer at \S+/);
    await rig.client.start();
    await untilRetired(rig, run, 0);
    await rig.expectShipped(torrent);
    const { stderr } = run.output();
    assert.equal(stderr.split('rtorrent cannot be seen').length, 2, stderr);
    assert.match(stderr, /rtorrent answers again/);
    await expectCleanEnd(run);
  });
});

/** A daemon in the middle of a transfer that takes long. */
async function shipSlowly(rig: Rig): Promise<{ readonly run: DriverRun; readonly torrent: RigTorrent }> {
  const torrent = await rig.addTorrent({ name: 'long.bin', bytes: 3_000 * kib, pieceLengthBytes: 64 * kib });
  const run = await startDaemon(rig);
  await untilComplete(rig, torrent);
  await rig.until('it ships', async () => (await rig.remoteFiles()).size > 0);
  return { run, torrent };
}

test('a signal ends transfers so that the next daemon goes on with them; a second signal ends at once', async () => {
  await withRig(
    async (rig) => {
      const { run, torrent } = await shipSlowly(rig);
      await expectCleanEnd(run);
      await rig.until('what was cut short is kept', async () =>
        [...(await rig.remoteFiles()).keys()].every((path) => path.includes('.partial/')),
      );
      const second = await startDaemon(rig);
      await rig.until('it ships again', () => commandsOf(rig).includes('rsync'));
      second.signal('SIGTERM');
      second.signal('SIGINT');
      // Sent together, the system hands over either of them first; the second one is the exit code.
      assert.ok([130, 143].includes((await second.finished).exitCode ?? 0));
      rig.remote.setRateKiB(0);
      const third = await startDaemon(rig);
      await untilRetired(rig, third, 0);
      await expectAllGone(rig, [torrent]);
      await expectCleanEnd(third);
    },
    { remote: { rateKiB: 200 } },
  );
});

function commandsOf(rig: Rig): string {
  return rig
    .processIds()
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .join('\n');
}

test('killed with a transfer under way, the next daemon brings it over', async () => {
  await withRig(
    async (rig) => {
      const { run, torrent } = await shipSlowly(rig);
      run.signal('SIGKILL');
      await run.finished;
      rig.remote.setRateKiB(0);
      const next = await startDaemon(rig);
      await untilRetired(rig, next, 0);
      await expectAllGone(rig, [torrent]);
      await expectCleanEnd(next);
    },
    { remote: { rateKiB: 200 } },
  );
});

test('a hang-up has the configuration read again: a good one is heeded, a bad one told and not taken', async () => {
  await withRig(async (rig) => {
    rig.writeConfiguration({ required_ratio: 100 });
    const torrent = await threeFiles(rig, 'waiting');
    const run = await startDaemon(rig);
    await untilComplete(rig, torrent);
    rig.writeConfiguration({ required_ratio: 'much', space_limit: 'small' });
    run.signal('SIGHUP');
    await untilSaid(rig, run, /not taken: \S+\.cf:\d+: space_limit 'small' is no size/);
    await untilSaid(rig, run, /not taken: \S+\.cf:\d+: required_ratio 'much' is no ratio/);
    for (const [command, shown] of [
      [['status'], /^waiting +600 KiB +seeding/m],
      [['plan'], /^ {2}waiting +now/m],
      [['why', 'waiting'], /^waiting: seeding/m],
    ] as const) {
      const { exitCode, stdout, stderr } = await rig.drive(command);
      assert.equal(exitCode, 78);
      assert.match(stdout, shown, 'the daemon is asked all the same');
      assert.match(stderr, /the configuration has a mistake: \S+\.cf:\d+: space_limit 'small' is no size/);
      assert.match(stderr, /what the daemon does with an earlier one — mend it/);
    }
    rig.writeConfiguration({ required_ratio: 0, remote_host: 'elsewhere' });
    run.signal('SIGHUP');
    await untilSaid(rig, run, /configuration read again/);
    await untilSaid(rig, run, /heeded only after a restart: remote_host/);
    await untilRetired(rig, run, 0);
    await rig.expectShipped(torrent);
    await expectCleanEnd(run);
  });
});

test('that it has stopped is said last, when a hook that hangs is over as well', async () => {
  await withRig(async (rig) => {
    rig.writeConfiguration({ on_event: `echo >'${rig.directory}/told'; exec sleep 600` });
    const run = await startDaemon(rig);
    await threeFiles(rig, 'told');
    await rig.until('the hook hangs', () => existsSync(`${rig.directory}/told`));
    await expectCleanEnd(run);
    assert.match(run.output().stderr, /hook failed[^\n]*\n([^\n]*\n)*[^\n]*stopped\n$/);
  });
});

test('beside a daemon neither another one nor a run acts: 75, and its process is named', async () => {
  await withRig(async (rig) => {
    const run = await startDaemon(rig);
    for (const command of ['daemon', 'run']) {
      const { exitCode, stderr } = await rig.drive([command]);
      assert.equal(exitCode, 75);
      assert.match(stderr, new RegExp(`another run or daemon is under way: process ${run.pid}, since`));
    }
    assert.equal((await rig.drive(['status'])).exitCode, 0, 'looking needs no lock');
    await expectCleanEnd(run);
  });
});

test('the service manager hears that it is ready, alive, reloading and stopping, and the journal its levels', async () => {
  await withRig(async (rig) => {
    const path = `${rig.directory}/notify`;
    const socket = await openNotifySocket(path);
    try {
      const environment = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '900000' };
      const run = await startDaemon(rig, { environment });
      await rig.until(
        'it is alive',
        () => socket.messages().filter((one) => one === 'WATCHDOG=1').length >= 3,
      );
      run.signal('SIGHUP');
      await rig.until('it has read again', () =>
        socket.messages().some((one) => one.startsWith('RELOADING=1')),
      );
      await expectCleanEnd(run);
      const heard = socket.messages().filter((one) => one !== 'WATCHDOG=1');
      const names = heard.map((one) => one.split('\n', 1)[0]);
      assert.deepEqual(names, ['READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1']);
    } finally {
      await socket.close();
    }
  });
});

test('a mistake of its own ends it with 70, and what it saw last is written down', async () => {
  await withRig(async (rig) => {
    const breaking = `${rig.directory}/breaking.mjs`;
    writeFileSync(
      breaking,
      "Number.prototype.toFixed = () => { throw new TypeError('broken on purpose'); };\n",
    );
    const torrent = await threeFiles(rig, 'fatal');
    for (const command of ['run', 'daemon']) {
      const environment = { NODE_OPTIONS: `--import=${breaking}` };
      const { exitCode, stderr } = await rig.drive([command], { environment });
      assert.equal(exitCode, 70, stderr);
      const file = /written down, names of torrents and all, in (\S+\.json\.gz)/.exec(stderr)?.[1] ?? '';
      const written = gunzipSync(readFileSync(file)).toString();
      assert.ok(written.includes('broken on purpose'), 'the error is in it');
      assert.ok(written.includes(torrent.infohash), 'the torrent is in it');
    }
  });
});
