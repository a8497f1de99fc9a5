/** What a torrent has uploaded counts for its duty, though it is taken out of rtorrent and loaded again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checks } from '../../sim/checks.ts';
import { runDriver } from '../../sim/driver-run.ts';
import { hashOf, k, policy } from '../../sim/scenarios.ts';
import { buildWorld } from '../../sim/world-spec.ts';
import { makeDuty } from '../../support/world.ts';

const hourMs = 3_600_000;
const dead = hashOf('dead', 0);

test('what was sent before a torrent was set aside is counted when it is loaded again', async () => {
  const world = buildWorld({
    policy: policy(130, { duty: makeDuty({ requiredRatio: 9 }) }),
    torrents: [
      { name: 'dead', files: [40 * k, 40 * k], swarm: { downBytesPerSecond: 0, upBytesPerSecond: 100 } },
      { name: 'next', files: [100 * k] },
    ],
  });
  const pass = async (): Promise<void> => {
    await runDriver(world, new Checks(world), { onPoint: () => undefined });
  };
  await pass();
  assert.ok(world.rtorrent.torrents.has(dead));
  world.pass(2 * hourMs);
  await pass();
  assert.ok(!world.rtorrent.torrents.has(dead), 'it is set aside');
  const sentBytes = world.rtorrent.sentBytes.get(dead) ?? 0;
  assert.ok(sentBytes >= 100 * 7_200);
  assert.ok((world.ledger.intents.get(dead)?.uploadedBytes ?? 0) >= 100 * 7_200);
  for (let hours = 0; !world.rtorrent.torrents.has(dead) && hours < 100; hours += 1) {
    world.pass(hourMs);
    await pass();
  }
  const counted = world.rtorrent.torrents.get(dead)?.uploadedBytes ?? 0;
  assert.ok(counted >= sentBytes * 0.99 && counted <= (world.rtorrent.sentBytes.get(dead) ?? 0));
  assert.equal(world.ledger.intents.get(dead), undefined);
});
