/** The simulated rtorrent lets time pass as the real one does: what else the driver has under way goes on meanwhile. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wholeOrder } from '../../sim/rtorrent-state.ts';
import { sleepIn } from '../../sim/sim-runtime.ts';
import { SimRtorrent } from '../../sim/sim-rtorrent.ts';
import { quiet } from '../../sim/timers.ts';
import { buildWorld } from '../../sim/world-spec.ts';

it('while it waits in vain for a torrent to start, others are woken in their turn', async () => {
  const world = buildWorld({ torrents: [{ name: 'a', files: [20_000] }] });
  const [torrent] = world.catalog.values();
  const { infohash } = torrent!.metainfo;
  world.rtorrent.load(wholeOrder(torrent!, world.rtorrent.defaultDirectory));
  const loaded = world.rtorrent.torrents.get(infohash)!;
  world.rtorrent.closeForSpace(loaded);
  world.disk.remove(loaded.paths[0]!);
  const seen: string[] = [];
  const note = (what: string): unknown => seen.push(`${what} at ${world.elapsedMs / 1_000} s`);
  const port = new SimRtorrent(world, () => undefined);
  void assert.rejects(port.restart(infohash), { kind: 'refused' }).then(() => note('given up'));
  void sleepIn(world, 2_500).then(() => note('another'));
  for (let timer; (await quiet(), (timer = world.timers.next())) !== undefined;) {
    world.pass(timer.atMs - world.elapsedMs);
    timer.wake();
  }
  assert.deepEqual(seen, ['another at 2.5 s', 'given up at 20 s']);
});
