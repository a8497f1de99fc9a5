/** rtorrent 0.9.8 keeps the contract, through kill -9, and tells its peers the truth about what is on disk. */

import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { after, before, test } from 'node:test';
import { RtorrentRpc } from '../../src/adapters/rtorrent-rpc.ts';
import { Rtorrent } from '../../src/adapters/rtorrent.ts';
import { systemClock } from '../../src/adapters/runtime.ts';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import { asByteString, bytesOfText, joinPath, parentPath } from '../../src/core/bytes.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import type { ManagedTorrent, MetainfoFile } from '../../src/core/metainfo.ts';
import { parseInfohash } from '../../src/core/metainfo.ts';
import { piecesFromHex, piecesIn } from '../../src/core/pieces.ts';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import type { RigTorrent, TorrentOptions } from '../e2e/rig/torrents.ts';
import type { RtorrentWorld } from './suites/rtorrent-contract.ts';
import type { RtorrentDutyWorld } from './suites/rtorrent-duty.ts';
import { rtorrentDutyContract } from './suites/rtorrent-duty.ts';
import { partOf, rtorrentContract } from './suites/rtorrent-contract.ts';
import { rtorrentWindowContract } from './suites/rtorrent-window.ts';
import { streamContract } from './suites/stream-contract.ts';

let rig: Rig;
let world: RtorrentWorld;

before(async () => {
  rig = await startRig({ client: { lowDiskspaceTimer: 'off' } });
  world = openRealRtorrent();
});

after(() => (rig as Rig | undefined)?.stop());

rtorrentContract('rtorrent 0.9.8', async () => openRealRtorrent());
rtorrentDutyContract('rtorrent 0.9.8', async () => openRealRtorrent());
rtorrentWindowContract('rtorrent 0.9.8', async () => openRealRtorrent());
streamContract('rtorrent 0.9.8', async () => openRealRtorrent());

test('a torrent in parts is known again after kill -9, and loaded again it is as it was', async () => {
  const { rtorrent } = world;
  const { managed } = await add({ name: 'killed', bytes: 100_000, pieceLengthBytes: 16_384, seeded: false });
  const { infohash } = managed.metainfo;
  await rtorrent.loadSelected({ ...partOf(managed, world.defaultDirectory, [0]), uploadedBytes: 77 });
  const isAsLoaded = async (): Promise<boolean | undefined> =>
    (await rtorrent.details([infohash])).get(infohash)?.isAsLoaded;
  assert.equal(await isAsLoaded(), true);
  // rtorrent's times are in seconds: started anew in the very second of the load, it could not be told.
  const loadedAtSeconds = Number(await rig.client.call('d.load_date', infohash));
  await rig.until('another second begins', () => Date.now() >= (loadedAtSeconds + 1) * 1_000);
  const before = (await rtorrent.observe()).processId;
  await rig.client.restart({ kill: true });
  const view = await rtorrent.observe();
  assert.notEqual(view.processId, before);
  assert.equal(view.torrents.get(infohash)?.mode, 'file');
  assert.equal(view.torrents.get(infohash)?.uploadedBytes, 77);
  assert.equal(await isAsLoaded(), false);
  await rtorrent.erase(infohash);
  await rtorrent.loadSelected(partOf(managed, world.defaultDirectory, []));
  assert.equal(await isAsLoaded(), true);
  assert.equal((await rtorrent.look(infohash))?.isActive, true);
});

test('a torrent in parts that is checked by hand is not as it was loaded any more, and no other is touched', async () => {
  const { rtorrent } = world;
  const parts = await add({ name: 'checked', bytes: 100_000, pieceLengthBytes: 16_384 });
  const whole = await add({ name: 'checked whole', bytes: 100_000, pieceLengthBytes: 16_384 });
  const infohashes = [parts, whole].map(({ managed }) => managed.metainfo.infohash);
  await rtorrent.loadSelected(partOf(parts.managed, world.defaultDirectory, [0]));
  await rtorrent.load(whole.managed, world.defaultDirectory, 0);
  const areAsLoaded = async (): Promise<readonly unknown[]> => {
    const details = await rtorrent.details(infohashes);
    return infohashes.map((infohash) => details.get(infohash)?.isAsLoaded);
  };
  assert.deepEqual(await areAsLoaded(), [true, true]);
  for (const infohash of infohashes) await rig.client.call('d.check_hash', infohash);
  assert.deepEqual(await areAsLoaded(), [false, true]);
  for (const infohash of infohashes) await rtorrent.erase(infohash);
  await rtorrent.loadSelected(partOf(parts.managed, world.defaultDirectory, []));
  assert.deepEqual(await areAsLoaded(), [true, undefined]);
});

