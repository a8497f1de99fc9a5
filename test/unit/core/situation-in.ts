/** The situation of one torrent of a world, and what surrounds it: what the single decisions are asked about. */

import type { Plan } from '../../../src/core/action.ts';
import { measureSpace } from '../../../src/core/budget.ts';
import type { Surroundings } from '../../../src/core/surroundings.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { Situation } from '../../../src/core/situation.ts';
import { situations } from '../../../src/core/situation.ts';
import type { DiskView, RtorrentView, Snapshot } from '../../../src/core/snapshot.ts';
import { makePolicy } from '../../support/world.ts';

export function viewIn({ rtorrent }: Snapshot): RtorrentView {
  if (!rtorrent.seen) throw new Error('rtorrent was not seen');
  return rtorrent.value;
}

export function diskIn({ disk }: Snapshot): DiskView {
  if (!disk.seen) throw new Error('the disk was not seen');
  return disk.value;
}

export function allSituations(snapshot: Snapshot): readonly Situation[] {
  return situations({ ...snapshot, rtorrent: viewIn(snapshot), disk: diskIn(snapshot) });
}

export function situationIn(snapshot: Snapshot, metainfo: Metainfo): Situation {
  const found = allSituations(snapshot).find(
    ({ managed }) => managed.metainfo.infohash === metainfo.infohash,
  );
  if (found === undefined) throw new Error(`${metainfo.name} is not managed`);
  return found;
}

export function surroundingsIn(snapshot: Snapshot, policy: Policy = makePolicy()): Surroundings {
  const disk = diskIn(snapshot);
  return {
    snapshot,
    view: viewIn(snapshot),
    managed: snapshot.managed,
    policy,
    space: measureSpace(disk, policy, allSituations(snapshot)),
    blockBytes: disk.blockBytes,
  };
}

/** `small: load`, `large: space`: what becomes of each torrent, by name. */
export function said({ actions, waits }: Plan): readonly string[] {
  return [
    ...actions.map(({ kind, managed }) => `${managed.metainfo.name}: ${kind}`),
    ...waits.map(({ reason, managed }) => `${managed.metainfo.name}: ${reason.kind}`),
  ].sort();
}
