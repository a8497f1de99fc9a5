/** The real seedbox keeps the contract, and follows no symlink, whatever lies in the place of a torrent's files. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString, bytesOfText, joinPath, parentPath } from '../../src/core/bytes.ts';
import { hasPiece } from '../../src/core/pieces.ts';
import type { SeedboxWorld } from './suites/seedbox-world.ts';
import { removal, seedboxContract } from './suites/seedbox-contract.ts';
import { singleFileTorrent, smallTorrent } from './suites/small-torrent.ts';

seedboxContract('local disk', openRealSeedbox);

let world: SeedboxWorld;
let managed: string;
let data: string;

beforeEach(() => {
  world = openRealSeedbox();
  managed = world.managedDirectory;
  data = world.data;
});

afterEach(() => {
  world.close();
});

const torrent = smallTorrent('torrent', { file: 'x'.repeat(10_000), 'sub/file': 'y'.repeat(10_000) });

test('an unchanged .torrent is not parsed again', async () => {
  writeFileSync(`${managed}/a.torrent`, torrent.bytes);
  const metainfo = async () => [...(await world.seedbox.scan()).managed.values()][0]?.metainfo;
  const first = await metainfo();
  assert.notEqual(first, undefined);
  assert.equal(await metainfo(), first);
  writeFileSync(`${managed}/b.torrent`, torrent.bytes);
  renameSync(`${managed}/b.torrent`, `${managed}/a.torrent`);
  assert.notEqual(await metainfo(), first);
});

test('a .torrent in high or low has that priority, one in any other directory is none', async () => {
  const torrents = ['one', 'two', 'three'].map((name) => smallTorrent(name, { file: name }));
  const places = ['low/one', 'low/two', 'high/two', 'three', 'low/three', 'low/high/one', 'normal/one'];
  const before = Date.now();
  for (const place of places) {
    const { bytes } = torrents[['one', 'two', 'three'].indexOf(place.split('/').at(-1)!)]!;
    mkdirSync(dirname(`${managed}/${place}`), { recursive: true });
    writeFileSync(`${managed}/${place}.torrent`, bytes);
  }
  // Times of the download, say, which a move or a copy keeps: it was added now.
  utimesSync(`${managed}/three.torrent`, 1, 1);
  const { managed: found, rejected } = await world.seedbox.scan();
  assert.deepEqual(
    [...found.values()].map(({ metainfo: { name }, priority }) => `${name} ${priority}`).sort(),
    ['one low', 'three normal', 'two high'],
  );
  assert.deepEqual(
    rejected.map(({ path }) => path.slice(managed.length + 1)),
    ['low/high', 'normal'],
  );
  for (const { addedAtMs } of found.values()) {
    assert.ok(addedAtMs > before - 60_000 && addedAtMs < Date.now() + 60_000);
  }
  for (const one of found.values()) await world.seedbox.retire(one);
  assert.equal((await world.seedbox.scan()).managed.size, 0);
});

test('pipes, sockets and symlinks to nowhere neither hold up a scan nor disturb others', async () => {
  writeFileSync(`${managed}/good.torrent`, torrent.bytes);
  symlinkSync('good.torrent', `${managed}/link.torrent`);
  execFileSync('mkfifo', [`${managed}/pipe.torrent`]);
  symlinkSync('loop.torrent', `${managed}/loop.torrent`);
  symlinkSync('nowhere', `${managed}/dangling.torrent`);
  const server = createServer().listen(`${managed}/socket.torrent`);
  await once(server, 'listening');
  const { managed: found, rejected } = await world.seedbox.scan();
  server.close();
  assert.deepEqual(
    [...found.values()][0]?.torrentPaths,
    ['good.torrent', 'link.torrent'].map((name) => `${managed}/${name}`),
  );
  assert.deepEqual(
    rejected.map(({ path }) => path.slice(managed.length + 1)),
    ['loop.torrent', 'pipe.torrent', 'socket.torrent'],
  );
  unlinkSync(`${managed}/good.torrent`);
  symlinkSync('good.torrent', `${managed}/good.torrent`);
  assert.equal((await world.seedbox.scan()).managed.size, 0);
});

test('a managed directory that is missing is a fault with a fix', async () => {
  await assert.rejects(new Seedbox(`${data}/nowhere`).scan(), {
    name: 'Fault',
    kind: 'refused',
    remedy: /managed_torrents_directory/,
  });
});

test('space is counted in blocks: a sparse file takes what was written of it', async () => {
  const order = removal(world, torrent);
  const sparse = openSync(`${data}/torrent/file`, 'w');
  ftruncateSync(sparse, 100_000_000);
  closeSync(sparse);
  const view = await world.seedbox.measure(world.data, [order]);
  const seen = view.torrents.get(order.managed.metainfo.infohash)!;
  assert.deepEqual(seen.files[0], { sizeBytes: 100_000_000, allocatedBytes: 0 });
  assert.equal(seen.allocatedBytes, lstatSync(`${data}/torrent/sub/file`).blocks * 512);
});

test('a sparse file of the right size is in place and holds no piece', async () => {
  const order = removal(world, torrent);
  writeFileSync(`${managed}/torrent.torrent`, torrent.bytes);
  for (const path of ['file', 'sub/file']) {
    const sparse = openSync(`${data}/torrent/${path}`, 'w');
    ftruncateSync(sparse, 10_000);
    closeSync(sparse);
  }
  const found = await world.seedbox.verifyPieces(order);
  assert.deepEqual([...found.inPlace], [0, 1]);
  assert.ok(!hasPiece(found.pieces, 0) && !hasPiece(found.pieces, 1));
});

test('a symlink in the place of a file is not counted, not read and not deleted, nor is what it leads to', async () => {
  const order = removal(world, torrent);
  writeFileSync(`${managed}/torrent.torrent`, torrent.bytes);
  renameSync(`${data}/torrent/file`, `${data}/precious`);
  symlinkSync('../precious', `${data}/torrent/file`);
  await assertOnlyTheOtherFileIsSeen(0);
  const report = await world.seedbox.remove(order);
  assert.deepEqual(
    [report.removedFiles, report.spared.map(({ path }) => path)],
    [1, [`${data}/torrent/file`]],
  );
  assert.equal(readFileSync(`${data}/precious`).length, 10_000);
  assert.deepEqual(readdirSync(`${data}/torrent`), ['file']);
});

test('what a symlinked directory leads to is not counted, not read and not deleted', async () => {
  const order = removal(world, torrent);
  renameSync(`${data}/torrent/sub`, `${data}/precious`);
  symlinkSync('../precious', `${data}/torrent/sub`);
  await assertOnlyTheOtherFileIsSeen(1);
  const report = await world.seedbox.remove(order);
  assert.deepEqual(
    report.spared.map(({ path }) => path),
    [`${data}/torrent/sub/file`],
  );
  assert.deepEqual(readdirSync(`${data}/precious`), ['file']);
  assert.deepEqual(readdirSync(`${data}/torrent`), ['sub']);
});

test("a torrent's own directory that is a symlink is left alone", async () => {
  const order = removal(world, torrent);
  renameSync(`${data}/torrent`, `${data}/precious`);
  symlinkSync('precious', `${data}/torrent`);
  const report = await world.seedbox.remove(order);
  assert.deepEqual([report.removedFiles, report.spared.length], [0, 2]);
  assert.deepEqual(readdirSync(`${data}/precious`), ['file', 'sub']);
});

test('the download directory itself may be a symlink', async () => {
  const order = removal(world, torrent);
  symlinkSync(data, `${managed}/link`);
  const through = { ...order, directory: bytesOfText(`${managed}/link/torrent`) };
  const view = await world.seedbox.measure(bytesOfText(`${managed}/link`), [through]);
  assert.equal(view.torrents.get(order.managed.metainfo.infohash)!.files.length, 2);
  assert.equal((await world.seedbox.remove(through)).removedFiles, 2);
  assert.deepEqual(readdirSync(data), []);

  const single = singleFileTorrent('single', 'content');
  writeFileSync(`${data}/single`, 'content');
  const alone = { ...removal(world, single), directory: bytesOfText(`${managed}/link`) };
  assert.equal((await world.seedbox.remove(alone)).removedFiles, 1);
});

test('a file with another name elsewhere goes, and frees nothing', async () => {
  const order = removal(world, torrent);
  linkSync(`${data}/torrent/file`, `${data}/other name`);
  const report = await world.seedbox.remove(order);
  assert.equal(report.removedFiles, 2);
  assert.ok(report.freedBytes < 20_000 && report.freedBytes >= 10_000);
  assert.equal(readFileSync(`${data}/other name`).length, 10_000);
  assert.equal(existsSync(`${data}/torrent`), false);
});

/** By measuring and by reading. */
async function assertOnlyTheOtherFileIsSeen(hidden: 0 | 1): Promise<void> {
  const order = removal({ ...world, write: () => undefined }, torrent);
  const view = await world.seedbox.measure(world.data, [order]);
  const seen = view.torrents.get(order.managed.metainfo.infohash)!;
  assert.equal(seen.files[hidden], undefined);
  assert.equal(seen.files[1 - hidden]?.sizeBytes, 10_000);
  const signal = new AbortController().signal;
  const digests = await world.seedbox.digest(order, order.files, () => undefined, signal);
  assert.deepEqual([...digests.keys()], [1 - hidden]);
}

