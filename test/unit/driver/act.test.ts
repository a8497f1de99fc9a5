/** What an action leaves behind in the ledger, for the looks that come after it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stallStep } from '../../../src/core/retry.ts';
import { nextStall } from '../../../src/core/stall.ts';
import { act } from '../../../src/driver/act.ts';
import { Checks } from '../../sim/checks.ts';
import { portsOf } from '../../sim/driver-run.ts';
import { wholeOrder } from '../../sim/rtorrent-state.ts';
import { buildWorld, torrentPathOf } from '../../sim/world-spec.ts';

test('what was set aside and is loaded anew is not judged by how long it had been still before', async () => {
  const world = buildWorld({ torrents: [{ name: 'dead', files: [20_000] }] });
  const [torrent] = world.catalog.values();
  const { metainfo } = torrent!;
  const { infohash } = metainfo;
  const directory = world.rtorrent.defaultDirectory;
  world.rtorrent.load(wholeOrder(torrent!, directory));
  world.ledger.progress.set(infohash, { bytes: 0, atMs: 0, processId: 1 });
  const ports = portsOf(world, new Checks(world), () => undefined);
  const managed = {
    metainfo,
    torrentPaths: [torrentPathOf(infohash)],
    priority: 'normal',
    addedAtMs: 0,
  } as const;
  const outcome = await act(
    {
      kind: 'set-aside',
      managed,
      directory,
      keep: new Set(),
      files: [],
      receivedBytes: 0,
      failure: nextStall(undefined, 'nothing comes', 0),
    },
    ports,
  );
  assert.deepEqual(outcome, { kind: 'done', detail: 'its data stays' });
  assert.equal(world.ledger.failures.get(infohash)?.step, stallStep);
  assert.equal(world.ledger.progress.get(infohash), undefined);
});
