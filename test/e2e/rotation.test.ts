/** Plain rotations over real parts: a dozen torrents through a third of their size, ratios, restarts, strangers. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { RigTorrent } from './rig/torrents.ts';
import { expectAllGone, rotate, withRig } from './rotation.ts';

const kib = 1024;

test('a dozen torrents go through a limit of a third of their total, which is never exceeded', async () => {
  await withRig(async (rig) => {
    const torrents: RigTorrent[] = [];
    for (let index = 0; index < 12; index += 1) {
      const bytes = (200 + index * 100) * kib;
      torrents.push(
        index % 3 === 0
          ? await rig.addTorrent({ name: `single-${index}.bin`, bytes, pieceLengthBytes: 32 * kib })
          : await rig.addTorrent({
              name: `many ${index}`,
              pieceLengthBytes: 32 * kib,
              files: [
                { path: ['a', 'first.bin'], bytes: bytes - 70_001 },
                { path: ['a', 'b', 'second.bin'], bytes: 70_001 },
                { path: ['empty'], bytes: 0 },
              ],
            }),
      );
    }
    const totalBytes = torrents.reduce((sum, torrent) => sum + torrent.totalBytes, 0);
    const limitBytes = Math.floor(totalBytes / 3);
    rig.writeConfiguration({ space_limit: limitBytes });
    const sampling = rig.sampleAllocation();
    await rotate(rig);
    const { peakBytes, samples } = sampling.stop();
    assert.ok(samples > 10);
    assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated, the limit is ${limitBytes}`);
    await expectAllGone(rig, torrents);
  });
});

test('a torrent is shipped once its ratio is 1.0, and not before', async () => {
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({ name: 'ratio.bin', bytes: 700 * kib, pieceLengthBytes: 32 * kib });
    rig.writeConfiguration({ required_ratio: '1.0' });
    await rig.drive(['run']);
    await rig.until(
      'it is complete',
      async () => (await rig.client.call('d.complete', torrent.infohash)) === 1,
    );
    const early = await rig.drive(['run']);
    assert.equal(early.exitCode, 0);
    assert.equal((await rig.remoteFiles()).size, 0, 'nothing is shipped below the ratio');
    const plan = await rig.drive(['plan']);
    assert.match(plan.stdout, /ratio\.bin.*seeding: ratio 0\.\d\d of 1\.00/);
    // The seed leaves, so that the leecher has to take all of it from the client.
    await rig.seeder.pause(torrent);
    const leecher = await rig.startLeecher();
    await leecher.download(torrent);
    await rig.until(
      'the ratio is reached',
      async () => Number(await rig.client.call('d.ratio', torrent.infohash)) >= 1000,
      60_000,
    );
    await rotate(rig, { passes: 3 });
    await expectAllGone(rig, [torrent]);
  });
});

test('names that break shells, lists and terminals arrive as they are, below a path with blanks and quotes', async () => {
  await withRig(async (rig) => {
    const names: (string | Buffer)[] = [
      'it\'s "quoted" $(touch pwned) `id`; rm -rf & done',
      '-rf --delete',
      '#comment',
      ';semicolon',
      'host:path',
      ' leading and trailing ',
      'new\nline\ttab',
      'brackets[1]{2}*?',
      '\\#012 back\\slash',
      'emoji \u{1F980} and cafe\u0301 and caf\u00e9',
      Buffer.from([0x62, 0xff, 0xfe, 0x62]),
      'n'.repeat(200),
      '~',
      // The second one that is not UTF-8 has a directory of that name, and files below it.
      Buffer.from([0xe9, 0x74, 0xe9]),
    ];
    const torrents: RigTorrent[] = [];
    for (const [index, name] of names.entries()) {
      torrents.push(
        await rig.addTorrent({
          name,
          pieceLengthBytes: 32 * kib,
          torrentFileName: `${index}.torrent`,
          ...(index % 2 === 0
            ? { bytes: 40_000 + index }
            : {
                files: [
                  { path: [name, name], bytes: 20_000 },
                  { path: ['.hidden'], bytes: 30_000 + index },
                ],
              }),
        }),
      );
    }
    const path = `${rig.remote.path}/it's a "place" $HOME`;
    rig.writeConfiguration({ remote_path: path });
    await rotate(rig);
    const files = await rig.remoteFiles();
    for (const torrent of torrents) {
      for (const file of torrent.files) {
        const key = `it's a "place" $HOME/${file.path.toString('latin1')}`;
        assert.equal(files.get(key)?.sha256, file.sha256, JSON.stringify(key));
      }
    }
    assert.equal(
      files.size,
      torrents.reduce((sum, torrent) => sum + torrent.files.length, 0),
    );
    assert.deepEqual(readdirSync(rig.client.downloadDirectory), []);
    assert.equal(existsSync(`${rig.directory}/pwned`), false);
  });
});

test('unmanaged torrents beside them stay as they are, and do not count', async () => {
  await withRig(async (rig) => {
    const stranger = await rig.addTorrent({
      name: 'not ours',
      files: [{ path: ['big.bin'], bytes: 900 * kib }],
      pieceLengthBytes: 32 * kib,
      managed: false,
    });
    await rig.client.call('load.raw_start', '', stranger.metainfo);
    await rig.until('the stranger is complete', async () =>
      Number(await rig.client.call('d.complete', stranger.infohash)),
    );
    const strangerBytes = rig.allocatedBytes();
    const mine = await rig.addTorrent({ name: 'ours.bin', bytes: 400 * kib, pieceLengthBytes: 32 * kib });
    rig.writeConfiguration({ space_limit: 500 * kib });
    await rotate(rig);
    await rig.expectShipped(mine);
    assert.equal(rig.allocatedBytes(), strangerBytes);
    assert.deepEqual(await rig.client.call('download_list', '', 'main'), [stranger.infohash]);
    assert.equal(await rig.client.call('d.is_active', stranger.infohash), 1);
    const files = await rig.remoteFiles();
    assert.equal([...files.keys()].filter((name) => name.startsWith('not ours')).length, 0);
  });
});

test('a torrent that is stopped after a restart of rtorrent is shipped, though its base path is empty', async () => {
  // The predecessor's rsync gets an empty source then, takes the data for gone, and erases the torrent.
  await withRig(async (rig) => {
    const torrent = await rig.addTorrent({
      name: 'stopped',
      files: [
        { path: ['one.bin'], bytes: 300 * kib },
        { path: ['two.bin'], bytes: 100 * kib },
      ],
      pieceLengthBytes: 32 * kib,
    });
    await rig.drive(['run']);
    await rig.until(
      'it is complete',
      async () => (await rig.client.call('d.complete', torrent.infohash)) === 1,
    );
    await rig.client.call('d.stop', torrent.infohash);
    await rig.client.call('session.save');
    await rig.client.restart({ kill: false });
    assert.equal(await rig.client.call('d.base_path', torrent.infohash), '', 'the trap is set');
    await rotate(rig, { passes: 5 });
    await expectAllGone(rig, [torrent]);
  });
});
