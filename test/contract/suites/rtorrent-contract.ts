/** The contract of rtorrent's port, for every implementation of it. */

import assert from 'node:assert/strict';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, bytesOfText, joinPath } from '../../../src/core/bytes.ts';
import { expectedDirectory, locate } from '../../../src/core/locate.ts';
import type { ManagedTorrent } from '../../../src/core/metainfo.ts';
import { parseInfohash, pieceRangeOf } from '../../../src/core/metainfo.ts';
import type { PieceSet } from '../../../src/core/pieces.ts';
import { isFileComplete, noPieces, piecesIn, piecesOf } from '../../../src/core/pieces.ts';
import type { RtorrentTorrent } from '../../../src/core/snapshot.ts';
import type { RtorrentPort, SelectedLoad } from '../../../src/ports/rtorrent.ts';
import type { TorrentSpecification } from '../../support/torrent-file.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

/** An rtorrent with a seed in reach, and the test's hands on its surroundings. */
export interface RtorrentWorld {
  readonly rtorrent: RtorrentPort;
  readonly defaultDirectory: ByteString;
  /** Another directory, with a name that needs quoting. */
  readonly otherDirectory: ByteString;
  /** A torrent that is not loaded; the seed has it unless told otherwise. Names must not be used twice. */
  add(torrent: TorrentSpecification & { readonly seeded?: boolean }): Promise<ManagedTorrent>;
  /** Loads and starts it behind the port's back, tied to its .torrent, as a user does. */
  loadAsUser(managed: ManagedTorrent): Promise<void>;
  /** Puts these files of the torrent, whole, below the directory that their paths are relative to. */
  putFiles(managed: ManagedTorrent, directory: ByteString, files: readonly number[]): void;
  /** In bytes; undefined where there is none. */
  sizeOf(path: ByteString): number | undefined;
  /** rtorrent's guard finds that there is too little space, once. */
  runLowOnSpace(): Promise<void>;
  until<T>(description: string, predicate: () => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where rtorrent puts it by itself. */
function directoryOf(world: RtorrentWorld, { metainfo }: ManagedTorrent): ByteString {
  return expectedDirectory(metainfo, world.defaultDirectory);
}

const absent = parseInfohash('0'.repeat(40))!;

/** Pieces of 16 KiB; `a` ends within one, `b` on the border of one, `c` is two of its own. */
export const threeFiles = (name: string): TorrentSpecification => ({
  name,
  pieceLengthBytes: 16_384,
  files: [
    { path: ['a'], bytes: 40_000 },
    { path: ['b'], bytes: 4 * 16_384 - 40_000 },
    { path: ['sub', 'c'], bytes: 30_000 },
    { path: ['none'], bytes: 0 },
  ],
});

export function rtorrentContract(name: string, makeRtorrent: () => Promise<RtorrentWorld>): void {
  const check = checksOver(name, makeRtorrent);
  observing(check);
  loading(check);
  selecting(check);
  ending(check);
}

function observing(check: Check<RtorrentWorld>): void {
  check('every torrent is seen with all its fields, the unmanaged ones too', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('observed'));
    const stranger = await world.add({ name: 'a stranger', bytes: 50_000, pieceLengthBytes: 16_384 });
    const before = await rtorrent.observe();
    assert.match(before.version, /^\d+\.\d+/);
    assert.ok(before.processId > 0);
    assert.equal(before.defaultDirectory, world.defaultDirectory);
    assert.ok(!before.torrents.has(managed.metainfo.infohash));

    await world.loadAsUser(stranger);
    await rtorrent.load(managed, directoryOf(world, managed), 0);
    await untilComplete(world, managed);
    await untilComplete(world, stranger);
    const { torrents } = await rtorrent.observe();
    const expected: RtorrentTorrent = {
      infohash: managed.metainfo.infohash,
      reportedName: bytesOfText('observed'),
      reportedDirectory: joinPath(world.defaultDirectory, bytesOfText('observed')),
      isMultiFile: true,
      isComplete: true,
      isActive: true,
      isOpen: true,
      isStarted: true,
      isHashing: false,
      // 0.9.8 says so of a torrent that is complete, too.
      isPartiallyDone: true,
      uploadedBytes: 0,
      completeSinceMs: undefined,
      completedBytes: managed.metainfo.totalBytes,
      receivedBytes: managed.metainfo.totalBytes,
      sizeBytes: managed.metainfo.totalBytes,
      downRateBytesPerSecond: 0,
      upRateBytesPerSecond: 0,
      message: asByteString(''),
      mode: asByteString(''),
    };
    assertSeen(torrents.get(managed.metainfo.infohash), expected);
    assertSeen(torrents.get(stranger.metainfo.infohash), {
      ...expected,
      infohash: stranger.metainfo.infohash,
      reportedName: stranger.metainfo.name,
      reportedDirectory: world.defaultDirectory,
      isMultiFile: false,
      ...{ completedBytes: 50_000, receivedBytes: 50_000, sizeBytes: 50_000 },
    });
    assertSeen(await rtorrent.look(managed.metainfo.infohash), expected);
  });

