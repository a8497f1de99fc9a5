/** The command line as a person and as cron meet it: exit codes, mistakes, the lock, JSON, doctor. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';
import { untilLoaded } from './rotation.ts';

const launcherDirectory = fileURLToPath(new URL('../../bin', import.meta.url));

let rig: Rig;

before(async () => {
  rig = await startRig({ remote: { rateKiB: 0 } });
});

after(() => (rig as Rig | undefined)?.stop());

test('every mistake of the configuration is told at once, with file, line and fix, and exit code 78', async () => {
  const file = join(rig.directory, 'wrong.cf');
  writeFileSync(
    file,
    [
      '[main]',
      'managed_torrents_directory = torrents',
      'remote_hots = bighost',
      'remote_path = /big # no comment; 100%=fine',
      'space_limit = 0',
      'required_ratio = high',
      'socket_url = /home/me/.rtorrent.sock',
    ].join('\n'),
  );
  const { exitCode, stdout, stderr } = await rig.drive(['run', '--config', file]);
  assert.equal(exitCode, 78);
  assert.equal(stdout, '');
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 6, stderr);
  assert.match(lines[0] ?? '', /wrong\.cf:2: managed_torrents_directory 'torrents' is no absolute path/);
  assert.match(lines[1] ?? '', /wrong\.cf:3: remote_hots is no known key; did you mean remote_host\?/);
  assert.match(lines[2] ?? '', /wrong\.cf:5: space_limit '0' must be more than 0/);
  assert.match(lines[3] ?? '', /wrong\.cf:6: required_ratio 'high' is no ratio/);
  assert.match(lines[4] ?? '', /wrong\.cf:7: remote_host is missing; add a line, as: remote_host = /);
  assert.match(lines[5] ?? '', /wrong\.cf:7: socket_url '.*' is no SCGI address; write scgi:\/\/\//);
});

test('without a configuration file the message shows what to write', async () => {
  const { exitCode, stderr } = await rig.drive(['status', '--config', '/nonexistent/file']);
  assert.equal(exitCode, 78);
  assert.match(stderr, /\/nonexistent\/file: there is no such file; make it/);
  assert.match(stderr, /\[main\]/);
});

test('the later key names of the predecessor mean the same', async () => {
  rig.writeConfiguration({
    remote_host: undefined,
    remote_path: undefined,
    rsync_host: rig.remote.host,
    rsync_path: rig.remote.path,
    remote_sync_service: 'rsync',
    log_level: 'INFO',
    space_limit: '3 GB',
  });
  const { exitCode, stderr } = await rig.drive([]);
  assert.equal(exitCode, 0, stderr);
  assert.equal(stderr, '', 'an idle pass from cron says nothing, so that no mail is sent');
  rig.writeConfiguration();
});

test('an unknown command or option is a mistake of the command line: 64', async () => {
  const unknown = await rig.drive(['destroy']);
  assert.equal(unknown.exitCode, 64);
  assert.match(unknown.stderr, /^error: destroy is no command\n.*--help/);
  const mistyped = await rig.drive(['stauts', '--quiet']);
  assert.equal(mistyped.exitCode, 64);
  assert.match(mistyped.stderr, /^error: stauts is no command; did you mean status\?$/m);
  assert.match((await rig.drive(['run', 'now'])).stderr, /^error: run takes no arguments: now$/m);
  assert.equal((await rig.drive(['--frobnicate'])).exitCode, 64);
});

test('--help shows examples and exit codes, --version the version of package.json', async () => {
  const help = await rig.drive(['--help']);
  assert.equal(help.exitCode, 0);
  for (const word of ['Examples:', 'run', 'plan', 'status', 'doctor', 'Exit codes:', '--json']) {
    assert.ok(help.stdout.includes(word), word);
  }
  const version = await rig.drive(['--version']);
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.equal(version.stdout.trim(), manifest.version);
});

test('a second run exits at once with 75 and names the process that holds the lock, which kill -9 frees', async () => {
  const torrent = await rig.addTorrent({ name: 'held.bin', bytes: 3_000_000, pieceLengthBytes: 32_768 });
  await untilLoaded(rig, torrent);
  rig.remote.setRateKiB(300);
  const first = rig.startDriver(['run']);
  await rig.until('the first one ships', async () =>
    [...(await rig.remoteFiles()).keys()].some((path) => path.includes('held.bin')),
  );
  const second = await rig.drive(['run']);
  assert.equal(second.exitCode, 75);
  assert.match(
    second.stderr,
    new RegExp(`another run or daemon is under way: process ${first.pid}, since .* holds the lock`),
  );
  assert.equal(second.stderr.trim().split('\n').length, 1);
  const looking = await rig.drive(['status', '--json', '--config', rig.configurationPath]);
  assert.equal(looking.exitCode, 0, 'looking needs no lock');
  const { run } = JSON.parse(looking.stdout) as { run: string | null };
  assert.match(run ?? '', new RegExp(`^process ${first.pid}, since `));
  first.signal('SIGKILL');
  await first.finished;
  rig.remote.setRateKiB(0);
  const third = await rig.drive(['run']);
  assert.equal(third.exitCode, 0, third.stderr);
  await rig.expectShipped(torrent);
});

test('rtorrent that is down is named with its socket and a fix: 69', async () => {
  await rig.client.stop({ kill: false });
  for (const command of ['run', 'plan', 'status']) {
    const { exitCode, stderr } = await rig.drive([command]);
    assert.equal(exitCode, 69);
    assert.match(
      stderr,
      /rtorrent does not answer at \S+ .* — start rtorrent, and make socket_url the same as/,
    );
  }
  await rig.client.start();
});

test('doctor finds everything in place, and each thing that is not, with its fix', async () => {
  const well = await rig.drive(['doctor']);
  assert.equal(well.exitCode, 0, well.stdout + well.stderr);
  for (const check of [
    'configuration',
    'managed directory',
    'rtorrent',
    "rtorrent's methods",
    'space',
    'low-diskspace guard',
    'ssh login',
    'rsync here',
    'rsync there',
    'remote path',
  ]) {
    assert.match(well.stdout, new RegExp(`^(ok|warning)\\s+${check}\\s`, 'm'));
  }
  rig.writeConfiguration({ managed_torrents_directory: '/nonexistent', remote_host: 'nowhere.invalid' });
  const ill = await rig.drive(['doctor', '--json']);
  assert.equal(ill.exitCode, 1);
  const { checks } = JSON.parse(ill.stdout) as {
    checks: { check: string; state: string; remedy?: string }[];
  };
  const problems = checks.filter(({ state }) => state === 'problem');
  assert.deepEqual(
    problems.map(({ check }) => check),
    ['managed directory', 'ssh login'],
  );
  for (const { check, remedy } of problems) assert.ok(remedy !== undefined && remedy !== '', check);
  rig.writeConfiguration();
});

test('status and plan speak JSON with every torrent once', async () => {
  await rig.addTorrent({
    name: 'listed \u{1F980}.bin',
    bytes: 60_000,
    pieceLengthBytes: 32_768,
    seeded: false,
  });
  const status = JSON.parse((await rig.drive(['status', '--json'])).stdout) as {
    torrents: { name: string; state: string; sizeBytes: number; next: string }[];
    space: { limitBytes: number };
  };
  assert.deepEqual(
    status.torrents.map(({ name, state, sizeBytes }) => ({ name, state, sizeBytes })),
    [{ name: 'listed \u{1F980}.bin', state: 'waiting', sizeBytes: 60_000 }],
  );
  assert.ok(status.space.limitBytes > 0);
});

test('status shows people a table with the space above it', async () => {
  const { stdout, exitCode } = await rig.drive(['status']);
  assert.equal(exitCode, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^limit {6}\S+ \S+ \(space_limit\)$/);
  assert.match(lines[1] ?? '', /^allocated {2}.*, reserved .*, free .*$/);
  assert.match(lines[2] ?? '', /^filesystem .* unused, of which/);
  assert.match(stdout, /^NAME +SIZE {2}STATE +DONE {2}RATIO {2}ETA {2}WAITS FOR$/m);
  assert.match(stdout, /^listed \u{1F980}\.bin +58\.6 KiB {2}waiting +0 % +– {2}/mu);

  assert.doesNotMatch(stdout, /\x1b/, 'no colours where nobody watches');
});

test('run --json tells what was done, and what waits for what', async () => {
  const { stdout, exitCode } = await rig.drive(['run', '--json']);
  assert.equal(exitCode, 0);
  const told = JSON.parse(stdout) as { done: number; failed: number; waits: { reason: { kind: string } }[] };
  assert.equal(told.done, 1);
  assert.equal(told.failed, 0);
  assert.deepEqual(
    told.waits.map(({ reason }) => reason.kind),
    ['downloading'],
  );
});

test('a reader that leaves early is no mistake of the program', async () => {
  const { stdout, stderr } = await rig.drive(['-c', 'rtorrent-low-space-driver --help | head -n 1'], {
    program: '/bin/sh',
    environment: { ...rig.environment, PATH: `${launcherDirectory}:${rig.environment['PATH'] ?? ''}` },
  });
  assert.match(stdout, /^Usage: /);
  assert.equal(stderr, '');
});

test('an old crontab line with a lock of its own around it works as it is', async () => {
  const { exitCode, stderr } = await rig.drive(
    ['-n', `${rig.directory}/x.lock`, `${launcherDirectory}/rtorrent-low-space-driver`],
    { program: '/usr/bin/flock' },
  );
  assert.equal(exitCode, 0, stderr);
});

test('rtorrent is reached over TCP as well, and the doctor warns of that', async () => {
  const server = createServer((client) => {
    const upstream = createConnection({ path: rig.client.socketPath });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    rig.writeConfiguration({ socket_url: `scgi://127.0.0.1:${port}` });
    const { exitCode, stdout, stderr } = await rig.drive(['doctor']);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /warning {2}rtorrent's socket +every user of this host can run commands as you/);
    assert.equal((await rig.drive(['run'])).exitCode, 0);
  } finally {
    server.close();
    rig.writeConfiguration();
  }
});

test('the requests of a pass do not grow with the number of torrents', async () => {
  const requests = async (): Promise<string> => {
    const { stderr } = await rig.drive(['run', '--verbose']);
    return /requests to rtorrent: (\d+)/.exec(stderr)?.[1] ?? stderr;
  };
  const few = await requests();
  for (let index = 0; index < 40; index += 1) {
    const torrent = await rig.addTorrent({
      name: `one of many ${index}.bin`,
      bytes: 20_000,
      pieceLengthBytes: 32_768,
      seeded: false,
    });
    await rig.client.call('load.raw_start', '', torrent.metainfo);
  }
  await rig.until(
    'all are loaded',
    async () => ((await rig.client.call('download_list', '', 'main')) as unknown[]).length > 40,
  );
  assert.equal(await requests(), few);
  assert.equal(few, '1');
});
