/** A file larger than the disk, over real parts: piece by piece, within the limit, and never a byte of a hole to a peer. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectAllGone, rotate, withRig } from './rotation.ts';
import type { Leecher } from './rig/peers.ts';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig } from './rig.ts';

const kib = 1024;
const mib = 1024 ** 2;

test('160 MiB go through a limit of 24 MiB, and four leechers get no byte of them from us', async () => {
  await withRig(async (rig) => {
    const limitBytes = 24 * mib;
    const huge = await rig.addTorrent({ name: 'huge.iso', bytes: 160 * mib, pieceLengthBytes: 256 * kib });
    const leechers = await startLeechers(rig, huge, 4);
    rig.writeConfiguration({ space_limit: limitBytes, oversize: 'pieces' });
    const sampling = rig.sampleAllocation();
    const written = await rotate(rig, { passes: 3, limitMs: 150_000 });
    const { peakBytes } = sampling.stop();
    assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated of ${limitBytes}\n${written}`);
    await expectAllGone(rig, [huge]);
    await expectNothingFromUs(rig, huge, leechers);
    assert.equal(await rig.client.call('pieces.hash.on_completion'), 1);
  });
});

async function startLeechers(rig: Rig, torrent: RigTorrent, count: number): Promise<readonly Leecher[]> {
  const leechers: Leecher[] = [];
  for (let started = 0; started < count; started += 1) {
    const leecher = await rig.startLeecher();
    await leecher.download(torrent);
    leechers.push(leecher);
  }
  return leechers;
}

/** The tracker is told what each peer has uploaded; a bad piece would have been fetched once more. */
async function expectNothingFromUs(
  rig: Rig,
  torrent: RigTorrent,
  leechers: readonly Leecher[],
): Promise<void> {
  const uploads = rig.tracker.announces
    .filter(({ infohash, address }) => infohash === torrent.infohash && address === rig.client.address)
    .map(({ uploadedBytes }) => uploadedBytes);
  assert.deepEqual([...new Set(uploads)], [0]);
  for (const leecher of leechers) {
    const downloaded = Number(await leecher.call('d.down.total', torrent.infohash));
    const skipped = Number(await leecher.call('d.skip.total', torrent.infohash));
    const done = Number(await leecher.call('d.bytes_done', torrent.infohash));
    assert.ok(downloaded - skipped <= done, `a leecher threw away ${downloaded - skipped - done} bytes`);
  }
}