  check('what is not loaded is absent, and that is no fault', async ({ rtorrent }) => {
    assert.equal(await rtorrent.look(absent), undefined);
    assert.equal((await rtorrent.details([absent])).size, 0);
    assert.equal((await rtorrent.details([])).size, 0);
  });

  check('details are of the torrents asked for, and a closed one has no pieces', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('detailed'));
    const { infohash, files } = managed.metainfo;
    await rtorrent.load(managed, directoryOf(world, managed), 0);
    await untilComplete(world, managed);
    const detail = (await rtorrent.details([absent, infohash])).get(infohash)!;
    assert.equal(piecesIn(detail.pieces).length, managed.metainfo.pieceCount);
    assert.equal(detail.isAsLoaded, true);
    assert.deepEqual(
      detail.files,
      files.map(({ path }) => ({ path, isSelected: true })),
    );
    await rtorrent.close(infohash);
    const closed = (await rtorrent.details([infohash])).get(infohash)!;
    assert.deepEqual(closed.pieces, noPieces(managed.metainfo.pieceCount));
  });
}

function loading(check: Check<RtorrentWorld>): void {
  check('a torrent is loaded once, started, and fetched whole', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('loaded'));
    await rtorrent.load(managed, directoryOf(world, managed), 0);
    await rtorrent.load(managed, directoryOf(world, managed), 0);
    await untilComplete(world, managed);
    for (const { path, lengthBytes } of managed.metainfo.files) {
      assert.equal(world.sizeOf(joinPath(world.defaultDirectory, asByteString('loaded'), path)), lengthBytes);
    }
    await rtorrent.load(managed, directoryOf(world, managed), 0);
    const torrent = await rtorrent.look(managed.metainfo.infohash);
    assert.equal(torrent?.isComplete, true);
  });

  const names: readonly (string | Buffer)[] = [
    '\u{1f980} emoji',
    '\u00fcml\u00e4ut',
    Buffer.from('not utf-8 \xff\xfe', 'latin1'),
    `"quo'ted", {braces}; $x`,
    'new\nline & <tag>',
    'question? mark',
  ];
  for (const name of names) {
    check(`our paths are right whatever is reported of ${JSON.stringify(name.toString())}`, async (world) => {
      const managed = await world.add({ ...threeFiles(''), name });
      await world.rtorrent.load(managed, directoryOf(world, managed), 0);
      await untilComplete(world, managed);
      const { metainfo } = managed;
      const { torrents, defaultDirectory } = await world.rtorrent.observe();
      const directory = locate(metainfo, torrents.get(metainfo.infohash), defaultDirectory)!;
      assert.equal(directory, expectedDirectory(metainfo, world.defaultDirectory));
      assert.equal(world.sizeOf(joinPath(directory, bytesOfText('sub/c'))), 30_000);
    });
  }

  check(
    'a torrent that is too large for a request is loaded all the same, whole and in parts',
    async (world) => {
      const { rtorrent } = world;
      const managed = await world.add({
        name: 'large',
        pieceLengthBytes: 16_384,
        seeded: false,
        files: Array.from({ length: 2_600 }, (_, index) => ({
          path: [`${'x'.repeat(190)} ${index}`],
          bytes: 1,
        })),
      });
      const { infohash } = managed.metainfo;
      await rtorrent.load(managed, directoryOf(world, managed), 0);
      assert.equal((await rtorrent.details([infohash])).get(infohash)!.files.length, 2_600);
      await rtorrent.erase(infohash);
      await rtorrent.loadSelected(partOf(managed, world.defaultDirectory, [7]));
      const { files } = (await rtorrent.details([infohash])).get(infohash)!;
      assert.deepEqual(
        files.flatMap(({ isSelected }, index) => (isSelected ? [index] : [])),
        [7],
      );
      await rtorrent.disconnect();
    },
  );
}

