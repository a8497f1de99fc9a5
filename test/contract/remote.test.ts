/** The remote over rsync and ssh keeps the contract, and makes one connection of many calls. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rootMark } from '../../src/adapters/remote-root.ts';
import { after, before, test } from 'node:test';
import { notAFile } from '../../src/core/prove.ts';
import { bytesOfText } from '../../src/core/bytes.ts';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import { commandLines } from './command-lines.ts';
import type { RealRemote } from './real-remote.ts';
import { openRealRemote, useProgramsOf } from './real-remote.ts';
import { programPath, sessionsOf } from './remote-sessions.ts';
import { remoteContract } from './suites/remote-contract.ts';
import { orderOf, remotePathsOf } from './suites/transfer-orders.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
  useProgramsOf(rig);
});

after(() => (rig as Rig | undefined)?.stop());

remoteContract('rsync over ssh', async () => openRealRemote(rig));

test('one login serves all questions, one more the transfers, and a disconnect ends all and takes their sockets away', async () => {
  const world = openRealRemote(rig);
  const order = orderOf(world, 'torrent', { file: 'content' });
  const before = logins();
  await world.remote.list(remotePathsOf(order));
  assert.equal(logins(), before + 1);
  await world.remote.ship(order);
  assert.equal(logins(), before + 2);
  await Promise.all([
    world.remote.digest(remotePathsOf(order), 7, order.signal),
    world.remote.list(remotePathsOf(order)),
  ]);
  assert.equal(logins(), before + 2);
  assert.equal(readdirSync(world.socketDirectory).length, 2);
  await assertEnds(world);
});

test('while the only connection for transfers has one, another is opened beside', async () => {
  const world = openRealRemote(rig);
  const order = orderOf(world, 'torrent', { file: 'content' });
  await world.remote.ship(order);
  const before = logins();
  await world.remote.ship(order);
  await rig.until('another has logged in', () => logins() === before + 1);
  await assertEnds(world);
});

test('transfers at once take the connections that are ready, and while one is left none is opened', async () => {
  const world = openRealRemote(rig);
  const order = orderOf(world, 'torrent', { file: 'content' });
  for (let ready = 0; ready < 3; ready += 1) await world.remote.prepare();
  const before = logins();
  await Promise.all([world.remote.ship(order), world.remote.ship(order)]);
  await Promise.all([world.remote.ship(order), world.remote.ship(order)]);
  assert.equal(logins(), before);
  await assertEnds(world);
});

test('a disconnect ends a connection that is just being opened', async () => {
  const world = openRealRemote(rig);
  const order = orderOf(world, 'torrent', { file: 'content' });
  await world.remote.ship(order);
  const shipping = world.remote.ship(order);
  await rig.until('another is being opened', () => readdirSync(world.socketDirectory).length === 3);
  await shipping;
  await assertEnds(world);
});

test('a connection that was opened and used for no more is ended as well', async () => {
  const world = openRealRemote(rig);
  await world.remote.list([bytesOfText('file')]);
  await assertEnds(world);
});

test('a symlink is there and no file, a partial file is under no name that is asked for', async () => {
  const world = openRealRemote(rig);
  world.writeThere(bytesOfText('real'), Buffer.from('content'));
  world.writeThere(bytesOfText('.rtorrent-low-space-driver.partial/cut'), Buffer.from('half'));
  world.writeThere(bytesOfText('.cut.AbCdEf'), Buffer.from('half'));
  symlinkSync('real', `${world.root}/link`);
  symlinkSync('nowhere', `${world.root}/dangling`);
  symlinkSync('loop', `${world.root}/loop`);
  const asked = ['real', 'link', 'dangling', 'loop', 'loop/below', 'cut'].map(bytesOfText);
  const links = ['dangling', 'link', 'loop'].map((name) => [bytesOfText(name), notAFile] as const);
  assert.deepEqual(await world.remote.list(asked), new Map([...links, [bytesOfText('real'), 7]]));
  await world.close();
});

test('sizes are told by the `stat` of GNU, by that of the BSDs, and where there is none', async () => {
  const sessions = sessionsOf(rig);
  const world = openRealRemote(rig);
  world.writeThere(bytesOfText("it's\n-one"), Buffer.from('content'));
  world.writeThere(bytesOfText('-directory/other'), Buffer.from(''));
  symlinkSync('-directory', `${world.root}/link`);
  symlinkSync('/dev/null', `${world.root}/device link`);
  const asked = ["it's\n-one", 'missing', '-directory', '-directory/other', 'link', 'device link'];
  const expected = new Map([
    [bytesOfText("it's\n-one"), 7],
    [bytesOfText('-directory'), notAFile],
    [bytesOfText('-directory/other'), 0],
    [bytesOfText('link'), notAFile],
    [bytesOfText('device link'), notAFile],
  ]);
  const none = sessions.programs(['sh', 'ls']);
  const ofBsd = sessions.programs(['sh']);
  const real = programPath('stat');
  const lines = [
    '#!/bin/sh',
    '[ "$1 $2" = "-f %Sp %z" ] || exit 1',
    'shift 2',
    `exec ${real} -c '%A %s' "$@"`,
  ];
  writeFileSync(`${ofBsd}/stat`, [...lines, ''].join('\n'), { mode: 0o755 });
  for (const programs of [undefined, none, ofBsd]) {
    sessions.beginWith([], programs);
    await world.remote.disconnect();
    assert.deepEqual(await world.remote.list(asked.map(bytesOfText)), expected);
  }
  // What cannot be told is no answer, and not an empty one.
  sessions.beginWith([], sessions.programs(['sh']));
  await world.remote.disconnect();
  await assert.rejects(world.remote.list(asked.map(bytesOfText)), { name: 'Fault' });
  assert.equal((await world.remote.list([bytesOfText('missing')])).size, 0);
  sessions.leaveAlone();
  await world.close();
});

test('what a login shell prints of its own is no part of a listing', async () => {
  const sessions = sessionsOf(rig);
  const world = openRealRemote(rig);
  world.writeThere(bytesOfText('file'), Buffer.from('content'));
  sessions.beginWith(['echo welcome', 'echo 1']);
  assert.deepEqual([...(await world.remote.list([bytesOfText('file')]))], [[bytesOfText('file'), 7]]);
  sessions.leaveAlone();
  await world.close();
});

test('a root whose mark is lost while the program runs is not taken for an empty one', async () => {
  const world = openRealRemote(rig, { isPathInUse: true });
  world.writeThere(bytesOfText(rootMark), Buffer.from(''));
  world.writeThere(bytesOfText('file'), Buffer.from('content'));
  assert.equal((await world.remote.list([bytesOfText('file')])).size, 1);
  rmSync(`${world.root}/${rootMark}`);
  await assert.rejects(world.remote.list([bytesOfText('file')]), { name: 'Fault', kind: 'gone' });
  await assert.rejects(world.remote.ship(orderOf(world, 'torrent', { file: 'content' })), { kind: 'gone' });
  await world.close();
});

test('what was prepared is not asked again, and the root is there, marked', async () => {
  const world = openRealRemote(rig);
  const before = logins();
  await world.remote.prepare();
  assert.deepEqual(readdirSync(world.root), [rootMark]);
  assert.equal(logins(), before + 2);
  const order = orderOf(world, 'torrent', { file: 'content' });
  await world.remote.list(remotePathsOf(order));
  await world.remote.ship(order);
  // It took the one that was ready: another is opened for the next.
  await rig.until('another has logged in', () => logins() === before + 3);
  await world.close();
});

test('what lies behind a symlink of the remote stays, whether rsync writes there or not', async () => {
  const world = openRealRemote(rig);
  world.writeThere(bytesOfText('elsewhere/precious'), Buffer.from('precious'));
  symlinkSync('elsewhere', `${world.root}/torrent`);
  // rsync 3.5 refuses to follow it, older ones follow; neither replaces it.
  await world.remote.ship(orderOf(world, 'torrent', { file: 'content' })).catch(() => undefined);
  assert.equal(readFileSync(`${world.root}/torrent/precious`, 'utf8'), 'precious');
  await world.close();
});

test('a root that is a file is a fault', async () => {
  const path = `${rig.directory}/a file`;
  writeFileSync(path, '');
  const world = openRealRemote(rig, { path });
  await assert.rejects(world.remote.ship(orderOf(world, 'torrent', { file: 'content' })), { name: 'Fault' });
  await world.close();
});

test('without a place for the socket nothing is begun, and the next directory is taken where there is one', async () => {
  const long = `${rig.directory}/${'x'.repeat(100)}`;
  mkdirSync(long);
  const { RsyncRemote } = await import('../../src/adapters/remote-rsync.ts');
  const { SshLines } = await import('../../src/adapters/ssh-lines.ts');
  const open = (socketDirectories: readonly string[]) =>
    new RsyncRemote(new SshLines({ host: 'bighost', socketDirectories, connectTimeoutMs: 5_000 }), {
      path: rig.remote.path,
      stallMs: 30_000,
      isPathInUse: false,
    });
  await assert.rejects(open([long, `${rig.directory}/missing`]).list([]), {
    name: 'Fault',
    kind: 'refused',
    message: /no directory can hold the ssh connection's socket/,
  });
  const remote = open([long, rig.directory]);
  assert.equal((await remote.list([bytesOfText('nothing')])).size, 0);
  await remote.disconnect();
});

function logins(): number {
  return readFileSync(rig.remote.logPath, 'utf8').match(/Accepted publickey/g)?.length ?? 0;
}

async function assertEnds(world: RealRemote): Promise<void> {
  const sockets = readdirSync(world.socketDirectory).map((name) => `${world.socketDirectory}/${name}/ssh`);
  assert.ok(sockets.length > 0);
  await world.remote.disconnect();
  assert.deepEqual(readdirSync(world.socketDirectory), []);
  const isOfIt = (line: string): boolean => sockets.some((socket) => line.includes(socket));
  await rig.until('no ssh of it runs', () => !commandLines().some(isOfIt));
}
