/** The contract of the remote's port about files that go there piece by piece, for every implementation of it. */

import assert from 'node:assert/strict';
import { asByteString, bytesOfText, joinPath } from '../../../src/core/bytes.ts';
import { piecesIn } from '../../../src/core/pieces.ts';
import type { PieceListing, PieceShipment } from '../../../src/ports/remote.ts';
import { hostileNames } from './hostile-names.ts';
import type { PieceWorld, Streamed } from './piece-orders.ts';
import { borders, content, list, orderOf, questionOf, ship, streamed } from './piece-orders.ts';
import { faultOf } from './remote-contract.ts';
import type { SmallTorrent } from './small-torrent.ts';
import { singleFileTorrent, smallTorrent } from './small-torrent.ts';
import type { Check } from './checks.ts';
import { checksOver } from './checks.ts';

export function piecesContract(name: string, makeWorld: () => Promise<PieceWorld>): void {
  const check = checksOver(name, makeWorld);
  shipping(check);
  listing(check);
  finishing(check);
}

function shipping(check: Check<PieceWorld>): void {
  check('a single file goes in pieces, in any order, and is whole under its name', async (world) => {
    const one = streamed(world, singleFileTorrent('single', content('single', 100_000)));
    for (const pieces of [[3], [6, 0], [5, 1, 2, 4]]) {
      const { proved, broken } = await ship(world, one, pieces);
      assert.deepEqual([numbersOf(proved), broken], [pieces.toSorted((x, y) => x - y), []]);
      assert.ok(proved.every(({ partDigest }) => partDigest === undefined));
    }
    assert.equal(world.finalThere().size, 0);
    await world.remote.finishPieces(one);
    assertWhole(world, one);
  });

  check('pieces that reach into neighbours are told by digests of their parts', async (world) => {
    const one = streamed(world, borders(), 1);
    const { proved } = await ship(world, one);
    assert.deepEqual([numbersOf(proved), one.pieces.length], [one.pieces, 4]);
    for (const [index, { partDigest }] of proved.entries()) {
      const isBorder = index === 0 || index === proved.length - 1;
      assert.equal(partDigest !== undefined, isBorder, `piece ${index}`);
    }
    const listed = await list(world, one, proved);
    assert.deepEqual(piecesIn(listed.pieces), one.pieces);
    await world.remote.finishPieces(one);
    assertWhole(world, one);
  });

  check('a file within one piece, and pieces of every size', async (world) => {
    const shapes: readonly [SmallTorrent, number][] = [
      [smallTorrent('within', { a: content('a', 100), b: content('b', 50), c: content('c', 77) }), 1],
      [singleFileTorrent('tiny', 'x'), 0],
      [singleFileTorrent('huge', content('huge', 17_000_000), 16 * 1024 ** 2), 0],
      [singleFileTorrent('odd', content('odd', 1_000_000), 65_537), 0],
      [smallTorrent('odd border', { a: 'a', b: content('b', 300_000) }, 99_991), 1],
    ];
    for (const [torrent, index] of shapes) {
      const one = streamed(world, torrent, index);
      const { proved } = await ship(world, one);
      assert.deepEqual(numbersOf(proved), one.pieces);
      assert.deepEqual(piecesIn((await list(world, one, proved)).pieces), one.pieces);
      await world.remote.finishPieces(one);
      assertWhole(world, one);
    }
  });

  check('hundreds of scattered pieces go at once, and more bytes than are kept in memory', async (world) => {
    const scattered = streamed(world, singleFileTorrent('scattered', content('scattered', 6_000_000)));
    const odd = scattered.pieces.filter((piece) => piece % 2 === 1);
    assert.deepEqual(numbersOf((await ship(world, scattered, odd)).proved), odd);
    assert.deepEqual(piecesIn((await list(world, scattered, [])).pieces), odd);
    const large = streamed(world, singleFileTorrent('large', content('large', 20_000_000), 1024 ** 2));
    const told: number[] = [];
    await world.remote.shipPieces({ ...orderOf(large), onProgress: (bytes) => told.push(bytes) });
    assert.equal(told.at(-1), 20_000_000);
    await world.remote.finishPieces(large);
    assertWhole(world, large);
  });

  check('hostile names of files, directories and torrents arrive as they are', async (world) => {
    for (const [index, name] of hostileNames.entries()) {
      const inside = joinPath(name, hostileNames.at(-1 - index)!);
      const torrent = smallTorrent(name, { first: 'x'.repeat(10), [inside]: content(name, 40_000) });
      const one = streamed(world, torrent, 1);
      await ship(world, one);
      await world.remote.finishPieces(one);
      assertWhole(world, one);
      // Each takes a few calls: some will do.
      if (index % 4 !== 0) continue;
      const single = streamed(
        world,
        singleFileTorrent(asByteString(`s${name}`.slice(0, 255)), content(name, 20)),
      );
      await ship(world, single);
      await world.remote.finishPieces(single);
      assertWhole(world, single);
    }
    assert.equal(world.partialThere(), 0);
  });

  check('what is not right here is not sent: spoiled, hollow, and a neighbour too', async (world) => {
    const one = streamed(world, borders(), 1);
    const { managed, directory, torrent } = one;
    const [first, second] = managed.metainfo.files;
    world.putHere(torrent, managed, directory, [1, 2, 4]);
    world.spoilHere(joinPath(directory, second!.path), managed, second!, 2);
    world.spoilHere(joinPath(directory, first!.path), managed, first!, 1);
    const { proved, broken } = await ship(world, one, [1, 2, 3, 4]);
    assert.deepEqual([numbersOf(proved), broken], [[4], [1, 2, 3]]);
    const nothing = await ship(world, one, [2]);
    assert.deepEqual(nothing, { proved: [], broken: [2] });
    assert.deepEqual(await ship(world, one, []), { proved: [], broken: [] });
    assert.deepEqual(piecesIn((await list(world, one, proved)).pieces), [4]);
  });

  check(
    'sending again is no harm, mends what was spoiled there, and two calls may run at once',
    async (world) => {
      const one = streamed(world, singleFileTorrent('again', content('again', 200_000)));
      const halves = [one.pieces.filter((piece) => piece < 6), one.pieces.filter((piece) => piece >= 6)];
      await Promise.all(halves.map((pieces) => ship(world, one, pieces)));
      world.spoilThere(one, 5);
      const others = one.pieces.filter((piece) => piece !== 5);
      assert.deepEqual(piecesIn((await list(world, one, [])).pieces), others);
      await Promise.all([ship(world, one, [5]), ship(world, one, [5, 6])]);
      await world.remote.finishPieces(one);
      assertWhole(world, one);
    },
  );

  check('what is cancelled before it begins sends nothing', async (world) => {
    const one = streamed(world, singleFileTorrent('cancelled', content('cancelled', 50_000)));
    const order = { ...orderOf(one), signal: AbortSignal.abort() };
    await assert.rejects(world.remote.shipPieces(order), faultOf('limit'));
    await assert.rejects(
      world.remote.listPieces({ ...questionOf(one, []), signal: AbortSignal.abort() }),
      faultOf('limit'),
    );
    assert.deepEqual(piecesIn((await list(world, one, [])).pieces), []);
  });

  check('a file there that has the name of a directory stays, and is a fault', async (world) => {
    const one = streamed(world, smallTorrent('torrent', { 'sub/file': content('file', 50_000) }));
    world.writeThere(bytesOfText('torrent'), Buffer.from('precious'));
    await assert.rejects(ship(world, one), faultOf('refused'));
    assert.deepEqual([...world.finalThere().keys()], ['torrent']);
  });
}

