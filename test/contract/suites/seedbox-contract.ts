/** The contract of the seedbox's port, for every implementation of it. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ByteString } from '../../../src/core/bytes.ts';
import { bytesOfText, joinPath } from '../../../src/core/bytes.ts';
import { Fault } from '../../../src/core/fault.ts';
import type { ManagedTorrent } from '../../../src/core/metainfo.ts';
import { piecesIn, piecesOf } from '../../../src/core/pieces.ts';
import type { RemovalOrder } from '../../../src/ports/seedbox.ts';
import { hostileNames } from './hostile-names.ts';
import { scanning } from './scanning-contract.ts';
import type { SeedboxWorld } from './seedbox-world.ts';
import { managedPath, placeTorrent } from './seedbox-world.ts';
import type { SmallTorrent } from './small-torrent.ts';
import { managedAt, singleFileTorrent, smallTorrent } from './small-torrent.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

export function seedboxContract(name: string, makeSeedbox: () => SeedboxWorld): void {
  seedboxDiskContract(name, makeSeedbox);
  seedboxTorrentContract(name, makeSeedbox);
}

/** The part about .torrent files, and about pieces. */
export function seedboxTorrentContract(name: string, makeSeedbox: () => SeedboxWorld): void {
  const check = checksOver(name, makeSeedbox);
  scanning(check);
  verifying(check);
}

/** The part about data: measured, read whole, removed by manifest. */
export function seedboxDiskContract(name: string, makeSeedbox: () => SeedboxWorld): void {
  const check = checksOver(name, makeSeedbox);
  measuring(check);
  digesting(check);
  removing(check);
  keepingDirectories(check);
}

function measuring(check: Check<SeedboxWorld>): void {
  check('what is there is measured, file by file', async (world) => {
    const torrent = smallTorrent('torrent', { there: 'x'.repeat(10_000), 'sub/gone': 'y', empty: '' });
    const directory = bytesOfText(`${world.data}/torrent`);
    world.write(joinPath(directory, bytesOfText('there')), Buffer.alloc(5_000, 'x'));
    world.write(joinPath(directory, bytesOfText('empty')), Buffer.alloc(0));
    world.write(joinPath(directory, bytesOfText('stranger')), Buffer.alloc(50_000, 'x'));
    const managed = managedAt(torrent, managedPath(world, 'torrent.torrent'));
    const absent = managedAt(smallTorrent('absent', { file: '1' }), managedPath(world, 'absent.torrent'));
    const view = await world.seedbox.measure(world.data, [
      { managed, directory },
      { managed: absent, directory: bytesOfText(`${world.data}/absent`) },
    ]);
    assert.ok(view.freeBytes > 0 && view.totalBytes >= view.freeBytes && view.blockBytes > 0);
    const seen = view.torrents.get(managed.metainfo.infohash)!;
    assert.equal(seen.directory, directory);
    assert.deepEqual(
      managed.metainfo.files.map(({ index }) => seen.files[index]?.sizeBytes),
      [5_000, undefined, 0],
    );
    assert.ok(seen.allocatedBytes >= 5_000 && seen.allocatedBytes < 50_000);
    assert.equal(
      seen.allocatedBytes,
      seen.files.reduce((sum, file) => sum + (file?.allocatedBytes ?? 0), 0),
    );
    assert.equal(view.torrents.get(absent.metainfo.infohash)!.allocatedBytes, 0);
  });
}

/** Pieces of 16 KiB over files that share them: 0–1 are of `a`, 1–2 of `b`, 2 of `c`, too, and 3 of `d` alone. */
const shared = smallTorrent('shared', {
  a: 'a'.repeat(20_000),
  b: 'b'.repeat(20_000),
  none: '',
  'sub/c': 'c'.repeat(3 * 16_384 - 40_000),
  'sub/d': 'd'.repeat(1_000),
});

