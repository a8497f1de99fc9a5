/** Transfers over rsync and ssh that are slow, cut, stalled, cancelled: nothing half-sent ever bears a final name. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { partialDirectory } from '../../src/adapters/remote-rsync.ts';
import { bytesOfText } from '../../src/core/bytes.ts';
import type { TransferOrder } from '../../src/ports/remote.ts';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import { runningProcesses } from '../e2e/rig/process-tree.ts';
import { commandLines } from './command-lines.ts';
import type { RealRemote } from './real-remote.ts';
import { openRealRemote, useProgramsOf } from './real-remote.ts';
import { faultOf } from './suites/remote-contract.ts';
import { orderOf, remotePathsOf } from './suites/transfer-orders.ts';

/** A second and a half at the slow rate; large enough that pipes and buffers hold no more than a part of it. */
const fileBytes = 3_000_000;
const slowKiB = 2_000;

let rig: Rig;
let receivedDirectory: string;

before(async () => {
  rig = await startRig({ remote: { rateKiB: 0 } });
  useProgramsOf(rig);
  receivedDirectory = `${rig.directory}/received`;
  mkdirSync(receivedDirectory);
  countWhatIsReceived();
});

after(() => (rig as Rig | undefined)?.stop());

beforeEach(() => {
  rig.remote.setRateKiB(slowKiB);
});