test('a rate is what came since the load, not over a minute of which most was before', async () => {
  const { rtorrent } = world;
  const { managed } = await add({ name: 'quick', bytes: 24 * 1024 ** 2, pieceLengthBytes: 65_536 });
  const { infohash } = managed.metainfo;
  await rig.seeder.call('throttle.global_up.max_rate.set_kb', '', 300);
  try {
    await rtorrent.load(managed, world.defaultDirectory, 0);
    const loadedAtMs = Number(await rig.client.call('d.load_date', infohash)) * 1_000;
    const seen = await rig.until('a part of it is here', async () => {
      const mostMs = Date.now() - loadedAtMs;
      const torrent = await rtorrent.look(infohash);
      if (torrent === undefined || torrent.receivedBytes < 1024 ** 2) return undefined;
      return { ...torrent, mostMs, leastMs: Date.now() - loadedAtMs };
    });
    const { receivedBytes, mostMs, leastMs } = seen!;
    const bytesIn = (ms: number): number => (seen!.downRateBytesPerSecond * Math.max(2_000, ms)) / 1_000;
    // The moment of the look is between the two.
    assert.ok(bytesIn(mostMs) <= receivedBytes * 1.1, `${bytesIn(mostMs)} of ${receivedBytes} bytes`);
    assert.ok(bytesIn(leastMs) >= receivedBytes * 0.9, `${bytesIn(leastMs)} of ${receivedBytes} bytes`);
  } finally {
    await rig.seeder.call('throttle.global_up.max_rate.set_kb', '', 0);
    await rtorrent.erase(infohash);
  }
});

test('a leecher is given what was verified, all of it, and nothing else', async () => {
  const { rtorrent } = world;
  const { managed, made } = await add({
    name: 'served',
    pieceLengthBytes: 16_384,
    files: [
      { path: ['good'], bytes: 3 * 16_384 },
      { path: ['spoiled'], bytes: 3 * 16_384 },
      { path: ['missing'], bytes: 2 * 16_384 },
    ],
  });
  await rig.seeder.pause(made);
  const directory = joinPath(world.defaultDirectory, managed.metainfo.name);
  world.putFiles(managed, directory, [0, 1]);
  spoil(joinPath(directory, bytesOfText('spoiled')), 20_000);
  const verified = await new Seedbox(rig.managedDirectory).verifyPieces({ managed, directory });
  assert.deepEqual(piecesIn(verified.pieces), [0, 1, 2, 3, 5]);
  await rtorrent.loadSelected({ managed, directory, selected: new Set(), uploadedBytes: 0, ...verified });
  const { infohash } = managed.metainfo;
  assert.deepEqual((await rtorrent.details([infohash])).get(infohash)?.pieces, verified.pieces);

  const leecher = await rig.startLeecher();
  await leecher.download(made);
  const wanted = 5 * 16_384;
  await rig.until(
    'the leecher has all there is',
    async () => (await leecher.completedBytes(made)) === wanted,
  );
  const bits = piecesFromHex(8, (await leecher.call('d.bitfield', infohash)) as string)!;
  assert.deepEqual(piecesIn(bits), piecesIn(verified.pieces));
  // What fails the leecher's check is asked for again: then more would have gone out than arrived.
  await rig.until('the uploads are counted', async () => {
    return Number(await rig.client.call('d.up.total', infohash)) === wanted;
  });
  assert.equal((await rtorrent.look(infohash))?.uploadedBytes, wanted);
});

test('a torrent that has become another, and one that is gone, are not loaded', async () => {
  const { rtorrent } = world;
  const { managed } = await add({ name: 'changed', bytes: 1_000, pieceLengthBytes: 16_384, seeded: false });
  const { made } = await add({ name: 'changes', bytes: 1_000, pieceLengthBytes: 16_384, seeded: false });
  writeFileSync(pathOf(managed.torrentPaths[0]), made.metainfo);
  await assert.rejects(rtorrent.load(managed, asByteString('/nowhere'), 0), { name: 'Fault', kind: 'gone' });
  const nowhere: ManagedTorrent = { ...managed, torrentPaths: [bytesOfText('/nowhere.torrent')] };
  await assert.rejects(rtorrent.loadSelected(partOf(nowhere, world.defaultDirectory, [0])), {
    name: 'Fault',
    kind: 'gone',
  });
  assert.equal(await rtorrent.look(managed.metainfo.infohash), undefined);
});