function verifying(check: Check<SeedboxWorld>): void {
  const cases: readonly [string, Readonly<Record<string, string | undefined>>, number[], number[]][] = [
    ['all is there', {}, [0, 1, 2, 3], [0, 1, 2, 3, 4]],
    ['a missing file takes the pieces that it shares with it', { b: undefined }, [0, 3], [0, 2, 3, 4]],
    ['a corrupt byte costs one piece', { a: `${'a'.repeat(19_999)}x` }, [0, 2, 3], [0, 1, 2, 3, 4]],
    ['a short file holds nothing', { 'sub/c': 'c'.repeat(10) }, [0, 1, 3], [0, 1, 2, 4]],
    ['a file that is too long holds nothing', { 'sub/d': 'd'.repeat(1_001) }, [0, 1, 2], [0, 1, 2, 3]],
    ['a missing empty file costs no piece', { none: undefined }, [0, 1, 2, 3], [0, 1, 3, 4]],
    [
      'a file where a directory is to be',
      { 'sub/c': undefined, 'sub/d': undefined, sub: 'x' },
      [0, 1],
      [0, 1, 2],
    ],
  ];
  for (const [title, changes, pieces, inPlace] of cases) {
    check(`pieces: ${title}`, async (world) => {
      const place = { managed: managed(world, shared), directory: bytesOfText(`${world.data}/shared`) };
      for (const [path, content] of Object.entries({ ...textsOf(shared), ...changes })) {
        if (content !== undefined) {
          world.write(joinPath(place.directory, bytesOfText(path)), Buffer.from(content, 'latin1'));
        }
      }
      const found = await world.seedbox.verifyPieces(place);
      assert.equal(found.pieces.count, 4);
      assert.deepEqual([piecesIn(found.pieces), [...found.inPlace]], [pieces, inPlace]);
    });
  }

  check('pieces: what is known is not read, and holds only where its files are in place', async (world) => {
    const place = { managed: managed(world, shared), directory: bytesOfText(`${world.data}/shared`) };
    const texts = { ...textsOf(shared), a: 'x'.repeat(20_000) };
    for (const [path, content] of Object.entries(texts)) {
      if (path !== 'b')
        world.write(joinPath(place.directory, bytesOfText(path)), Buffer.from(content, 'latin1'));
    }
    const found = await world.seedbox.verifyPieces(place, piecesOf(4, [0, 1]));
    // Of 0 and 1 only the first lies in no other file than `a`; 2 shares `b`; 3 was read.
    assert.deepEqual(piecesIn(found.pieces), [0, 3]);
  });

  check('pieces: nothing is there, a single file is, and the .torrent is not', async (world) => {
    const single = singleFileTorrent('single', 's'.repeat(40_000));
    const place = { managed: managed(world, single), directory: world.data };
    const nothing = await world.seedbox.verifyPieces(place);
    assert.deepEqual([piecesIn(nothing.pieces), [...nothing.inPlace]], [[], []]);
    world.write(bytesOfText(`${world.data}/single`), single.contents.get(bytesOfText('single'))!);
    assert.deepEqual(piecesIn((await world.seedbox.verifyPieces(place)).pieces), [0, 1, 2]);
    world.removeFile(place.managed.torrentPaths[0]);
    await assert.rejects(world.seedbox.verifyPieces(place), Fault);
  });
}

function digesting(check: Check<SeedboxWorld>): void {
  check('files are read whole, and what is not there is absent', async (world) => {
    const place = { managed: managed(world, shared), directory: bytesOfText(`${world.data}/shared`) };
    for (const [path, content] of shared.contents) {
      if (path !== 'b') world.write(joinPath(place.directory, path), content);
    }
    const told: number[] = [];
    const { files } = place.managed.metainfo;
    const signal = new AbortController().signal;
    const digests = await world.seedbox.digest(place, files, (bytes) => told.push(bytes), signal);
    const expected = files.flatMap(({ index, path }) =>
      path === 'b' ? [] : [[index, md5(shared, path)] as const],
    );
    assert.deepEqual(digests, new Map(expected));
    assert.equal(told.at(-1), 3 * 16_384 + 1_000 - 20_000);
    const one = await world.seedbox.digest(place, files.slice(0, 1), () => undefined, signal);
    assert.deepEqual([...one.keys()], [0]);
    await assert.rejects(
      world.seedbox.digest(place, files, () => undefined, AbortSignal.abort()),
      (error) => error instanceof Fault && error.kind === 'limit',
    );
  });
}

