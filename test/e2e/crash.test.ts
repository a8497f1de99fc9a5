/** kill -9 of the driver at fifty moments: nothing is lost, nothing is left over, and the end is the same. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RigTorrent } from './rig/torrents.ts';
import { startRig } from './rig.ts';
import { rotate } from './rotation.ts';

const kib = 1024;
const kills = 50;

/** Spread over all that a run does, without a pattern: fractions of the golden ratio. */
function momentMs(kill: number): number {
  return 60 + Math.floor(((kill * 0.618_034) % 1) * 700);
}

test('killed at fifty moments, it still brings everything over, within the limit', async () => {
  const rig = await startRig();
  try {
    const torrents: RigTorrent[] = [];
    for (let index = 0; index < 8; index += 1) {
      torrents.push(
        await rig.addTorrent({
          name: `torrent ${index}`,
          files: [
            { path: ['one.bin'], bytes: 150 * kib + index * 1_000 },
            { path: ['sub', 'two.bin'], bytes: 90 * kib },
            { path: ['empty'], bytes: 0 },
          ],
          pieceLengthBytes: 32 * kib,
        }),
      );
    }
    const large = await rig.addTorrent({
      name: 'large',
      files: Array.from({ length: 16 }, (_, index) => ({
        path: [`file ${index}`],
        bytes: 120 * kib + index * 777,
      })),
      pieceLengthBytes: 32 * kib,
    });
    torrents.push(large);
    const limitBytes = Math.floor(large.totalBytes / 2.5);
    rig.writeConfiguration({ space_limit: limitBytes });
    // Slow enough that fifty kills find something left to do.
    await rig.seeder.setRateKiB(150);
    const sampling = rig.sampleAllocation();
    for (let kill = 0; kill < kills; kill += 1) {
      assert.ok(readdirSync(rig.managedDirectory).length > 0, `all was over before kill ${kill}`);
      const run = rig.startDriver(['run']);
      await Promise.race([run.finished, delay(momentMs(kill))]);
      run.signal('SIGKILL');
      await run.finished;
    }
    await rig.seeder.setRateKiB(0);
    await rotate(rig, { allowed: [0, 75] });
    const { peakBytes } = sampling.stop();
    assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated, the limit is ${limitBytes}`);
    for (const torrent of torrents) await rig.expectShipped(torrent);
    const history = JSON.parse((await rig.drive(['history', '--json', '--limit', '1000'])).stdout) as {
      events: { action: string; name: string; files: number }[];
    };
    const retired = history.events.filter(({ action }) => action === 'retire').map(({ name }) => name);
    assert.equal(new Set(retired).size, retired.length, 'none is retired twice');
    assert.equal(rig.allocatedBytes(), 0, 'local data is left');
    assert.deepEqual(readdirSync(rig.client.downloadDirectory), []);
    assert.deepEqual(await rig.client.call('download_list', '', 'main'), []);
  } finally {
    await rig.stop();
  }
});
