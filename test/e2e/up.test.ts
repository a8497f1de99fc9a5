/** From nothing to shipped torrents in one line: `up`, its rtorrent, that one's crash, and the end of both. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call } from '../support/rpc.ts';
import { openBrowser, openPage } from './page/browser.ts';
import { freePort } from './rig/addresses.ts';
import type { DriverRun } from './rig/driver-runs.ts';
import { identityOf, sendSignal } from './rig/process-tree.ts';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';

let rig: Rig;
let state: string;
let flags: readonly string[];

before(async () => {
  rig = await startRig();
  state = join(rig.directory, 'state', 'rtorrent-low-space-driver');
  // The user has no configuration, and no rtorrent.
  rmSync(rig.configurationPath);
  await rig.client.stop({ kill: false });
  flags = [
    ...['--torrents', rig.managedDirectory, '--to', `${rig.remote.host}:${rig.remote.path}`],
    ...['--space', '3MiB', '--ratio', '0'],
    ...[
      '--set',
      'log_format=human',
      '--set',
      'rtorrent_ports=20000-30000',
      '--set',
      `rtorrent_address=${rig.client.address}`,
    ],
  ];
});

after(() => (rig as Rig | undefined)?.stop());

/** Of the one rtorrent that lives in the state directory. */
function ask(method: string): Promise<unknown> {
  const name = readdirSync(state).find((entry) => entry.startsWith('rtorrent-')) ?? 'none';
  return call(join(state, name, 'socket'), method);
}

async function started(run: DriverRun): Promise<number> {
  return await rig.until('its rtorrent answers', async () => {
    assert.equal(rig.processIds().includes(run.pid), true, run.output().stderr);
    return Number(await ask('system.pid'));
  });
}

test('without a flag and without an earlier call it says what to write', async () => {
  const { exitCode, stderr } = await rig.drive(['up']);
  assert.equal(exitCode, 64);
  assert.match(stderr, /write, as: up --torrents ~\/torrents --to bighost/);
  const wrong = await rig.drive(['up', ...flags, '--space', 'much']);
  assert.equal(wrong.exitCode, 64);
  assert.match(wrong.stderr, /^--space 'much' is no size/);
});

test('a place on the remote that cannot be written is told at once, not when the first torrent is complete', async () => {
  const elsewhere = ['--to', `${rig.remote.host}:/etc/passwd/big`];
  const run = rig.startDriver(['up', ...flags, ...elsewhere]);
  await rig.until(
    'it is told',
    () => /the remote cannot be used.*cannot be written/.test(run.output().stderr),
    20_000,
  );
  await started(run);
  run.signal('SIGTERM');
  assert.equal((await run.finished).exitCode, 0);
});

test('torrents go over, in spite of a crash of rtorrent; the end leaves nothing running', async () => {
  const run = rig.startDriver(['up', ...flags]);
  const pid = await started(run);
  const first = await rig.addTorrent({ name: 'first', bytes: 700_000, pieceLengthBytes: 32_768 });
  await rig.until('the first is over', () => !existsSync(first.torrentPath), 60_000);
  await rig.expectShipped(first);

  await rig.seeder.setRateKiB(200);
  const second = await rig.addTorrent({
    name: 'second',
    files: [
      { path: ['a'], bytes: 500_000 },
      { path: ['b'], bytes: 400_000 },
    ],
    pieceLengthBytes: 32_768,
  });
  await rig.until(
    'the second comes in',
    async () => Number(await ask('throttle.global_down.total')) > 800_000,
  );
  sendSignal(pid, 'SIGKILL');
  await rig.until('it says so', () => /rtorrent ended.*SIGKILL/.test(run.output().stderr));
  const next = await rig.until('another one runs', async () => {
    const found = Number(await ask('system.pid'));
    return found === pid ? 0 : found;
  });
  await rig.seeder.setRateKiB(0);
  await rig.until('the second is over', () => !existsSync(second.torrentPath), 60_000);
  await rig.expectShipped(second);

  // Other commands find the same set-up without a configuration file.
  const status = await rig.drive(['status', '--json']);
  assert.equal(status.exitCode, 0, status.stderr);

  run.signal('SIGINT');
  const { exitCode, stderr } = await run.finished;
  assert.equal(exitCode, 0, stderr);
  assert.equal(identityOf(next), undefined, 'its rtorrent still runs');
  assert.doesNotMatch(stderr, /mistake in rtorrent-low-space-driver/);
});

test('with --dashboard the page shows a torrent on its way, and an open page does not hold up the end', async (t) => {
  const port = await freePort('127.0.0.1');
  const address = `http://127.0.0.1:${port}/`;
  const run = rig.startDriver(['up', ...flags, '--dashboard', `127.0.0.1:${port}`]);
  const pid = await started(run);
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page, complaints } = await openPage(t, browser, address);
  await page.getByText('holds no torrents').waitFor();
  await rig.seeder.setRateKiB(200);
  const torrent = await rig.addTorrent({ name: 'shown', bytes: 900_000, pieceLengthBytes: 32_768 });
  await page.getByRole('row', { name: /shown.*downloading/ }).waitFor();
  await rig.seeder.setRateKiB(0);
  await rig.until('it is over', () => !existsSync(torrent.torrentPath), 60_000);
  await rig.expectShipped(torrent);
  await page.getByText('holds no torrents').waitFor();
  assert.deepEqual(complaints, []);

  run.signal('SIGINT');
  const { exitCode, stderr } = await run.finished;
  assert.equal(exitCode, 0, stderr);
  assert.equal(identityOf(pid), undefined, 'its rtorrent still runs');
  await assert.rejects(fetch(address));
  await page.getByText('not connected; trying again').waitFor();
});

test('killed, it leaves its rtorrent, which the next one takes over; without flags it goes on as before', async () => {
  const killed = rig.startDriver(['up', ...flags]);
  const pid = await started(killed);
  killed.signal('SIGKILL');
  await killed.finished;
  assert.notEqual(identityOf(pid), undefined);
  const run = rig.startDriver(['up']);
  await rig.until('it takes it over', () => run.output().stderr.includes('left by an earlier run'));
  assert.equal(await started(run), pid);
  run.signal('SIGTERM');
  await run.finished;
  assert.equal(identityOf(pid), undefined);
});

test('the daemon runs an rtorrent of its own where its command line says so', async () => {
  rig.writeConfiguration();
  const run = rig.startDriver(['daemon', '--rtorrent', 'embedded', '--verbose']);
  await rig.until('it runs', () => run.output().stderr.includes('rtorrent runs'));
  const pid = Number(await ask('system.pid'));
  const doctor = await rig.drive(['doctor', '--config', join(state, 'up.cf')]);
  assert.match(doctor.stdout, /ok +embedded rtorrent +version \S+ is installed, and runs/);
  run.signal('SIGTERM');
  await run.finished;
  assert.equal(identityOf(pid), undefined);
});