test('copies of large torrents do not pile up', () => {
  assert.deepEqual(readdirSync(`${rig.directory}/scratch`), []);
});

test('one request is enough to see everything', async () => {
  const rpc = new RtorrentRpc({ kind: 'unix', path: rig.client.socketPath });
  await new Rtorrent(rpc, systemClock, rig.directory, `${rig.directory}/scratch`).observe();
  assert.equal(rpc.requests, 1);
});

test('an rtorrent that is down is a fault with a fix, and is found again', async () => {
  const { rtorrent } = world;
  const isUnreachable = { name: 'Fault', kind: 'unreachable', remedy: /start rtorrent/ };
  await rig.client.stop({ kill: true });
  const someone = parseInfohash('1'.repeat(40))!;
  await assert.rejects(rtorrent.observe(), isUnreachable);
  await assert.rejects(rtorrent.look(someone), isUnreachable);
  await assert.rejects(rtorrent.erase(someone), isUnreachable);
  await rig.client.start();
  assert.ok((await rtorrent.observe()).processId > 0);

  const nobody = new RtorrentRpc({ kind: 'tcp', host: rig.client.address, port: 1 });
  await assert.rejects(new Rtorrent(nobody, systemClock, rig.directory, rig.directory).observe(), {
    ...isUnreachable,
    message: /ECONNREFUSED/,
  });
});

/** As a scan finds it. */
async function add(options: TorrentOptions): Promise<{ managed: ManagedTorrent; made: RigTorrent }> {
  const made = await rig.addTorrent(options);
  const { managed } = await new Seedbox(rig.managedDirectory).scan();
  const found = managed.get(parseInfohash(made.infohash)!);
  assert.ok(found !== undefined);
  return { managed: found, made };
}

function openRealRtorrent(): RtorrentDutyWorld {
  const rpc = new RtorrentRpc({ kind: 'unix', path: rig.client.socketPath });
  const rtorrent = new Rtorrent(rpc, systemClock, rig.directory, `${rig.directory}/scratch`);
  const otherDirectory = `${rig.directory}/odd "dir", it's; {$x} \\ \u00fc`;
  mkdirSync(otherDirectory, { recursive: true });
  return {
    rtorrent,
    defaultDirectory: bytesOfText(rig.client.downloadDirectory),
    otherDirectory: bytesOfText(otherDirectory),
    add: async (torrent) => (await add(torrent)).managed,
    loadAsUser: async ({ torrentPaths: [path] }) => {
      await rig.client.call('load.start', '', pathOf(path).toString());
    },
    putFiles: (managed, directory, files) => {
      for (const index of files) copySeeded(managed, managed.metainfo.files[index]!, directory);
    },
    nowMs: () => Date.now(),
    sizeOf: (path) => statSync(pathOf(path), { throwIfNoEntry: false })?.size,
    runLowOnSpace: async () => {
      await rig.client.call('close_low_diskspace', '', 10 ** 15);
    },
    until: (description, predicate) => rig.until(description, predicate),
    close: () => rtorrent.disconnect(),
  };
}

/** The seed has every torrent in a directory of its own. */
function copySeeded({ metainfo }: ManagedTorrent, file: MetainfoFile, directory: ByteString): void {
  const below = metainfo.isMultiFile ? joinPath(metainfo.name, file.path) : file.path;
  const source = readdirSync(`${rig.directory}/seed`)
    .map((name) => pathOf(joinPath(bytesOfText(`${rig.directory}/seed/${name}`), below)))
    .find((path) => existsSync(path));
  const target = joinPath(directory, file.path);
  mkdirSync(pathOf(parentPath(target)), { recursive: true });
  copyFileSync(source!, pathOf(target));
}

/** Changes one byte. */
function spoil(path: ByteString, offset: number): void {
  const content = readFileSync(pathOf(path));
  content[offset] = (content[offset] ?? 0) ^ 1;
  writeFileSync(pathOf(path), content);
}

function pathOf(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}
