/** Oversize torrents over real parts: file by file, within the limit, and the truth towards peers. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { expectAllGone, rotate, withRig } from './rotation.ts';

const kib = 1024;

function files(count: number, bytes: number): { path: string[]; bytes: number }[] {
  return Array.from({ length: count }, (_, index) => ({
    path: [index % 2 === 0 ? 'even' : 'odd', `file ${String(index).padStart(2, '0')}.bin`],
    // No multiple of the piece length: neighbours share their border pieces.
    bytes: bytes + index * 1_001,
  }));
}

test('a torrent of three times the limit goes through in parts, within the limit, beside a small one', async () => {
  await withRig(async (rig) => {
    const large = await rig.addTorrent({
      name: 'large',
      files: files(18, 200 * kib),
      pieceLengthBytes: 32 * kib,
    });
    const small = await rig.addTorrent({ name: 'small.bin', bytes: 100 * kib, pieceLengthBytes: 32 * kib });
    const limitBytes = Math.floor(large.totalBytes / 3);
    rig.writeConfiguration({ space_limit: limitBytes });
    const sampling = rig.sampleAllocation();
    const written = await rotate(rig);
    const { peakBytes } = sampling.stop();
    assert.ok(
      peakBytes <= limitBytes,
      `${peakBytes} bytes were allocated, the limit is ${limitBytes}\n${written}`,
    );
    assert.ok(
      peakBytes >= limitBytes / 2,
      `only ${peakBytes} bytes of ${limitBytes} were ever used\n${written}`,
    );
    await expectAllGone(rig, [large, small]);
  });
});

test('a file that is larger than the limit is reported with what it needs, and holds up nothing else', async () => {
  await withRig(async (rig) => {
    const mixed = await rig.addTorrent({
      name: 'mixed',
      files: [
        { path: ['small-1.bin'], bytes: 150 * kib },
        { path: ['huge.bin'], bytes: 900 * kib },
        { path: ['small-2.bin'], bytes: 150 * kib },
      ],
      pieceLengthBytes: 32 * kib,
    });
    const single = await rig.addTorrent({ name: 'huge.iso', bytes: 1200 * kib, pieceLengthBytes: 32 * kib });
    const other = await rig.addTorrent({
      name: 'other',
      files: files(6, 150 * kib),
      pieceLengthBytes: 32 * kib,
    });
    rig.writeConfiguration({ oversize: 'files', space_limit: 600 * kib });
    const sampling = rig.sampleAllocation();
    await rotate(rig, { until: async () => (await rig.remoteFiles()).size === 2 + other.files.length });
    await rotate(rig, { passes: 2, until: () => readdirSync(rig.managedDirectory).length === 2 });
    assert.ok(sampling.stop().peakBytes <= 600 * kib);
    await rig.expectShipped(other);
    const shipped = [...(await rig.remoteFiles()).keys()].filter((path) => path.startsWith('mixed/')).sort();
    assert.deepEqual(shipped, ['mixed/small-1.bin', 'mixed/small-2.bin']);
    const plan = await rig.drive(['plan']);
    assert.match(plan.stdout, /mixed\s.*its file huge\.bin alone needs 9\d\d KiB, the limit is 600 KiB/);
    assert.match(plan.stdout, /huge\.iso\s.*its file huge\.iso alone needs 1\.2 MiB/);
    // What stays is the huge file's part of the border pieces that its neighbours needed: nobody has proved it elsewhere.
    assert.ok(rig.allocatedBytes() <= 2 * 32 * kib + 4 * 4096, 'what cannot go on takes next to no space');
    assert.equal(
      await rig.client.call('d.size_bytes', single.infohash).catch(() => 'not loaded'),
      'not loaded',
    );
    assert.equal(mixed.files.length, 3);
  });
});

test('peers get good pieces only, from a torrent of which files were shipped and deleted', async () => {
  // The predecessor empties files under rtorrent, which then offers pieces that it has no longer.
  await withRig(async (rig) => {
    const large = await rig.addTorrent({
      name: 'honest',
      files: files(9, 150 * kib),
      pieceLengthBytes: 32 * kib,
    });
    rig.writeConfiguration({ space_limit: Math.floor(large.totalBytes / 3) });
    const isHalfway = async (): Promise<boolean> => (await rig.remoteFiles()).size >= 3;
    await rotate(rig, { until: isHalfway });
    // One more pass selects the next files; then the seed leaves and a fresh peer asks for all there is.
    await rig.drive(['run']);
    await rig.until('the next files are complete', async () => {
      const wanted = await rig.client.call('d.wanted_chunks', large.infohash);
      return Number(wanted) === 0 && Number(await rig.client.call('d.completed_chunks', large.infohash)) > 0;
    });
    const held = Number(await rig.client.call('d.completed_bytes', large.infohash));
    await rig.seeder.pause(large);
    const leecher = await rig.startLeecher();
    await leecher.download(large);
    await rig.until(
      'the peer has all that the client holds',
      async () => (await leecher.completedBytes(large)) >= held,
      60_000,
    );
    assert.equal(await leecher.completedBytes(large), held, 'and no more, for there is no more');
    assert.equal(await leecher.badBytes(large), 0);
    await rig.seeder.resume(large);
    await rotate(rig);
    await expectAllGone(rig, [large]);
  });
});

test('kill -9 of rtorrent and of the driver in the middle costs time, never data', async () => {
  await withRig(async (rig) => {
    const large = await rig.addTorrent({
      name: 'battered',
      files: files(12, 150 * kib),
      pieceLengthBytes: 32 * kib,
    });
    const limitBytes = Math.floor(large.totalBytes / 3);
    rig.writeConfiguration({ space_limit: limitBytes });
    const sampling = rig.sampleAllocation();
    for (const delayMs of [300, 150, 600, 450]) {
      const run = rig.startDriver(['run']);
      const isOver = await Promise.race([
        run.finished.then(() => true),
        new Promise<boolean>((resolve) => setTimeout(resolve, delayMs, false)),
      ]);
      if (!isOver) run.signal('SIGKILL');
      await run.finished;
      await rig.client.restart({ kill: true });
    }
    await rotate(rig, { allowed: [0, 75] });
    assert.ok(sampling.stop().peakBytes <= limitBytes);
    await expectAllGone(rig, [large]);
  });
});
