/** The contract of streaming a torrent through rtorrent, for every implementation of its port. */

import assert from 'node:assert/strict';
import { expectedDirectory } from '../../../src/core/locate.ts';
import type { ManagedTorrent } from '../../../src/core/metainfo.ts';
import { hasPiece, noPieces, piecesIn, piecesOf } from '../../../src/core/pieces.ts';
import type { StreamOrder, StreamSession, StreamView } from '../../../src/ports/rtorrent.ts';
import type { TorrentSpecification } from '../../support/torrent-file.ts';
import type { RtorrentWorld } from './rtorrent-contract.ts';
import { checksOver } from './checks.ts';

/** More than any of these torrents has. */
const quick = 4 * 1024 ** 2;
/** Peers to fetch from at once. */
const most = 50;

/** Pieces of 16 KiB: `a` has 0–2, `b` 2–3, `c` 4–7. */
const threeFiles = (name: string): TorrentSpecification => ({
  name,
  pieceLengthBytes: 16_384,
  files: [
    { path: ['a'], bytes: 40_000 },
    { path: ['b'], bytes: 4 * 16_384 - 40_000 },
    { path: ['c'], bytes: 4 * 16_384 },
  ],
});

export function streamContract(name: string, makeRtorrent: () => Promise<RtorrentWorld>): void {
  const check = checksOver(name, makeRtorrent);

  check(
    'a stream fetches its file and no other, as fast as it is told to, and sends nothing',
    async (world) => {
      const managed = await world.add(threeFiles('streamed'));
      const session = await world.rtorrent.openStream(orderOf(world, managed, 2));
      const loaded = await world.rtorrent.look(managed.metainfo.infohash);
      assert.equal(loaded?.mode, 'stream');
      assert.equal(loaded.isActive, true);
      const held = await session.tick(0, most);
      assert.deepEqual([held.isLoaded, held.isActive, held.isSlotHeld], [true, true, true]);
      assert.deepEqual(piecesIn(held.pieces), []);
      const view = await untilHas(world, session, [4, 5, 6, 7]);
      assert.deepEqual(piecesIn(view.pieces), [4, 5, 6, 7]);
      assert.equal(view.uploadedBytes, 0);
      assert.equal(view.isSlotHeld, true);
      await session.close();
      assert.equal(await world.rtorrent.look(managed.metainfo.infohash), undefined);
      await session.close();
    },
  );

  check('what a stream is told to have it has at once, and the rest is fetched', async (world) => {
    const managed = await world.add(threeFiles('half streamed'));
    const directory = directoryOf(world, managed);
    world.putFiles(managed, directory, [0, 1, 2]);
    const order = orderOf(world, managed, 2);
    const pieces = piecesOf(managed.metainfo.pieceCount, [4, 6]);
    const session = await world.rtorrent.openStream({ ...order, pieces, inPlace: new Set([0, 1, 2]) });
    // Of the rest something may have come before its first look.
    const first = await session.tick(0, most);
    assert.ok([4, 6].every((piece) => hasPiece(first.pieces, piece)));
    const view = await untilHas(world, session, [4, 5, 6, 7]);
    assert.deepEqual(piecesIn(view.pieces), [4, 5, 6, 7]);
    await session.close();
  });

  check('a stream is halted at once and resumed, as often as one likes', async (world) => {
    const managed = await world.add({ ...threeFiles('halted'), seeded: false });
    const session = await world.rtorrent.openStream(orderOf(world, managed, 2));
    for (let round = 0; round < 2; round += 1) {
      await session.halt();
      await session.halt();
      const halted = await session.tick(quick, most);
      assert.deepEqual([halted.isLoaded, halted.isActive, halted.isSlotHeld], [true, false, false]);
      await session.resume();
      await session.resume();
      const resumed = await session.tick(quick, most);
      assert.deepEqual([resumed.isActive, resumed.isSlotHeld], [true, true]);
    }
    await session.close();
  });

  check('a stream of which nobody hears is stopped by rtorrent itself, and others are not', async (world) => {
    const managed = await world.add({ ...threeFiles('abandoned'), seeded: false });
    const other = await world.add({ ...threeFiles('not abandoned'), seeded: false });
    await world.rtorrent.load(other, directoryOf(world, other), 0);
    const session = await world.rtorrent.openStream(orderOf(world, managed, 2));
    await session.tick(0, most);
    await world.until('it is stopped', async () => {
      return (await world.rtorrent.look(managed.metainfo.infohash))?.isActive === false;
    });
    assert.equal((await world.rtorrent.look(other.metainfo.infohash))?.isActive, true);
    assert.equal((await session.tick(0, most)).isActive, false);
    await session.close();
    await world.rtorrent.erase(other.metainfo.infohash);
  });

  check('a stream that somebody erases is seen to be gone', async (world) => {
    const managed = await world.add({ ...threeFiles('taken away'), seeded: false });
    const session = await world.rtorrent.openStream(orderOf(world, managed, 0));
    await world.rtorrent.erase(managed.metainfo.infohash);
    const view = await session.tick(quick, most);
    assert.deepEqual([view.isLoaded, view.isActive], [false, false]);
    await session.close();
  });
}

function directoryOf(world: RtorrentWorld, { metainfo }: ManagedTorrent): StreamOrder['directory'] {
  return expectedDirectory(metainfo, world.defaultDirectory);
}

function orderOf(world: RtorrentWorld, managed: ManagedTorrent, index: number): StreamOrder {
  const file = managed.metainfo.files[index]!;
  const pieces = noPieces(managed.metainfo.pieceCount);
  const directory = directoryOf(world, managed);
  const steering = { mostDownloads: 4, rateBytesPerSecond: 0 };
  return { managed, directory, file, pieces, inPlace: new Set(), ...steering };
}

/** Ticks on, as the driver does, until these are there. */
async function untilHas(
  world: RtorrentWorld,
  session: StreamSession,
  wanted: readonly number[],
): Promise<StreamView> {
  let view = await session.tick(quick, most);
  await world.until('the pieces are there', async () => {
    view = await session.tick(quick, most);
    return wanted.every((piece) => hasPiece(view.pieces, piece));
  });
  return view;
}
