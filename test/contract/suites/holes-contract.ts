/** The contract of the seedbox's port about files that are streamed, for every implementation of it. */

import assert from 'node:assert/strict';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, bytesOfText, joinPath } from '../../../src/core/bytes.ts';
import { piecesIn, piecesOf } from '../../../src/core/pieces.ts';
import type { LocalFile } from '../../../src/core/snapshot.ts';
import type { PunchOrder, SeedboxPort } from '../../../src/ports/seedbox.ts';
import { hostileNames } from './hostile-names.ts';
import type { PiecesHere, Streamed } from './piece-orders.ts';
import { absent, borders, content, streamed } from './piece-orders.ts';
import { faultOf } from './remote-contract.ts';
import { singleFileTorrent, smallTorrent } from './small-torrent.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

/** A seedbox, and the hands of the test on its disk. */
export interface HolesWorld extends PiecesHere {
  readonly seedbox: SeedboxPort;
  /** Makes the file's directories as well; the path is absolute. */
  write(path: ByteString, content: Uint8Array): void;
  removeFile(path: ByteString): void;
  /** Puts a symlink in the place of a file or directory that it leads to from now on. */
  moveAndLink(path: ByteString, target: ByteString): void;
  close(): void;
}

export function holesContract(name: string, makeWorld: () => HolesWorld): void {
  const check = checksOver(name, makeWorld);
  preparing(check);
  punching(check);
}

function preparing(check: Check<HolesWorld>): void {
  check('a file and the neighbours of its border pieces are made, hollow, and no others', async (world) => {
    const one = absent(world, smallTorrent('far', { ...parts(borders()), far: content('far', 20_000) }), 1);
    await world.seedbox.prepareStream(one, one.file);
    await world.seedbox.prepareStream(one, one.file);
    const files = await filesOf(world, one);
    assert.deepEqual(
      files.map((file) => file?.sizeBytes),
      [20_000, 50_000, undefined, 20_000, undefined],
    );
    assert.deepEqual(
      files.map((file) => file?.allocatedBytes ?? 0),
      [0, 0, 0, 0, 0],
    );
    const found = await world.seedbox.verifyPieces(one);
    assert.deepEqual([piecesIn(found.pieces), [...found.inPlace]], [[], [0, 1, 3]]);
  });

  check('what is there already stays', async (world) => {
    const one = streamed(world, borders(), 1);
    world.putHere(one.torrent, one.managed, one.directory, [1, 3]);
    await world.seedbox.prepareStream(one, one.file);
    assert.deepEqual(piecesIn((await world.seedbox.verifyPieces(one)).pieces), [1, 3]);
  });

  check('a file that is too short grows, one that is too long stays and is a fault', async (world) => {
    const one = absent(world, singleFileTorrent('file', content('file', 20_000)));
    const path = joinPath(one.directory, one.file.path);
    world.write(path, Buffer.from('short'));
    await world.seedbox.prepareStream(one, one.file);
    assert.equal((await filesOf(world, one))[0]?.sizeBytes, 20_000);
    world.removeFile(path);
    world.write(path, Buffer.alloc(20_001, 'x'));
    await assert.rejects(world.seedbox.prepareStream(one, one.file), faultOf('refused', /longer/));
    assert.equal((await filesOf(world, one))[0]?.sizeBytes, 20_001);
  });

  check('what is in the way stays, and is a fault', async (world) => {
    const one = absent(world, smallTorrent('torrent', { 'sub/file': content('file', 20_000) }));
    world.write(joinPath(one.directory, bytesOfText('sub')), Buffer.from('precious'));
    await assert.rejects(world.seedbox.prepareStream(one, one.file), faultOf('refused'));
    world.removeFile(joinPath(one.directory, bytesOfText('sub')));
    world.write(joinPath(one.directory, bytesOfText('sub/file/below')), Buffer.from('precious'));
    await assert.rejects(world.seedbox.prepareStream(one, one.file), faultOf('refused'));
  });

  check('hostile names are made like all others', async (world) => {
    const files = hostileNames.map((name) => [joinPath(name, name), content(name, 1_000)] as const);
    const one = absent(world, smallTorrent('hostile', Object.fromEntries(files)), 20);
    await world.seedbox.prepareStream(one, one.file);
    // Its piece is the second one, which 17 files of 1,000 bytes have a share in.
    assert.equal((await filesOf(world, one)).filter((file) => file !== undefined).length, 17);
  });
}

