/** What can be wrong with a remote, tried for real: each is a fault of the right kind, in a sentence, with a fix. */

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { bytesOfText } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import { commandLines } from './command-lines.ts';
import { openRealRemote, useProgramsOf } from './real-remote.ts';
import { orderOf, remotePathsOf } from './suites/transfer-orders.ts';

let rig: Rig;
/** What the host lets in, the host's key as known here, and ssh's configuration: as they are when all is well. */
let well: Readonly<Record<'authorized_keys' | 'known_hosts' | 'ssh_config', string>>;

before(async () => {
  rig = await startRig();
  useProgramsOf(rig);
  const read = (name: string): string => readFileSync(`${rig.directory}/sshd/${name}`, 'utf8');
  well = {
    authorized_keys: read('authorized_keys'),
    known_hosts: read('known_hosts'),
    ssh_config: read('ssh_config'),
  };
});

after(() => (rig as Rig | undefined)?.stop());

beforeEach(() => {
  for (const [name, text] of Object.entries(well)) change(name as keyof typeof well, text);
});

test('a host key that is not known', async () => {
  change('known_hosts', '');
  const fault = await faultOfShipping();
  assert.deepEqual([fault.kind, fault.message], ['refused', 'the host key of bighost is not known']);
  assert.match(fault.remedy!, /ssh bighost/);
});

test('a host key that has changed', async () => {
  change('known_hosts', `bighost ${readFileSync(`${rig.directory}/sshd/user_key.pub`, 'utf8')}`);
  const fault = await faultOfShipping();
  assert.deepEqual([fault.kind, fault.message], ['refused', 'the host key of bighost has changed']);
  assert.match(fault.remedy!, /ssh-keygen -R bighost/);
});

test('a host that wants a password', async () => {
  change('authorized_keys', '');
  const fault = await faultOfShipping();
  assert.deepEqual([fault.kind, fault.message], ['refused', 'bighost does not let us in without a password']);
  assert.match(fault.remedy!, /ssh-copy-id bighost/);
});

test('a host that there is not', async () => {
  change('ssh_config', well.ssh_config.replace(/HostName .*/, 'HostName no-such-host.invalid'));
  const fault = await faultOfShipping();
  assert.deepEqual([fault.kind, fault.message], ['unreachable', 'there is no host bighost']);
});

test('a host that is down, and one that takes connections and says nothing', async () => {
  const world = openRealRemote(rig, { connectTimeoutMs: 1_000 });
  rig.remote.freeze();
  await assert.rejects(world.remote.list([bytesOfText('x')]), { kind: 'unreachable' });
  rig.remote.thaw();
  await rig.remote.stop();
  const fault = await faultOfShipping();
  assert.deepEqual([fault.kind, fault.message], ['unreachable', 'bighost cannot be reached']);
  assert.match(fault.remedy!, /ssh bighost true/);
  await rig.remote.start();
  await world.remote.list([bytesOfText('x')]);
  await world.close();
});

test('a host without rsync', async () => {
  const programs = `${rig.directory}/few programs`;
  mkdirSync(programs);
  for (const name of ['sh', 'mkdir']) symlinkSync(`/bin/${name}`, `${programs}/${name}`);
  wrapSessions(`PATH='${programs}'`);
  const fault = await faultOfShipping();
  assert.deepEqual([fault.kind, fault.message], ['missing-program', 'bighost has no rsync']);
  assert.equal(fault.remedy, 'install rsync on bighost');
});

test('a host where a session does not end when its work is done', async () => {
  const hang = 'case "$SSH_ORIGINAL_COMMAND" in *--server*) sleep 1000 ;; esac';
  wrapSessions(`sh -c "$SSH_ORIGINAL_COMMAND"; status=$?; ${hang}; exit $status`);
  // Longer than it takes to bring so little over, however busy this machine is.
  const world = openRealRemote(rig, { stallMs: 8_000 });
  const order = orderOf(world, 'torrent', { file: 'content' });
  const fault = await faultOf(world.remote.ship(order));
  assert.deepEqual(
    [fault.kind, fault.message.includes('nothing moved any more')],
    ['limit', true],
    fault.message,
  );
  assert.deepEqual(
    commandLines().filter((line) => line.startsWith('rsync') && line.includes(world.root)),
    [],
    'nothing is left running here',
  );
  wrapSessions('true');
  // What had arrived is found by looking, and not by the program's word.
  assert.deepEqual([...(await world.remote.list(remotePathsOf(order))).values()], [7]);
  await world.close();
});

