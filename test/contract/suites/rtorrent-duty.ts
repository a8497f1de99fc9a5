/** The contract of rtorrent's port about what a torrent has given: how much, and since when it could. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asByteString, joinPath } from '../../../src/core/bytes.ts';
import { expectedDirectory } from '../../../src/core/locate.ts';
import type { RtorrentWorld } from './rtorrent-contract.ts';
import { partOf } from './rtorrent-contract.ts';

export interface RtorrentDutyWorld extends RtorrentWorld {
  /** By the clock of rtorrent's host. */
  nowMs(): number;
}

/** rtorrent counts in seconds, and clocks are read one after the other. */
const slackMs = 2_000;

export function rtorrentDutyContract(name: string, makeRtorrent: () => Promise<RtorrentDutyWorld>): void {
  test(`${name}: a torrent is complete since it was, found on disk or fetched, and not before`, async () => {
    const world = await makeRtorrent();
    const { rtorrent } = world;
    try {
      const bytes = 3 * 16_384;
      const plain = { bytes, pieceLengthBytes: 16_384 };
      const young = await world.add({ name: 'young', ...plain, seeded: false });
      const fetched = await world.add({ name: 'fetched', ...plain });
      const found = await world.add({ name: 'found', ...plain, seeded: true });
      world.putFiles(found, expectedDirectory(found.metainfo, world.defaultDirectory), [0]);
      const startedAtMs = world.nowMs();
      for (const one of [young, fetched, found]) {
        await rtorrent.load(one, expectedDirectory(one.metainfo, world.defaultDirectory), 0);
      }
      const sinceOf = async ({ metainfo }: typeof young): Promise<number | undefined> =>
        (await rtorrent.look(metainfo.infohash))?.completeSinceMs;
      for (const one of [fetched, found]) {
        const sinceMs = (await world.until('it is complete', () => sinceOf(one)))!;
        assert.ok(sinceMs >= startedAtMs - slackMs && sinceMs <= world.nowMs() + slackMs, String(sinceMs));
        await rtorrent.restart(one.metainfo.infohash);
        assert.equal(await sinceOf(one), sinceMs);
      }
      assert.equal(await sinceOf(young), undefined);
      assert.equal((await rtorrent.look(young.metainfo.infohash))?.uploadedBytes, 0);
    } finally {
      await world.close();
    }
  });

  test(`${name}: what a torrent uploads is added to what it had uploaded before it was loaded`, async () => {
    const world = await makeRtorrent();
    const { rtorrent } = world;
    try {
      const whole = await world.add({ name: 'went', bytes: 1_000, pieceLengthBytes: 16_384, seeded: false });
      const files = [{ path: ['one'], bytes: 1_000 }];
      const parts = await world.add({ name: 'parts', files, pieceLengthBytes: 16_384, seeded: false });
      const uploaded = async ({ metainfo }: typeof whole): Promise<number | undefined> =>
        (await rtorrent.look(metainfo.infohash))?.uploadedBytes;
      await rtorrent.load(whole, expectedDirectory(whole.metainfo, world.defaultDirectory), 123_456_789_012);
      const directory = joinPath(world.defaultDirectory, asByteString('parts'));
      await rtorrent.loadSelected({ ...partOf(parts, directory, [0]), uploadedBytes: 77 });
      assert.deepEqual([await uploaded(whole), await uploaded(parts)], [123_456_789_012, 77]);
      const { torrents } = await rtorrent.observe();
      assert.equal(torrents.get(whole.metainfo.infohash)?.uploadedBytes, 123_456_789_012);
    } finally {
      await world.close();
    }
  });
}
