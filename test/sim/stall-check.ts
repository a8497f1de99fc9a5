/** Whether a plan sets aside what is alive: what got something lately, and what lacks nothing but its tracker. */

import type { Plan } from '../../src/core/action.ts';
import { Finding } from './finding.ts';
import { nameIn } from './events.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { World } from './world.ts';

const dayMs = 24 * 3_600_000;

/** @throws Finding */
export function checkStalls(world: World, { actions, waits }: Plan, { takenAtMs }: Snapshot): void {
  // By a clock that was put forward everything has been still for long.
  if (world.clockJumps > 0) return;
  const { stallTimeoutMs } = world.settings.policy;
  const lookedMs = takenAtMs - world.wallMs() + world.elapsedMs;
  // What the trackers did since the look, no plan could know of.
  const isOutage = world.trackers.trouble === 'gone' && world.trackers.sinceMs < lookedMs;
  for (const { kind, managed } of actions) {
    const loaded = world.rtorrent.torrents.get(managed.metainfo.infohash);
    if (kind !== 'set-aside' || loaded === undefined) continue;
    // Where its load could not be noted, the last mark of an earlier one counts.
    if (!world.ledger.isWritable || loaded.lastReceivedMs <= world.ledger.writableSinceMs) continue;
    // Stopped and started by hand between two looks, it was running all the time to the driver.
    if (loaded.wasStopped) continue;
    // Erased and loaded by hand between two looks, it is to the driver what it was before.
    if (world.guests.has(managed.metainfo.infohash)) continue;
    const name = nameIn(world, managed.metainfo.infohash);
    const stillMs = world.elapsedMs - loaded.lastReceivedMs;
    const patienceMs = isOutage ? Math.max(dayMs, stallTimeoutMs) : stallTimeoutMs;
    // What came in since the look, the driver finds out when it looks once more.
    if (stillMs > 1_000 && stillMs < patienceMs)
      throw new Finding(`${name} is set aside after ${stillMs} ms without a byte`);
    if (waits.length === 0) throw new Finding(`${name} is set aside for nobody`);
  }
}
