/** An rtorrent of our own, the real one: its start, its crashes, what earlier runs left of it, and its end. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { boundLog } from '../../src/adapters/bounded-log.ts';
import type { EmbeddedEvent, EmbeddedSettings, HangLimits } from '../../src/adapters/embedded-rtorrent.ts';
import { EmbeddedRtorrent } from '../../src/adapters/embedded-rtorrent.ts';
import { identityOf } from '../../src/adapters/own-processes.ts';
import { RtorrentRpc } from '../../src/adapters/rtorrent-rpc.ts';
import { freePort } from '../e2e/rig/addresses.ts';
import { until } from '../e2e/rig/until.ts';
import { call } from '../support/rpc.ts';
import { makeTorrent } from '../support/torrent-file.ts';

/** With all that an rc file, an option and a shell could stumble over. */
const root = mkdtempSync(`${tmpdir()}/embedded, "odd"; $x \\`);
const opened: EmbeddedRtorrent[] = [];
const path = process.env['PATH'];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
  process.env['PATH'] = path;
});

after(() => {
  rmSync(root, { recursive: true, force: true });
});

async function settingsOf(name: string): Promise<EmbeddedSettings> {
  const port = await freePort('127.0.0.1');
  return {
    directory: join(root, name),
    socketPath: join(root, name, 'socket'),
    downloadDirectory: join(root, name, 'download'),
    ports: { first: port, last: port + 20 },
    bindAddress: '127.0.0.1',
    dht: false,
    pex: false,
    furtherLines: undefined,
    spaceLimitBytes: 1024 ** 3,
  };
}

function open(
  settings: EmbeddedSettings,
  limits?: HangLimits,
): { embedded: EmbeddedRtorrent; events: EmbeddedEvent[] } {
  const events: EmbeddedEvent[] = [];
  const embedded = new EmbeddedRtorrent(settings, (event) => events.push(event), limits);
  opened.push(embedded);
  return { embedded, events };
}

function pidOf(event: EmbeddedEvent | undefined): number {
  assert.equal(event?.kind, 'started');
  return event.pid;
}

async function waitFor<T>(description: string, predicate: () => T | Promise<T>): Promise<T> {
  return await until(description, predicate, 60_000);
}

test('it starts with its own session, socket, ports and guard, and is gone after stop', async () => {
  const settings = await settingsOf('plain');
  const { embedded, events } = open(settings);
  assert.match(embedded.whyAbsent() ?? '', /was not started/);
  await embedded.start();
  assert.equal(embedded.whyAbsent(), undefined);
  const pid = pidOf(events[0]);
  const ask = (method: string) => call(settings.socketPath, method);
  assert.equal(await ask('session.path'), `${settings.directory}/session/`);
  assert.equal(await ask('directory.default'), settings.downloadDirectory);
  assert.equal(await ask('network.listen.port'), settings.ports.first);
  assert.equal(await ask('network.bind_address'), '127.0.0.1');
  assert.equal(await ask('pieces.hash.on_completion'), 0);
  assert.equal(await ask('protocol.pex'), 0);
  assert.equal(statSync(settings.directory).mode & 0o777, 0o700);
  assert.equal(statSync(`${settings.directory}/rtorrent.rc`).mode & 0o777, 0o600);
  await embedded.stop();
  assert.equal(identityOf(pid), undefined);
  assert.equal(existsSync(settings.socketPath), false);
  assert.match(embedded.whyAbsent() ?? '', /was stopped/);
});

test('a crash is told, and it is started again on the same session', async () => {
  const settings = await settingsOf('crash');
  const { embedded, events } = open(settings);
  await embedded.start();
  const infohash = await load(settings, 'd.custom.set=drv.mode,file');
  process.kill(pidOf(events[0]), 'SIGKILL');
  await waitFor('it runs again', () => events.length === 3);
  assert.deepEqual(events[1], { kind: 'ended', sentence: 'rtorrent was ended by SIGKILL', againInMs: 1_000 });
  assert.notEqual(pidOf(events[2]), pidOf(events[0]));
  assert.deepEqual(await call(settings.socketPath, 'download_list', ['', 'main']), [infohash]);
  assert.equal(await call(settings.socketPath, 'd.state', [infohash]), 1);
});

