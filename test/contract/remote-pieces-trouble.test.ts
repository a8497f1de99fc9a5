/** Pieces over a line that is cut, to a host that is full, stalls, dies or lies: nothing is believed that was not read back. */

import assert from 'node:assert/strict';
import {
  linkSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { piecesDirectory } from '../../src/adapters/remote-pieces.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString } from '../../src/core/bytes.ts';
import { piecesIn } from '../../src/core/pieces.ts';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import { mountSmallDisk } from '../e2e/rig/small-disk.ts';
import { commandLines } from './command-lines.ts';
import { pieceWorldOf } from './real-pieces.ts';
import type { RealRemote } from './real-remote.ts';
import { openRealRemote, useProgramsOf } from './real-remote.ts';
import type { RemoteSessions } from './remote-sessions.ts';
import { plainPrograms, programPath, sessionsOf } from './remote-sessions.ts';
import type { PieceWorld, Streamed } from './suites/piece-orders.ts';
import { content, list, orderOf, ship, streamed } from './suites/piece-orders.ts';
import { assertWhole } from './suites/pieces-contract.ts';
import { faultOf } from './suites/remote-contract.ts';
import { singleFileTorrent } from './suites/small-torrent.ts';

/** A second and a half at the slow rate. */
const fileBytes = 3_000_000;
const slowKiB = 2_000;
const pieceBytes = 262_144;

let rig: Rig;
let sessions: RemoteSessions;
let real: RealRemote;
let world: PieceWorld;
let one: Streamed;
/** All pieces but the fourth: two stretches of the file. */
let rest: readonly number[];

before(async () => {
  rig = await startRig({ remote: { rateKiB: 0 } });
  useProgramsOf(rig);
  sessions = sessionsOf(rig);
});

after(() => (rig as Rig | undefined)?.stop());

beforeEach(() => {
  sessions.leaveAlone();
  rig.remote.setRateKiB(0);
  open();
});

afterEach(() => real.close());

function open(settings: Parameters<typeof openRealRemote>[1] = {}): void {
  real = openRealRemote(rig, settings);
  world = pieceWorldOf(real);
  one = streamed(world, singleFileTorrent('large', content('large', fileBytes), pieceBytes));
  rest = one.pieces.filter((piece) => piece !== 3);
}

test('a connection that is cut leaves nothing that is believed, and no file of its own', async () => {
  await ship(world, one, [3]);
  rig.remote.setRateKiB(slowKiB);
  const cut = assert.rejects(ship(world, one, rest), faultOf('unreachable'));
  await untilSomeIsUnderWay();
  rig.remote.cut();
  await cut;
  await rig.until('what came in is removed', () => incoming().length === 0);
  // It was cut before all had come: nothing but what was there before is right.
  assert.deepEqual(piecesIn((await list(world, one, [])).pieces), [3]);
  rig.remote.setRateKiB(0);
  await shipWhole();
});

test('a single stretch is written as it comes: what was cut short of it is not right, and mended', async () => {
  rig.remote.setRateKiB(slowKiB);
  const cut = assert.rejects(ship(world, one), faultOf('unreachable'));
  await rig.until('some of it has come in', () => partialBytes() > 300_000);
  rig.remote.cut();
  await cut;
  assert.ok(piecesIn((await list(world, one, [])).pieces).length < one.pieces.length - 1);
  rig.remote.setRateKiB(0);
  await shipWhole();
});

test('what is cancelled ends, leaves no process, and is sent again', async () => {
  await ship(world, one, [3]);
  rig.remote.setRateKiB(slowKiB);
  const controller = new AbortController();
  const sent = world.remote.shipPieces({ ...orderOf(one, rest), signal: controller.signal });
  await untilSomeIsUnderWay();
  controller.abort();
  await assert.rejects(sent, faultOf('limit', /cancelled/));
  await rig.until('what came in is removed', () => incoming().length === 0);
  assert.ok(!commandLines().some((line) => line.includes('IFS= read -r s') && line.startsWith('ssh\0')));
  rig.remote.setRateKiB(0);
  await shipWhole();
});

test('a host that dies in the middle is cleaned up after, and goes on', async () => {
  await ship(world, one, [3]);
  rig.remote.setRateKiB(slowKiB);
  const died = assert.rejects(ship(world, one, rest), faultOf('unreachable'));
  await untilSomeIsUnderWay();
  await rig.remote.stop();
  await died;
  assert.equal(incoming().length, 1);
  await assert.rejects(list(world, one, []), faultOf('unreachable'));
  await rig.remote.start();
  rig.remote.setRateKiB(0);
  // As the next life of the program finds it.
  await real.remote.disconnect();
  await ship(world, one, [0]);
  assert.equal(incoming().length, 0);
  await shipWhole();
});

test('a host that hangs is given up after the stall limit', async () => {
  await real.close();
  open({ stallMs: 3_000 });
  await ship(world, one, [3]);
  rig.remote.setRateKiB(slowKiB);
  const hung = assert.rejects(ship(world, one, rest), faultOf('limit', /nothing moved any more/));
  await untilSomeIsUnderWay();
  rig.remote.freeze();
  await hung;
  rig.remote.thaw();
  rig.remote.setRateKiB(0);
  await shipWhole();
});

test('a limit of bandwidth holds for all that is sent at once', async () => {
  const send = async (pieces: readonly number[]): Promise<void> => {
    await world.remote.shipPieces({ ...orderOf(one, pieces), bandwidthBytesPerSecond: 4_000 * 1024 });
  };
  await send([0]);
  const startedAt = performance.now();
  await Promise.all([send([1, 2, 3, 4]), send([5, 6, 7, 8])]);
  const ms = performance.now() - startedAt;
  // What is given at once, at the end, takes no time.
  assert.ok(ms > ((8 * pieceBytes) / (4_000 * 1024)) * 1000 * 0.6, `${ms} ms`);
});

test('a host that is full says so, keeps what was proved, and goes on when there is room', async () => {
  const disk = `${rig.directory}/disk`;
  mountSmallDisk(disk, 8 * 1024 ** 2);
  await real.close();
  open({ path: `${disk}/root` });
  await ship(world, one, [0, 1, 2]);
  const ballast = `${disk}/ballast`;
  writeFileSync(ballast, Buffer.alloc(5_000_000, 'x'));
  await assert.rejects(ship(world, one, [3, 4, 5, 6, 7, 8, 9]), faultOf('full', /no room left/));
  assert.equal(incoming().length, 0);
  assert.deepEqual(piecesIn((await list(world, one, [])).pieces).slice(0, 3), [0, 1, 2]);
  unlinkSync(ballast);
  await shipWhole();
});

test('a file larger than the host takes is told as such', async () => {
  sessions.beginWith(['ulimit -f 400']);
  await assert.rejects(ship(world, one), faultOf('full', /no file as large/));
});

test('bytes that do not read back as they were sent are not believed', async () => {
  const programs = sessions.programs(plainPrograms.filter((name) => name !== 'dd'));
  symlinkSync(programPath('sha1sum'), `${programs}/sha1sum`);
  const dd = programPath('dd');
  // A disk that takes everything and writes nothing.
  script(`${programs}/dd`, [`case "$*" in *conv=notrunc\\ if=*) exit 0 ;; *) exec ${dd} "$@" ;; esac`]);
  sessions.beginWith([], programs);
  await assert.rejects(ship(world, one, [0, 1, 5, 6]), faultOf('failed', /does not read the same/));
  sessions.beginWith([], sessions.programs([...plainPrograms, 'sha1sum']));
  await real.remote.disconnect();
  assert.deepEqual(piecesIn((await list(world, one, [])).pieces), []);
});

test('a program that makes wrong digests is not asked, the next one is, whatever its form', async () => {
  const real1 = programPath('sha1sum');
  const forms: readonly (readonly [string, string])[] = [
    ['shasum', `exec ${real1} -`],
    ['sha1', `${real1} | { read -r h rest; echo "$h"; }`],
    ['openssl', `${real1} | { read -r h rest; echo "SHA1(stdin)= $h"; }`],
  ];
  for (const [name, body] of forms) {
    const programs = sessions.programs(plainPrograms);
    script(`${programs}/sha1sum`, ['cat >/dev/null; echo da39a3ee5e6b4b0d3255bfef95601890afd80709']);
    script(`${programs}/${name}`, [body]);
    sessions.beginWith([], programs);
    await real.remote.disconnect();
    await ship(world, one);
    assert.equal(piecesIn((await list(world, one, [])).pieces).length, one.pieces.length);
  }
});

test('a host whose dd cannot sync a file syncs all, and one without hard links moves the file', async () => {
  const programs = sessions.programs([
    ...plainPrograms.filter((name) => !['dd', 'ln', 'sync'].includes(name)),
    'sha1sum',
  ]);
  const log = `${rig.directory}/synced`;
  writeFileSync(log, '');
  script(`${programs}/dd`, [
    `case "$*" in *fsync*) echo "dd: unknown conversion" >&2; exit 1 ;; *) exec ${programPath('dd')} "$@" ;; esac`,
  ]);
  script(`${programs}/sync`, [`echo "sync $#" >>'${log}'`]);
  script(`${programs}/ln`, ['echo "ln: Operation not permitted" >&2; exit 1']);
  sessions.beginWith([], programs);
  await shipWhole();
  assert.match(readFileSync(log, 'utf8'), /^sync 0\nsync 2\n/);
});

test('a symlink in the place of the partial file is not written through', async () => {
  await ship(world, one, [0]);
  const partial = `${real.root}/${piecesDirectory}/large`;
  rmSync(partial);
  const precious = `${rig.directory}/precious`;
  writeFileSync(precious, 'precious');
  symlinkSync(precious, partial);
  await assert.rejects(ship(world, one, [0]), faultOf('refused'));
  assert.deepEqual((await list(world, one, [])).source, 'nothing');
  await assert.rejects(world.remote.finishPieces(one), faultOf('failed'));
  assert.equal(readFileSync(precious, 'utf8'), 'precious');
});

test('a finish that was cut between two names is finished', async () => {
  await ship(world, one);
  linkSync(`${real.root}/${piecesDirectory}/large`, `${real.root}/large`);
  await world.remote.finishPieces(one);
  assertWhole(world, one);
  assert.equal(world.partialThere(), 0);
});

test('a partial file that was cut short by hand is mended', async () => {
  await ship(world, one);
  truncateSync(`${real.root}/${piecesDirectory}/large`, 1_000_000);
  assert.deepEqual(piecesIn((await list(world, one, [])).pieces), [0, 1, 2]);
  await assert.rejects(world.remote.finishPieces(one), faultOf('failed', /full size/));
  await shipWhole();
});

async function shipWhole(): Promise<void> {
  await ship(world, one);
  await world.remote.finishPieces(one);
  assertWhole(world, one);
  assert.equal(world.partialThere(), 0);
}

/** Files on the remote that hold what has just come in. */
function incoming(): readonly ByteString[] {
  return [...(real.filesThere() ?? new Map<ByteString, Uint8Array>()).keys()].filter((path) =>
    path.includes('/incoming.'),
  );
}

function partialBytes(): number {
  return real.filesThere()?.get(asByteString(`${piecesDirectory}/large`))?.length ?? 0;
}

async function untilSomeIsUnderWay(): Promise<void> {
  await rig.until('some of it has come in', () =>
    [...(real.filesThere() ?? [])].some(
      ([path, { length }]) => path.includes('/incoming.') && length > 300_000,
    ),
  );
}

function script(path: string, lines: readonly string[]): void {
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
}
