/** Small worlds with a name about torrents that are proved, and what users and other programs do to them before they are gone. */

import { asByteString } from '../../src/core/bytes.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import { remotePathOf } from '../../src/core/place.ts';
import { makeDuty } from '../support/world.ts';
import { digestOfContent, rawContent } from './content.ts';
import type { Scenario } from './scenarios.ts';
import { hashOf, k, policy } from './scenarios.ts';
import type { World } from './world.ts';

export const provedScenarios: readonly Scenario[] = [
  {
    name: 'what was proved is gone there and here, and rtorrent still has it, closed',
    spec: { policy: policy(200), torrents: [{ name: 'a', files: [40 * k, 30 * k] }] },
    events: {
      1: (world) => {
        const loaded = world.rtorrent.torrents.get(hashOf('a', 0));
        if (loaded === undefined) return;
        world.rtorrent.close(loaded);
        loaded.isStarted = false;
        for (const path of loaded.paths) world.disk.remove(path);
      },
    },
  },
  {
    name: "the user's own file lies in the place of a torrent that is proved and not loaded",
    spec: { policy: policy(200), torrents: [{ name: 'a', files: [40 * k, 30 * k] }] },
    events: {
      0: (world) => {
        prove(world, hashOf('a', 0));
        world.disk.put(asByteString('/downloads/a/file-1'), rawContent('m'.repeat(30 * k)));
      },
    },
  },
  {
    name: "the user's own file on the remote was proved, and is changed before its torrent has seeded enough",
    endMayDiffer: 'what is not proved yet may still go elsewhere',
    spec: {
      policy: policy(200, { shipWhen: 'completed', duty: makeDuty({ requiredSeedTimeMs: 1_800_000 }) }),
      torrents: [{ name: 'a', files: [40 * k, 30 * k] }],
    },
    events: { 0: changeTheUsersOwn, 2: changeTheUsersOwn },
  },
  {
    name: 'a torrent in directories is proved, and erased by hand before it is purged',
    spec: {
      policy: policy(200, { duty: makeDuty({ requiredRatio: 9 }) }),
      torrents: [
        {
          name: 'a',
          files: [
            { path: 'x/1', lengthBytes: 30 * k },
            { path: 'x/y/2', lengthBytes: 9_001 },
          ],
        },
      ],
    },
    events: {
      1: (world) => {
        prove(world, hashOf('a', 0));
        world.rtorrent.erase(hashOf('a', 0));
      },
    },
  },
  {
    name: 'two torrents of one name, both proved, and the data of one still here',
    spec: {
      policy: policy(400),
      torrents: [
        { name: 'same', files: [40 * k, 30 * k] },
        { name: 'same', files: [50 * k, 60 * k] },
      ],
    },
    events: {
      1: (world) => {
        world.killRtorrent('lost', 1_000);
        world.pass(2_000);
        prove(world, hashOf('same', 0));
      },
    },
  },
];

/** As if the user had a file there himself that is the same, and changed it, its size kept, once it was proved. */
function changeTheUsersOwn(world: World): void {
  const whole = world.catalog.get(hashOf('a', 0))?.files[0]?.whole;
  if (whole === undefined) return;
  const identity = world.ledger.receipts.has(hashOf('a', 0)) ? 'changed since' : whole.identity;
  world.remote.files.set(asByteString('a/file-0'), { content: { ...whole, identity }, owner: undefined });
}

/** As if all of it, or these files of it, had been shipped and proved in an earlier life. */
export function prove(world: World, infohash: Infohash, indices?: readonly number[]): void {
  const torrent = world.catalog.get(infohash);
  if (torrent === undefined || world.ledger.receipts.has(infohash)) return;
  const { metainfo } = torrent;
  const files = indices?.flatMap((index) => torrent.files[index] ?? []) ?? torrent.files;
  const receipts = files.map(({ file, whole }) => {
    const remotePath = remotePathOf(metainfo, file, new Map());
    world.remote.files.set(remotePath, { content: whole, owner: infohash });
    world.ledger.shipments.set(remotePath, infohash);
    const digest = digestOfContent(whole);
    const { index: fileIndex, lengthBytes } = file;
    const method = 'checksum' as const;
    return { infohash, fileIndex, lengthBytes, remotePath, method, digest, provedAtMs: world.wallMs() };
  });
  world.ledger.receipts.set(infohash, new Map(receipts.map((one) => [one.fileIndex, one])));
}