function listing(check: Check<PieceWorld>): void {
  check('nothing is there, then a part, then all, and looking makes nothing', async (world) => {
    const one = streamed(world, borders(), 1);
    assert.deepEqual(shown(await list(world, one, [])), ['nothing', []]);
    assert.equal(world.partialThere(), 0);
    const { proved } = await ship(world, one, [2, 4]);
    assert.deepEqual(shown(await list(world, one, proved)), ['partial', [2, 4]]);
    assert.deepEqual(shown(await list(world, one, [])), ['partial', [2]]);
    const question = questionOf(one, proved);
    const some = await world.remote.listPieces({ ...question, pieces: [1, 4, 3] });
    assert.deepEqual(shown(some), ['partial', [4]]);
    assert.deepEqual(shown(await world.remote.listPieces({ ...question, pieces: [] })), ['partial', []]);
    const rest = await ship(world, one, [1, 3]);
    await world.remote.finishPieces(one);
    const all = [...proved, ...rest.proved];
    assert.deepEqual(shown(await list(world, one, all)), ['final', [1, 2, 3, 4]]);
  });

  check('a spoiled byte costs its piece alone, in the partial file and in the final one', async (world) => {
    const one = streamed(world, borders(), 1);
    const { proved } = await ship(world, one);
    world.spoilThere(one, 4);
    assert.deepEqual(piecesIn((await list(world, one, proved)).pieces), [1, 2, 3]);
    await world.remote.finishPieces(one);
    world.spoilThere(one, 2);
    assert.deepEqual(shown(await list(world, one, proved)), ['final', [1, 3]]);
  });

  check('what was read is told', async (world) => {
    const one = streamed(world, singleFileTorrent('told', content('told', 100_000)));
    await ship(world, one);
    const told: number[] = [];
    await world.remote.listPieces({ ...questionOf(one, []), onProgress: (bytes) => told.push(bytes) });
    assert.equal(told.at(-1), 100_000);
    assert.deepEqual(
      told,
      told.toSorted((left, right) => left - right),
    );
  });
}