function openRealSeedbox(): SeedboxWorld {
  const directory = mkdtempSync(`${tmpdir()}/seedbox-`);
  mkdirSync(`${directory}/managed`);
  mkdirSync(`${directory}/data`);
  return {
    seedbox: new Seedbox(`${directory}/managed`),
    managedDirectory: bytesOfText(`${directory}/managed`),
    data: bytesOfText(`${directory}/data`),
    write: (path, content) => {
      mkdirSync(pathOf(parentPath(path)), { recursive: true });
      writeFileSync(pathOf(path), content);
    },
    introduce: () => undefined,
    makeDirectory: (path) => {
      mkdirSync(pathOf(path), { recursive: true });
    },
    removeFile: (path) => {
      unlinkSync(pathOf(path));
    },
    entriesBelow: (below) => entriesBelow(below).sort(),
    close: () => {
      rmSync(directory, { recursive: true });
    },
  };
}

function entriesBelow(directory: ByteString, prefix = asByteString('')): ByteString[] {
  const entries = readdirSync(pathOf(directory), { encoding: 'buffer', withFileTypes: true });
  return entries.flatMap((entry) => {
    const name = asByteString(entry.name.toString('latin1'));
    const path = joinPath(prefix, name);
    if (!entry.isDirectory()) return [path];
    return [asByteString(`${path}/`), ...entriesBelow(joinPath(directory, name), path)];
  });
}