test('one that hangs is killed after its limit, and started again on the same session', async () => {
  const settings = await settingsOf('hung');
  const { embedded, events } = open(settings, { everyMs: 100, answerMs: 2_000, mostMisses: 3 });
  await embedded.start();
  const infohash = await load(settings, 'd.custom.set=drv.mode,file');
  const pid = pidOf(events[0]);
  process.kill(pid, 'SIGSTOP');
  await waitFor('it runs again', () => events.length === 3);
  assert.deepEqual(events[1], { kind: 'ended', sentence: 'rtorrent hung, and was killed', againInMs: 1_000 });
  assert.notEqual(pidOf(events[2]), pid);
  assert.equal(identityOf(pid), undefined);
  assert.deepEqual(await call(settings.socketPath, 'download_list', ['', 'main']), [infohash]);
});

test('a torrent whose pieces were shipped does not start by itself after a crash', async () => {
  const settings = await settingsOf('stream');
  const { embedded, events } = open(settings);
  await embedded.start();
  const infohash = await load(settings, 'd.custom.set=drv.mode,stream');
  process.kill(pidOf(events[0]), 'SIGKILL');
  await waitFor('it runs again', () => events.length === 3);
  assert.deepEqual(await call(settings.socketPath, 'download_list', ['', 'main']), [infohash]);
  assert.equal(await call(settings.socketPath, 'd.state', [infohash]), 0);
  assert.equal(await call(settings.socketPath, 'd.is_active', [infohash]), 0);
});

test('one that a killed run left is taken over; with other settings it is ended cleanly and started anew', async () => {
  const settings = await settingsOf('left');
  const left = leave(settings);
  const pid = await waitFor('it was started', async () =>
    Number(await call(settings.socketPath, 'system.pid')),
  );
  left.kill('SIGKILL');
  const second = open(settings);
  await second.embedded.start();
  assert.deepEqual(
    second.events.map((event) => event.kind === 'started' && [event.pid, event.isTakenOver]),
    [[pid, true]],
  );
  // Killed as well, and found by nobody's child: the watch sees its end all the same.
  process.kill(pid, 'SIGKILL');
  await waitFor('it runs again', () => second.events.length === 3);
  await second.embedded.stop();

  const again = leave(settings);
  const other = await waitFor('it was started', async () =>
    Number(await call(settings.socketPath, 'system.pid')),
  );
  again.kill('SIGKILL');
  const third = open({ ...settings, spaceLimitBytes: 2 * 1024 ** 3, dht: true });
  await third.embedded.start();
  assert.notEqual(pidOf(third.events[0]), other);
  assert.equal(identityOf(other), undefined);
});

test('the lock of a session and the socket of one that was killed are no hindrance', async () => {
  const settings = await settingsOf('stale');
  const left = leave(settings);
  const pid = await waitFor('it was started', async () =>
    Number(await call(settings.socketPath, 'system.pid')),
  );
  left.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await waitFor('it is gone', () => identityOf(pid) === undefined);
  assert.ok(existsSync(settings.socketPath));
  assert.ok(existsSync(`${settings.directory}/session/rtorrent.lock`));
  await open(settings).embedded.start();
});

test('an rtorrent of the user is never touched', async () => {
  const settings = await settingsOf('own');
  const theirs = await settingsOf('theirs');
  mkdirSync(join(root, 'theirs', 'session'), { recursive: true });
  writeFileSync(
    join(root, 'theirs', 'rtorrent.rc'),
    'system.daemon.set = true\nsession.path.set = ./session\n',
  );
  const user = spawn('rtorrent', ['-n', '-o', 'import=rtorrent.rc'], {
    cwd: theirs.directory,
    stdio: 'ignore',
  });
  try {
    await waitFor('it runs', () => existsSync(join(root, 'theirs', 'session', 'rtorrent.lock')));
    const { embedded } = open(settings);
    await embedded.start();
    await embedded.stop();
    assert.equal(user.exitCode, null);
    assert.notEqual(identityOf(user.pid!), undefined);
  } finally {
    user.kill('SIGKILL');
  }
});

test('commands that it turns out not to know are written by their other name', async () => {
  // The real one, which says that it is of another time: 0.9.8 knows none of the new names.
  pretend(`case $1 in -h) echo "client version 0.16.20.";; *) exec ${realRtorrent()} "$@";; esac`);
  const settings = await settingsOf('renamed');
  const { embedded, events } = open(settings);
  await embedded.start();
  assert.equal(events.length, 1);
  assert.equal(await call(settings.socketPath, 'network.listen.port'), settings.ports.first);
  assert.match(readFileSync(`${settings.directory}/rtorrent.rc`, 'utf8'), /^network\.port_range\.set = /m);
});