function finishing(check: Check<PieceWorld>): void {
  check('finishing twice is no harm, and finishing nothing is a fault', async (world) => {
    const one = streamed(world, smallTorrent('torrent', { 'deep/below/file': content('file', 40_000) }));
    await assert.rejects(world.remote.finishPieces(one), faultOf('gone'));
    await ship(world, one);
    assert.equal(world.partialThere(), 1);
    await world.remote.finishPieces(one);
    await world.remote.finishPieces(one);
    assertWhole(world, one);
    assert.equal(world.partialThere(), 0);
  });

  check('what has the name already stays, and so does the partial file', async (world) => {
    const one = streamed(world, singleFileTorrent('taken', content('taken', 40_000)));
    const path = bytesOfText('taken');
    for (const other of ['short', 'y'.repeat(40_000)]) {
      world.writeThere(path, Buffer.from(other));
      await ship(world, one);
      await assert.rejects(world.remote.finishPieces(one), faultOf('refused'));
      assert.deepEqual(Buffer.from(world.finalThere().get(path)!).toString(), other);
      assert.equal(world.partialThere(), 1);
    }
  });

  check('a file that has its name already is taken up again, and finished once more', async (world) => {
    const one = streamed(world, borders(), 1);
    await assert.rejects(world.remote.reopenPieces(one), faultOf('gone'));
    const { proved } = await ship(world, one);
    await world.remote.reopenPieces(one);
    await world.remote.finishPieces(one);
    for (let count = 0; count < 2; count += 1) {
      await world.remote.reopenPieces(one);
      assert.deepEqual([world.finalThere().size, world.partialThere()], [0, 1]);
      assert.deepEqual(shown(await list(world, one, proved)), ['partial', one.pieces]);
    }
    await ship(world, one, one.pieces.slice(0, 1));
    await world.remote.finishPieces(one);
    assertWhole(world, one);
    assert.equal(world.partialThere(), 0);

    const other = streamed(world, singleFileTorrent('other', content('other', 40_000)));
    world.writeThere(bytesOfText('other/below'), Buffer.from('precious'));
    await assert.rejects(world.remote.reopenPieces(other), faultOf('refused'));
    assert.ok(world.finalThere().has(bytesOfText('other/below')));
  });

  check('a directory that has the name stays', async (world) => {
    const one = streamed(world, singleFileTorrent('taken', content('taken', 40_000)));
    await ship(world, one);
    world.writeThere(bytesOfText('taken/below'), Buffer.from('precious'));
    await assert.rejects(world.remote.finishPieces(one), faultOf('refused'));
    assert.deepEqual([...world.finalThere().keys()], ['taken/below']);
  });

  check(
    'a file that has not its full size yet is not finished, one of others is none of ours',
    async (world) => {
      const one = streamed(world, singleFileTorrent('short', content('short', 40_000)));
      await ship(world, one, [0, 1]);
      await assert.rejects(world.remote.finishPieces(one), faultOf('failed', /full size/));
      const other = streamed(world, singleFileTorrent('other', content('other', 40_000)));
      world.writeThere(bytesOfText('other'), Buffer.from('of others'));
      await assert.rejects(world.remote.finishPieces(other), faultOf('refused'));
    },
  );
}

export function assertWhole(world: PieceWorld, { torrent, destination, file }: Streamed): void {
  const there = world.finalThere().get(joinPath(destination, file.path));
  assert.ok(there !== undefined, `missing: ${JSON.stringify(file.path)}`);
  if (there !== 'right') assert.ok(Buffer.compare(there, torrent.contents.get(file.path)!) === 0, file.path);
}

function numbersOf(proved: PieceShipment['proved']): readonly number[] {
  return proved.map(({ piece }) => piece);
}

function shown({ source, pieces }: PieceListing): [string, readonly number[]] {
  return [source, piecesIn(pieces)];
}