test('while a transfer runs, the final name is not there', async () => {
  const world = openRealRemote(rig);
  const order = orderOfOneLargeFile(world);
  const state = { isDone: false };
  const shipped = world.remote.ship(order).finally(() => (state.isDone = true));
  await untilSomeArrived(world);
  let looks = 0;
  while (!state.isDone) {
    // It may have become whole meanwhile.
    assert.equal(world.filesThere()!.get(bytesOfText('torrent/large'))?.length ?? fileBytes, fileBytes);
    looks += 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await shipped;
  assert.ok(looks > 1);
  assertWhole(world);
  await world.close();
});

test('the receiver is asked to write through to its disk where both sides know how, and is not where one does not', async () => {
  const asksToSync = async (): Promise<boolean> => {
    const world = openRealRemote(rig);
    const shipped = world.remote.ship(orderOfOneLargeFile(world));
    await untilSomeArrived(world);
    const lines = commandLines().filter((line) => line.includes('rsync') && line.includes(world.root));
    assert.ok(lines.length > 0);
    const isAsked = lines.some((line) => line.split('\0').includes('--fsync'));
    rig.remote.setRateKiB(0);
    await shipped;
    await world.close();
    return isAsked;
  };
  assert.equal(await asksToSync(), true);
  // An rsync that says it is an old one: the option came with 3.2.4.
  const old = `${rig.directory}/old`;
  mkdirSync(old);
  const real = execFileSync('sh', ['-c', 'command -v rsync'], { encoding: 'utf8' }).trim();
  const version = `case "$*" in --version) echo 'rsync  version 3.1.3  protocol version 31'; exit ;; esac`;
  writeFileSync(`${old}/rsync`, `#!/bin/sh\n${version}\nexec ${real} "$@"\n`, { mode: 0o755 });
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = `${old}:${path}`;
  rig.remote.setRateKiB(slowKiB);
  try {
    assert.equal(await asksToSync(), false);
  } finally {
    process.env['PATH'] = path;
  }
});

test('a cut connection is a fault, and the next transfer sends the rest alone', async () => {
  const world = openRealRemote(rig);
  const order = orderOfOneLargeFile(world);
  const shipped = assert.rejects(world.remote.ship(order), faultOf('unreachable'));
  await untilSomeArrived(world);
  rig.remote.cut();
  await shipped;
  const partial = await rig.until('the rest of the cut transfer is kept', () => partialBytes(world));
  assert.equal(world.filesThere()!.has(bytesOfText('torrent/large')), false);
  assert.equal((await world.remote.list(remotePathsOf(order))).size, 0);

  rig.remote.setRateKiB(0);
  const before = receivedBytes();
  await world.remote.ship(order);
  const sent = receivedBytes() - before;
  // The random content cannot be compressed: what is left of it is sent, and the checksums go the other way.
  assert.ok(sent > fileBytes - partial, `${sent} bytes`);
  assert.ok(sent < fileBytes - partial / 2, `${sent} of ${fileBytes} bytes, ${partial} were there`);
  assertWhole(world);
  await world.close();
});

test('a transfer that is cancelled ends, leaves no process, and is taken up again', async () => {
  const world = openRealRemote(rig);
  const order = orderOfOneLargeFile(world);
  const controller = new AbortController();
  const shipped = world.remote.ship({ ...order, signal: controller.signal });
  await untilSomeArrived(world);
  assert.ok(transfersOf(world).length > 0);
  controller.abort();
  await assert.rejects(shipped, faultOf('limit', /cancelled/));
  assert.deepEqual(transfersOf(world), []);
  assert.ok(await rig.until('the rest is kept', () => partialBytes(world)));
  rig.remote.setRateKiB(0);
  await world.remote.ship(order);
  assertWhole(world);
  await world.close();
});

test('reading there that is cancelled ends, and leaves no process', async () => {
  const world = openRealRemote(rig);
  const order = orderOfOneLargeFile(world);
  rig.remote.setRateKiB(0);
  await world.remote.ship(order);
  await world.remote.list(remotePathsOf(order));
  rig.remote.freeze();
  const controller = new AbortController();
  const read = world.remote.digest(remotePathsOf(order), fileBytes, controller.signal);
  await rig.until('rsync runs', () => transfersOf(world).length > 0);
  controller.abort();
  await assert.rejects(read, faultOf('limit', /cancelled/));
  assert.deepEqual(transfersOf(world), []);
  rig.remote.thaw();
  assert.equal((await world.remote.digest(remotePathsOf(order), fileBytes, order.signal)).size, 1);
  await world.close();
});

test('a host that hangs is given up after the stall limit, and goes on when it is back', async () => {
  const world = openRealRemote(rig, { stallMs: 3_000 });
  const order = orderOfOneLargeFile(world);
  const shipped = assert.rejects(world.remote.ship(order), faultOf('limit', /nothing moved any more/));
  await untilSomeArrived(world);
  rig.remote.freeze();
  await shipped;
  assert.deepEqual(transfersOf(world), []);
  rig.remote.thaw();
  rig.remote.setRateKiB(0);
  await world.remote.ship(order);
  assertWhole(world);
  await world.close();
});

test('a host that goes away is a fault, and is reached by a new connection when it is back', async () => {
  const world = openRealRemote(rig);
  const order = orderOfOneLargeFile(world);
  const shipped = assert.rejects(world.remote.ship(order), faultOf('unreachable'));
  await untilSomeArrived(world);
  await rig.remote.stop();
  await shipped;
  await assert.rejects(world.remote.list(remotePathsOf(order)), faultOf('unreachable'));
  await rig.remote.start();
  rig.remote.setRateKiB(0);
  await world.remote.ship(order);
  assertWhole(world, 'and what lay beside it');
  await world.close();
});

test('while the session of a transfer hangs, another transfer and a question go on', async () => {
  const world = openRealRemote(rig);
  const order = orderOfOneLargeFile(world);
  const shipped = world.remote.ship(order);
  await untilSomeArrived(world);
  const hanging = sessionOfTransfer();
  process.kill(hanging, 'SIGSTOP');
  try {
    assert.equal((await world.remote.list(remotePathsOf(order))).size, 0);
    const other = orderOf(world, 'other', { small: 'content' });
    await world.remote.ship(other);
    assert.equal((await world.remote.list(remotePathsOf(other))).size, 1);
  } finally {
    process.kill(hanging, 'SIGCONT');
  }
  rig.remote.setRateKiB(0);
  await shipped;
  assert.equal((await world.remote.list(remotePathsOf(order))).size, 1);
  await world.close();
});

test('a limit of bandwidth is handed on', async () => {
  const world = openRealRemote(rig);
  rig.remote.setRateKiB(0);
  await world.remote.ship({ ...orderOfOneLargeFile(world), bandwidthBytesPerSecond: 5_000 * 1024 });
  assertWhole(world);
  await world.close();
});

function orderOfOneLargeFile(world: RealRemote): TransferOrder {
  return orderOf(world, 'torrent', { large: randomBytes(fileBytes).toString('latin1') });
}

/** What a host that crashed was writing lies beside the file for ever: rsync knows nothing of it any more. */
function assertWhole(
  world: RealRemote,
  besides: 'and nothing else' | 'and what lay beside it' = 'and nothing else',
): void {
  const files = world.filesThere()!;
  if (besides === 'and nothing else') assert.deepEqual([...files.keys()], ['torrent/large']);
  const here = world.readHere(bytesOfText(`${world.here}/torrent/large`));
  assert.equal(Buffer.compare(files.get(bytesOfText('torrent/large'))!, here), 0);
}

/** rsync writes beside the final name, and moves what was cut short into the partial directory. */
async function untilSomeArrived(world: RealRemote): Promise<void> {
  await rig.until('some of the file has arrived', () =>
    [...(world.filesThere() ?? [])].some(([path, { length }]) => path.includes('large') && length > 300_000),
  );
}

function partialBytes(world: RealRemote): number {
  return world.filesThere()!.get(bytesOfText(`torrent/${partialDirectory}/large`))?.length ?? 0;
}

/** All processes on this side that run rsync to this remote; the connection itself stays. */
function transfersOf(world: RealRemote): readonly string[] {
  return commandLines().filter((line) => line.startsWith('rsync') && line.includes(world.root));
}

/** Number of the sshd process that the only rsync there belongs to. */
function sessionOfTransfer(): number {
  const all = new Map(runningProcesses().map((entry) => [entry.pid, entry]));
  const ours = new Set(rig.processIds());
  const isServer = (pid: number): boolean =>
    readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('rsync\0--server');
  let at = [...all.values()].find(({ pid, name }) => ours.has(pid) && name === 'rsync' && isServer(pid));
  while (at !== undefined && !at.name.startsWith('sshd')) at = all.get(at.parentPid);
  assert.ok(at !== undefined, 'no rsync runs on the remote host');
  return at.pid;
}

/** From now on, a copy of all that the host is sent is kept there. */
function countWhatIsReceived(): void {
  const script = `${rig.directory}/count`;
  // The copier is no part of the session's own program: when that has ended, the session ends.
  const lines = [
    '#!/bin/sh',
    `copy='${receivedDirectory}/'$$`,
    'mkfifo "$copy.pipe"',
    'exec 3<&0',
    'tee "$copy" <&3 >"$copy.pipe" 2>/dev/null 3<&- &',
    'exec sh -c "$SSH_ORIGINAL_COMMAND" <"$copy.pipe" 3<&-',
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  chmodSync(script, 0o755);
  const keys = `${rig.directory}/sshd/authorized_keys`;
  writeFileSync(keys, `command="${script}" ${readFileSync(keys, 'utf8')}`);
}

function receivedBytes(): number {
  return readdirSync(receivedDirectory).reduce(
    (sum, name) => sum + statSync(`${receivedDirectory}/${name}`).size,
    0,
  );
}