function punching(check: Check<HolesWorld>): void {
  check('pieces are freed, others are not, and the size stays', async (world) => {
    const one = streamed(world, aligned());
    const whole = (await filesOf(world, one))[0]!.allocatedBytes;
    const first = await world.seedbox.punch(orderOf(one, [1, 3], [1, 3]));
    assert.deepEqual(await left(world, one), [0, 2, 4, 5]);
    const files = await filesOf(world, one);
    assert.deepEqual(files[0], { sizeBytes: 6 * 16_384, allocatedBytes: first.allocatedBytes });
    assert.ok(first.allocatedBytes <= whole - 2 * 16_384);
    const again = await world.seedbox.punch(orderOf(one, [1, 3], [1, 3]));
    assert.equal(again.allocatedBytes, first.allocatedBytes);
  });

  check('a sweep frees what came back, fresh pieces alone do not', async (world) => {
    const one = streamed(world, aligned());
    await world.seedbox.punch(orderOf(one, [0, 1, 2], [0, 1, 2]));
    world.putHere(one.torrent, one.managed, one.directory, [0, 1, 2, 3, 4, 5]);
    await world.seedbox.punch(orderOf(one, [0, 1, 2, 3], [3]));
    assert.deepEqual(await left(world, one), [0, 1, 2, 4, 5]);
    await world.seedbox.punch(orderOf(one, [0, 1, 2, 3]));
    assert.deepEqual(await left(world, one), [4, 5]);
    const { allocatedBytes } = await world.seedbox.punch(orderOf(one, [0, 1, 2, 3, 4, 5]));
    assert.equal(allocatedBytes, 0);
  });

  check('what is no piece of what may go stays, though it is called fresh', async (world) => {
    const one = streamed(world, aligned());
    await world.seedbox.punch(orderOf(one, [0], [0, 1, 2]));
    assert.deepEqual(await left(world, one), [1, 2, 3, 4, 5]);
    await world.seedbox.punch(orderOf(one, []));
    assert.deepEqual(await left(world, one), [1, 2, 3, 4, 5]);
  });

  check(
    'blocks that pieces share go with the last of them, and neighbours keep their bytes',
    async (world) => {
      const one = streamed(world, borders(), 1);
      const before = await filesOf(world, one);
      for (const piece of [2, 4, 1]) {
        const gone = [2, 4, 1].slice(0, [2, 4, 1].indexOf(piece) + 1);
        await world.seedbox.punch(orderOf(one, gone, [piece]));
        const shown = await left(world, one);
        for (const other of [0, 1, 2, 3, 4, 5]) assert.equal(shown.includes(other), !gone.includes(other));
      }
      const { allocatedBytes } = await world.seedbox.punch(orderOf(one, [1, 2, 3, 4], [3]));
      assert.equal(allocatedBytes, 0);
      const after = await filesOf(world, one);
      for (const index of [0, 2, 3]) assert.deepEqual(after[index], before[index]);
    },
  );

  check('a file that is not here is a fault, and so is one that was not prepared', async (world) => {
    const one = streamed(world, aligned());
    const path = joinPath(one.directory, one.file.path);
    world.removeFile(path);
    await assert.rejects(world.seedbox.punch(orderOf(one, [1])), faultOf('gone'));
    world.write(path, Buffer.from('of others'));
    await assert.rejects(world.seedbox.punch(orderOf(one, [1])), faultOf('refused'));
  });

  check('no symlink is followed', async (world) => {
    const target = joinPath(world.here, bytesOfText('elsewhere'));
    const one = streamed(world, aligned());
    world.moveAndLink(joinPath(one.directory, one.file.path), target);
    await assert.rejects(world.seedbox.punch(orderOf(one, [1])), faultOf('refused'));
    await assert.rejects(world.seedbox.prepareStream(one, one.file), faultOf('refused'));
  });
}

/** Six pieces, each of whole blocks. */
function aligned(): ReturnType<typeof singleFileTorrent> {
  return singleFileTorrent('aligned', content('aligned', 6 * 16_384));
}

function parts({ contents }: ReturnType<typeof smallTorrent>): Readonly<Record<string, string>> {
  return Object.fromEntries([...contents].map(([path, bytes]) => [path, bytes.toString('latin1')]));
}

function orderOf(
  { managed, directory, file }: Streamed,
  gone: readonly number[],
  fresh?: readonly number[],
): PunchOrder {
  const pieces = piecesOf(managed.metainfo.pieceCount, gone);
  return { managed, directory, file, pieces, ...(fresh === undefined ? {} : { fresh }) };
}

async function left(world: HolesWorld, one: Streamed): Promise<readonly number[]> {
  return piecesIn((await world.seedbox.verifyPieces(one)).pieces);
}

async function filesOf(world: HolesWorld, one: Streamed): Promise<readonly (LocalFile | undefined)[]> {
  const view = await world.seedbox.measure(asByteString(one.directory), [one]);
  const files = view.torrents.get(one.managed.metainfo.infohash)?.files ?? [];
  return one.managed.metainfo.files.map(({ index }) => files[index]);
}