function selecting(check: Check<RtorrentWorld>): void {
  check('of a torrent that is fetched in parts, the selected files are fetched alone', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('in parts'));
    const { infohash } = managed.metainfo;
    const directory = joinPath(world.defaultDirectory, managed.metainfo.name);
    await rtorrent.loadSelected(partOf(managed, directory, [1]));
    const torrent = await rtorrent.look(infohash);
    assert.deepEqual([torrent?.isActive, torrent?.mode], [true, 'file']);
    const pieces = await untilFile(world, managed, 1);
    assert.deepEqual(piecesIn(pieces), [2, 3]);
    const detail = (await rtorrent.details([infohash])).get(infohash)!;
    assert.deepEqual(
      detail.files.map(({ isSelected }) => isSelected),
      [false, true, false, false],
    );
    await world.until('it is partially done', async () => (await rtorrent.look(infohash))?.isPartiallyDone);
    assert.equal((await rtorrent.look(infohash))?.isComplete, false);
  });

  check('it starts from the pieces that are said to be there, and claims no other', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('from pieces'));
    const { infohash } = managed.metainfo;
    const directory = joinPath(world.defaultDirectory, managed.metainfo.name);
    world.putFiles(managed, directory, [0, 2]);
    const here = piecesOf(managed.metainfo.pieceCount, [0, 1, 4, 5]);
    const order = { ...partOf(managed, directory, []), pieces: here, inPlace: new Set([0, 2]) };
    await rtorrent.loadSelected(order);
    assert.deepEqual((await rtorrent.details([infohash])).get(infohash)!.pieces, here);
    await rtorrent.erase(infohash);
    await rtorrent.loadSelected({ ...order, selected: new Set([1]) });
    await untilFile(world, managed, 1);
    await world.until('all of it is here', async () => (await rtorrent.look(infohash))?.isComplete);
  });

  check('a directory with a name that needs quoting is taken as it is', async (world) => {
    const { rtorrent } = world;
    const several = await world.add(threeFiles('elsewhere'));
    const single = await world.add({ name: 'single elsewhere', bytes: 20_000, pieceLengthBytes: 16_384 });
    const directory = joinPath(world.otherDirectory, bytesOfText('another name'));
    await rtorrent.loadSelected(partOf(several, directory, [0, 1, 2, 3]));
    await rtorrent.loadSelected(partOf(single, world.otherDirectory, [0]));
    await untilComplete(world, several);
    await untilComplete(world, single);
    assert.equal(world.sizeOf(joinPath(directory, bytesOfText('sub/c'))), 30_000);
    assert.equal(world.sizeOf(joinPath(world.otherDirectory, single.metainfo.name)), 20_000);
    const { torrents, defaultDirectory } = await rtorrent.observe();
    const place = (one: ManagedTorrent) =>
      locate(one.metainfo, torrents.get(one.metainfo.infohash), defaultDirectory);
    assert.deepEqual([place(several), place(single)], [directory, world.otherDirectory]);
  });
}