function pathOf(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}

test('what has not changed is not parsed again; what comes, goes or is replaced is seen at once', async () => {
  const seedbox = new Seedbox(managed);
  const put = (name: string): void =>
    writeFileSync(`${managed}/${name}.torrent`, singleFileTorrent(name, name).bytes);
  /** Changed long ago: what has just been changed is looked at again. */
  const age = (): void => utimesSync(managed, 1_000, 1_000);
  put('one');
  put('two');
  age();
  const first = await seedbox.scan();
  assert.equal((await seedbox.scan()).managed, first.managed, 'nothing changed: the same answer');
  put('three');
  const second = await seedbox.scan();
  assert.equal(second.managed.size, 3);
  for (const [infohash, { metainfo }] of first.managed) {
    assert.equal(
      second.managed.get(infohash)?.metainfo,
      metainfo,
      'a file that has not changed is not parsed again',
    );
  }
  writeFileSync(`${managed}/half.torrent`, singleFileTorrent('half', 'half').bytes.subarray(0, 50));
  age();
  assert.equal((await seedbox.scan()).rejected.length, 1);
  put('half');
  age();
  const whole = await seedbox.scan();
  assert.deepEqual([whole.managed.size, whole.rejected.length], [4, 0], 'written in place, it is read again');
  unlinkSync(`${managed}/half.torrent`);
  assert.equal((await seedbox.scan()).managed.size, 3);
});