test('a host whose login shell is not silent', async () => {
  wrapSessions('echo Welcome to bighost, have a nice day');
  const fault = await faultOfShipping();
  assert.equal(fault.kind, 'garbled');
  assert.match(fault.message, /login shell of bighost prints/);
});

test('a host that lets us write no further: nothing is cut short under a final name, and it goes on', async () => {
  // In blocks of 512 bytes, as POSIX has it, or of 1,024.
  wrapSessions('ulimit -f 400');
  const world = openRealRemote(rig);
  const order = orderOf(world, 'torrent', { small: 'small', large: 'x'.repeat(1_000_000) });
  const fault = await faultOf(world.remote.ship(order));
  assert.deepEqual(
    [fault.kind, fault.message],
    ['full', 'bighost takes no file as large as one that is to be shipped'],
  );
  assert.equal((await world.remote.list(remotePathsOf(order))).has(bytesOfText('torrent/large')), false);
  await world.close();

  wrapSessions('true');
  const later = openRealRemote(rig, { path: world.root });
  await later.remote.ship(order);
  const sizes = await later.remote.list(remotePathsOf(order));
  assert.deepEqual(
    remotePathsOf(order).map((path) => sizes.get(path)),
    [5, 1_000_000],
  );
  await later.close();
});

test('a path that we may not write to', async () => {
  const root = withoutRights();
  const world = openRealRemote(rig, { path: root });
  const order = orderOf(world, 'torrent', { file: 'content' });
  const fault = await faultOf(world.remote.ship(order));
  assert.deepEqual(
    [fault.kind, fault.message],
    ['refused', 'bighost does not let us write below remote_path'],
  );
  await world.close();

  const below = openRealRemote(rig, { path: `${root}/not/there` });
  assert.equal((await faultOf(below.remote.ship(order))).message, fault.message);
  await below.close();
});

test('a path below that we may not look into hides itself alone', async () => {
  const root = withoutRights();
  const world = openRealRemote(rig, { path: root });
  chmodSync(root, 0o755);
  world.writeThere(bytesOfText('open'), Buffer.from('12'));
  world.writeThere(bytesOfText('closed/file'), Buffer.from('123'));
  chmodSync(`${root}/closed`, 0o000);
  const listed = await world.remote.list(['closed/file', 'open'].map(bytesOfText));
  assert.deepEqual([...listed], [['open', 2]]);
  chmodSync(`${root}/closed`, 0o755);
  await world.close();
});

async function faultOfShipping(): Promise<Fault> {
  const world = openRealRemote(rig, { connectTimeoutMs: 5_000 });
  try {
    return await faultOf(world.remote.ship(orderOf(world, 'torrent', { file: 'content' })));
  } finally {
    await world.close();
  }
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Fault, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'no fault' });
}

/** By renaming: a login under way sees the old file or the new one, whole. */
function change(name: keyof typeof well, text: string): void {
  const path = `${rig.directory}/sshd/${name}`;
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Logins from now on run this before what they were asked to run. */
function wrapSessions(line: string): void {
  const script = `${rig.directory}/wrapper`;
  writeFileSync(script, `#!/bin/sh\n${line}\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n`);
  chmodSync(script, 0o755);
  change('authorized_keys', `command="${script}" ${well.authorized_keys}`);
}

/** A root that the login may read and not write. Rights mean nothing to root: there the login becomes nobody. */
function withoutRights(): string {
  const root = `${rig.directory}/not ours`;
  mkdirSync(root, { recursive: true });
  chmodSync(root, 0o555);
  if (process.getuid?.() === 0) {
    chmodSync(rig.directory, 0o755);
    const nobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
    wrapSessions(`exec ${nobody} sh -c "$SSH_ORIGINAL_COMMAND"`);
  }
  return root;
}
