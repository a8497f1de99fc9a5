/**
 * kill -9 of the driver at fifty random moments: nothing is lost, nothing is left over, and the end is the same. A failure names
 * its seed; `CRASH_SEED` sets another one.
 */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../sim/random.ts';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig } from './rig.ts';
import { expectAllGone, rotate, withRig } from './rotation.ts';

const kib = 1024;
const kills = 50;
const seed = Number(process.env['CRASH_SEED'] ?? 1);

/** The longest that a run lives at first, and ever. Then as long as runs take here, however fast or busy the machine is. */
const firstLifeMs = 800;
const longestLifeMs = 5_000;

test(`killed at fifty moments drawn from seed ${seed}, it still brings everything over, within the limit`, async () => {
  await withRig(async (rig) => {
    const large = await rig.addTorrent({
      name: 'large',
      files: Array.from({ length: 16 }, (_, index) => ({
        path: [`file ${index}`],
        bytes: 120 * kib + index * 777,
      })),
      pieceLengthBytes: 32 * kib,
    });
    const torrents = [large];
    for (let index = 0; index < 8; index += 1) torrents.push(await addSmall(rig, index));
    const limitBytes = Math.floor(large.totalBytes / 2.5);
    rig.writeConfiguration({ space_limit: limitBytes });
    // Slow enough that kills find something left to do.
    await rig.seeder.setRateKiB(150);
    const sampling = rig.sampleAllocation();
    await killAgainAndAgain(rig, torrents);
    await rig.seeder.setRateKiB(0);
    await rotate(rig, { allowed: [0, 75] });
    const { peakBytes } = sampling.stop();
    assert.ok(peakBytes <= limitBytes, `${peakBytes} bytes were allocated, the limit is ${limitBytes}`);
    await expectAllGone(rig, torrents);
    await expectNoneRetiredTwice(rig);
  });
});

/** Where all is over before the last kill, there is more to do. A run that comes to its end before its moment is no kill. */
async function killAgainAndAgain(rig: Rig, torrents: RigTorrent[]): Promise<void> {
  const random = new Random(seed);
  let lifeMs = firstLifeMs;
  let killed = 0;
  while (killed < kills) {
    if (readdirSync(rig.managedDirectory).length === 0) torrents.push(await addSmall(rig, torrents.length));
    const run = rig.startDriver(['run']);
    const startedAtMs = performance.now();
    await Promise.race([run.finished, delay(random.next() * lifeMs)]);
    run.signal('SIGKILL');
    const { signal, exitCode, stderr } = await run.finished;
    assert.ok(signal === 'SIGKILL' || exitCode === 0 || exitCode === 75, stderr);
    if (signal === 'SIGKILL') killed += 1;
    lifeMs = signal === 'SIGKILL' ? Math.min(longestLifeMs, lifeMs * 1.1) : performance.now() - startedAtMs;
  }
}

async function addSmall(rig: Rig, index: number): Promise<RigTorrent> {
  return await rig.addTorrent({
    name: `torrent ${index}`,
    files: [
      { path: ['one.bin'], bytes: 150 * kib + index * 1_000 },
      { path: ['sub', 'two.bin'], bytes: 90 * kib },
      { path: ['empty'], bytes: 0 },
    ],
    pieceLengthBytes: 32 * kib,
  });
}

async function expectNoneRetiredTwice(rig: Rig): Promise<void> {
  const history = JSON.parse((await rig.drive(['history', '--json', '--limit', '1000'])).stdout) as {
    events: { action: string; name: string }[];
  };
  const retired = history.events.filter(({ action }) => action === 'retire').map(({ name }) => name);
  assert.equal(new Set(retired).size, retired.length, 'none is retired twice');
}