test('what keeps it from starting is said in its own words', async () => {
  const further = join(root, 'further.rc');
  writeFileSync(further, 'no.such.command = 1\n');
  const settings = { ...(await settingsOf('refused')), furtherLines: further };
  await assert.rejects(open(settings).embedded.start(), {
    name: 'Fault',
    kind: 'refused',
    message: /further\.rc:1: Command "no\.such\.command" does not exist/,
  });
  process.env['PATH'] = '/nonexistent';
  await assert.rejects(open(settings).embedded.start(), {
    kind: 'missing-program',
    remedy: /install rtorrent/,
  });
});

test('lines of the user have the last word', async () => {
  const further = join(root, 'own.rc');
  writeFileSync(further, 'throttle.global_up.max_rate.set_kb = 77\nprotocol.pex.set = yes\n');
  const settings = { ...(await settingsOf('further')), furtherLines: further };
  await open(settings).embedded.start();
  assert.equal(await call(settings.socketPath, 'throttle.global_up.max_rate'), 77 * 1024);
  assert.equal(await call(settings.socketPath, 'protocol.pex'), 1);
});

test('one that cannot be started again is tried after growing rests', async () => {
  const settings = await settingsOf('growing');
  const { embedded, events } = open(settings);
  await embedded.start();
  pretend('case $1 in -h) echo "client version 0.9.8.";; *) echo "rtorrent: no room" >&2; exit 1;; esac');
  process.kill(pidOf(events[0]), 'SIGKILL');
  await waitFor('it was tried twice', () => events.length >= 4);
  assert.deepEqual(
    events.slice(1, 4).map((event) => event.kind === 'ended' && [event.sentence, event.againInMs]),
    [
      ['rtorrent was ended by SIGKILL', 1_000],
      ['rtorrent does not start: no room', 2_000],
      ['rtorrent does not start: no room', 4_000],
    ],
  );
  assert.match(embedded.whyAbsent() ?? '', /no room; it is started again/);
});

test('a log that has grown is put aside, and what comes then goes into a new one', async () => {
  const further = join(root, 'chatty.rc');
  writeFileSync(further, 'log.add_output = "rpc_dump", "driver"\n');
  const settings = { ...(await settingsOf('log')), furtherLines: further };
  await open(settings).embedded.start();
  const log = join(settings.directory, 'log');
  const rpc = new RtorrentRpc({ kind: 'unix', path: settings.socketPath });
  await waitFor('it has logged', () => statSync(log).size > 0);
  const before = readFileSync(log, 'utf8');
  await boundLog(rpc, log, 1024 ** 2);
  assert.equal(existsSync(`${log}.old`), false);
  await boundLog(rpc, log, 1);
  await call(settings.socketPath, 'print', ['', 'afterwards']);
  await waitFor('it logs on', () => readFileSync(log, 'utf8').includes('afterwards'));
  assert.ok(readFileSync(`${log}.old`, 'utf8').startsWith(before));
});

/** Runs one in a process of its own, which can be killed. */
function leave(settings: EmbeddedSettings): ChildProcess {
  const script = `
    import { EmbeddedRtorrent } from ${JSON.stringify(new URL('../../src/adapters/embedded-rtorrent.ts', import.meta.url).href)};
    await new EmbeddedRtorrent(JSON.parse(process.argv[1]), () => undefined).start();
    setInterval(() => undefined, 1000);
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', script, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Puts a program named rtorrent before the real one. */
function pretend(body: string): void {
  const directory = mkdtempSync(join(root, 'bin'));
  writeFileSync(join(directory, 'rtorrent'), `#!/bin/sh\n${body}\n`);
  chmodSync(join(directory, 'rtorrent'), 0o755);
  process.env['PATH'] = `${directory}:${path ?? ''}`;
}

function realRtorrent(): string {
  const found = (path ?? '').split(':').find((directory) => existsSync(join(directory, 'rtorrent')));
  assert.ok(found !== undefined);
  return join(found, 'rtorrent');
}

/** Loads a torrent and starts it; gives its infohash. */
async function load(settings: EmbeddedSettings, command: string): Promise<string> {
  const made = await makeTorrent(
    { name: 'one', bytes: 40_000, pieceLengthBytes: 16_384 },
    'http://127.0.0.1:9/',
    undefined,
  );
  writeFileSync(join(settings.directory, 'one.torrent'), made.metainfo);
  await call(settings.socketPath, 'load.start', ['', join(settings.directory, 'one.torrent'), command]);
  await waitFor('it is listed', async () => {
    return ((await call(settings.socketPath, 'download_list', ['', 'main'])) as unknown[]).length === 1;
  });
  return made.infohash;
}
