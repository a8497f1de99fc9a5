/** The contract of rtorrent's port about torrents whose window moves: further files without a stop, and out with its pieces. */

import assert from 'node:assert/strict';
import { joinPath } from '../../../src/core/bytes.ts';
import { parseInfohash } from '../../../src/core/metainfo.ts';
import { piecesIn } from '../../../src/core/pieces.ts';
import type { RtorrentWorld } from './rtorrent-contract.ts';
import { partOf, threeFiles, untilComplete, untilFile } from './rtorrent-contract.ts';
import { checksOver } from './checks.ts';

const absent = parseInfohash('0'.repeat(40))!;

export function rtorrentWindowContract(name: string, makeRtorrent: () => Promise<RtorrentWorld>): void {
  const check = checksOver(name, makeRtorrent);

  check('further files are fetched without a stop, and those of before stay selected', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add({ ...threeFiles('widened'), seeded: false });
    const { infohash } = managed.metainfo;
    await rtorrent.loadSelected(
      partOf(managed, joinPath(world.defaultDirectory, managed.metainfo.name), [0]),
    );
    await rtorrent.selectMore(infohash, new Set([2, 3]));
    await rtorrent.selectMore(infohash, new Set([2]));
    const detail = (await rtorrent.details([infohash])).get(infohash)!;
    assert.deepEqual(
      detail.files.map(({ isSelected }) => isSelected),
      [true, false, true, true],
    );
    assert.equal((await rtorrent.look(infohash))?.isActive, true);
    await assert.rejects(rtorrent.selectMore(absent, new Set([0])), { name: 'Fault', kind: 'refused' });
  });

  check('what is taken out is gone, with its pieces told, and its data left', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('taken out'));
    const { infohash } = managed.metainfo;
    const directory = joinPath(world.defaultDirectory, managed.metainfo.name);
    await rtorrent.loadSelected(partOf(managed, directory, [1]));
    const before = await untilFile(world, managed, 1);
    const pieces = await rtorrent.takeOut(infohash);
    assert.deepEqual(pieces, before);
    assert.deepEqual(piecesIn(before), [2, 3]);
    assert.equal(await rtorrent.look(infohash), undefined);
    assert.equal(world.sizeOf(joinPath(directory, managed.metainfo.files[1]!.path)), 4 * 16_384 - 40_000);
    // With these pieces it goes on where it was; `a` has a byte in piece 2, and lies there in full size.
    const inPlace = new Set([0, 1]);
    await rtorrent.loadSelected({ ...partOf(managed, directory, [0, 2]), pieces, inPlace });
    assert.equal((await rtorrent.details([infohash])).get(infohash)!.pieces.bits[0]! & 0x30, 0x30);
    await untilComplete(world, managed);
  });

  check('of what is closed, or gone, no pieces are told', async (world) => {
    const { rtorrent } = world;
    const managed = await world.add(threeFiles('closed and out'));
    const { infohash } = managed.metainfo;
    await rtorrent.loadSelected(
      partOf(managed, joinPath(world.defaultDirectory, managed.metainfo.name), [0]),
    );
    await rtorrent.close(infohash);
    assert.equal(await rtorrent.takeOut(infohash), undefined);
    assert.equal(await rtorrent.look(infohash), undefined);
    assert.equal(await rtorrent.takeOut(infohash), undefined);
  });
}