function removing(check: Check<SeedboxWorld>): void {
  check('what the manifest lists goes, with the directories that became empty', async (world) => {
    const order = removal(world, shared);
    world.write(bytesOfText(`${world.data}/neighbour`), Buffer.from('stays'));
    const report = await world.seedbox.remove(order);
    assert.deepEqual(world.entriesBelow(world.data), ['neighbour']);
    assert.deepEqual([report.removedFiles, report.leftOver, report.spared], [5, [], []]);
    assert.ok(report.freedBytes >= 3 * 16_384);
    const again = await world.seedbox.remove(order);
    assert.deepEqual(again, { removedFiles: 0, freedBytes: 0, leftOver: [], spared: [] });
  });

  check("a part of the files goes, a stranger's files stay and are told of", async (world) => {
    const order = removal(world, shared);
    const mine = bytesOfText(`${order.directory}/sub/mine`);
    world.write(mine, Buffer.from('mine'));
    const files = order.files.filter(({ path }) => path !== 'a');
    const report = await world.seedbox.remove({ ...order, files });
    assert.deepEqual(world.entriesBelow(order.directory), ['a', 'sub/', 'sub/mine']);
    assert.equal(report.removedFiles, 4);
    assert.deepEqual(report.leftOver, [mine]);
  });

  check('what another torrent has is spared', async (world) => {
    const order = removal(world, shared);
    const path = bytesOfText(`${order.directory}/sub/c`);
    const report = await world.seedbox.remove({ ...order, keep: new Set([path]) });
    assert.deepEqual(world.entriesBelow(order.directory), ['sub/', 'sub/c']);
    assert.equal(report.spared[0]?.path, path);
  });

  check('a directory in the place of a file is spared with all that it holds', async (world) => {
    const order = removal(world, shared);
    world.removeFile(bytesOfText(`${order.directory}/a`));
    world.write(bytesOfText(`${order.directory}/a/precious`), Buffer.from('x'));
    const report = await world.seedbox.remove(order);
    assert.deepEqual(world.entriesBelow(order.directory), ['a/', 'a/precious']);
    assert.deepEqual(
      report.spared.map((one) => one.path),
      [bytesOfText(`${order.directory}/a`)],
    );
  });

  check('a single file goes alone out of a directory that it shares', async (world) => {
    const single = singleFileTorrent('single', 'content');
    const order = { ...removal(world, single), directory: world.data };
    world.write(bytesOfText(`${world.data}/single`), Buffer.from('content'));
    world.write(bytesOfText(`${world.data}/other`), Buffer.from('other'));
    const report = await world.seedbox.remove(order);
    assert.deepEqual([report.removedFiles, report.leftOver], [1, []]);
    assert.ok(world.entriesBelow(world.data).includes(bytesOfText('other')));
    world.removeFile(bytesOfText(`${world.data}/other`));
    await world.seedbox.remove(order);
    assert.deepEqual(
      world.entriesBelow(joinPath(world.data)).filter((path) => path === 'single'),
      [],
    );
  });

  check('hostile names go like all others', async (world) => {
    const order = removal(
      world,
      smallTorrent('hostile', Object.fromEntries(hostileNames.map((name) => [name, 'x']))),
    );
    assert.equal(world.entriesBelow(order.directory).length, hostileNames.length);
    assert.equal((await world.seedbox.remove(order)).removedFiles, hostileNames.length);
    assert.deepEqual(world.entriesBelow(world.data), []);
  });
}

function keepingDirectories(check: Check<SeedboxWorld>): void {
  check("a stranger's directory stays, empty as it is, and is told of", async (world) => {
    const order = removal(world, shared);
    const mine = bytesOfText(`${order.directory}/my directory`);
    world.makeDirectory(mine);
    const report = await world.seedbox.remove(order);
    assert.deepEqual(world.entriesBelow(order.directory), ['my directory/']);
    assert.deepEqual(report.leftOver, [mine]);
  });

  check('a directory that is not there yet is measured as its parent', async (world) => {
    const below = bytesOfText(`${world.data}/not/there/yet`);
    const view = await world.seedbox.measure(below, []);
    assert.equal(view.totalBytes, (await world.seedbox.measure(world.data, [])).totalBytes);
  });
}

/** Writes all of the torrent's files, and gives the order to remove them. */
export function removal(
  world: Pick<SeedboxWorld, 'data' | 'managedDirectory' | 'write'>,
  torrent: SmallTorrent,
): RemovalOrder {
  const one = managedAt(torrent, managedPath(world, 'torrent.torrent'));
  const directory = joinPath(world.data, one.metainfo.name);
  if (one.metainfo.isMultiFile) {
    for (const [path, content] of torrent.contents) world.write(joinPath(directory, path), content);
  }
  return { managed: one, directory, files: one.metainfo.files, keep: new Set() };
}

function managed(world: SeedboxWorld, torrent: SmallTorrent): ManagedTorrent {
  return managedAt(torrent, placeTorrent(world, torrent, 'torrent.torrent'));
}

function textsOf({ contents }: SmallTorrent): Readonly<Record<string, string>> {
  return Object.fromEntries([...contents].map(([path, content]) => [path, content.toString('latin1')]));
}

function md5(torrent: SmallTorrent, path: ByteString): string {
  return createHash('md5').update(torrent.contents.get(path)!).digest('hex');
}
