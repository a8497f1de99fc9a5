/** What the decision about one torrent needs to know beyond the torrent's own situation. */

import type { Space } from './budget.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import type { Policy } from './policy.ts';
import type { RtorrentView, Snapshot } from './snapshot.ts';

export interface Surroundings {
  readonly snapshot: Snapshot;
  readonly view: RtorrentView;
  readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
  readonly policy: Policy;
  readonly space: Space;
  readonly blockBytes: number;
}