function ending(check: Check<RtorrentWorld>): void {
  check('closing and erasing keep the data and the .torrent, and gone is fine', async (world) => {
    const { rtorrent } = world;
    const ours = await world.add(threeFiles('erased'));
    const theirs = await world.add(threeFiles('tied'));
    await rtorrent.load(ours, directoryOf(world, ours), 0);
    await world.loadAsUser(theirs);
    for (const { metainfo, torrentPaths, ...rest } of [ours, theirs]) {
      await untilComplete(world, { metainfo, torrentPaths, ...rest });
      await rtorrent.close(metainfo.infohash);
      await rtorrent.close(metainfo.infohash);
      const closed = await rtorrent.look(metainfo.infohash);
      assert.deepEqual([closed?.isOpen, closed?.isActive, closed?.isComplete], [false, false, true]);
      assert.equal(closed?.mode, 'closed');
      await rtorrent.erase(metainfo.infohash);
      await rtorrent.erase(metainfo.infohash);
      assert.equal(await rtorrent.look(metainfo.infohash), undefined);
      assert.ok(world.sizeOf(torrentPaths[0]));
      const data = joinPath(world.defaultDirectory, metainfo.name, bytesOfText('a'));
      assert.equal(world.sizeOf(data), 40_000);
    }
    await rtorrent.close(absent);
    await rtorrent.erase(absent);
    // An active one, at once.
    await rtorrent.load(ours, directoryOf(world, ours), 0);
    await rtorrent.erase(ours.metainfo.infohash);
    assert.equal(await rtorrent.look(ours.metainfo.infohash), undefined);
  });

  check('what the guard of low space closed is started again', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add({ ...threeFiles('guarded'), seeded: false });
    const { infohash } = managed.metainfo;
    await rtorrent.load(managed, directoryOf(world, managed), 0);
    await world.until('it is active', async () => (await rtorrent.look(infohash))?.isActive);
    await world.runLowOnSpace();
    const closed = (await rtorrent.look(infohash))!;
    assert.deepEqual([closed.isActive, closed.isOpen, closed.isStarted], [false, false, true]);
    // Its message tells nothing: the tracker's next answer takes it away.
    await rtorrent.restart(infohash);
    assert.equal((await rtorrent.look(infohash))?.isActive, true);
    await rtorrent.restart(infohash);
    assert.equal((await rtorrent.look(infohash))?.isActive, true);
    await assert.rejects(rtorrent.restart(absent), { name: 'Fault', kind: 'refused' });
  });
}

/** Nothing is there yet. */
export function partOf(
  managed: ManagedTorrent,
  directory: ByteString,
  selected: readonly number[],
): SelectedLoad {
  const pieces = noPieces(managed.metainfo.pieceCount);
  return { managed, directory, selected: new Set(selected), uploadedBytes: 0, pieces, inPlace: new Set() };
}

export async function untilComplete(world: RtorrentWorld, { metainfo }: ManagedTorrent): Promise<void> {
  await world.until(
    `${metainfo.name} is complete`,
    async () => (await world.rtorrent.look(metainfo.infohash))?.isComplete,
  );
}

/** Waits until the file is whole; gives all pieces that are there then. */
export async function untilFile(
  world: RtorrentWorld,
  { metainfo }: ManagedTorrent,
  index: number,
): Promise<PieceSet> {
  const file = metainfo.files[index]!;
  assert.notEqual(pieceRangeOf(metainfo, file), undefined);
  return (await world.until(`file ${index} is whole`, async () => {
    const pieces = (await world.rtorrent.details([metainfo.infohash])).get(metainfo.infohash)?.pieces;
    return pieces !== undefined && isFileComplete(metainfo, file, pieces) ? pieces : undefined;
  }))!;
}

/** All but the rate, which takes some seconds to fall back to nothing. */
function assertSeen(seen: RtorrentTorrent | undefined, expected: RtorrentTorrent): void {
  assert.deepEqual({ ...seen, downRateBytesPerSecond: 0, completeSinceMs: undefined }, expected);
}
