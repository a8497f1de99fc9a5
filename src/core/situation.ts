/** Everything that a snapshot says about one managed torrent, side by side: what each decision starts from. */

import { commitmentOf } from './budget.ts';
import type { ByteString } from './bytes.ts';
import { locate } from './locate.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import type { Receipt } from './prove.ts';
import type {
  DiskView,
  Failure,
  Job,
  LedgerView,
  LocalTorrent,
  RtorrentDetail,
  RtorrentTorrent,
  RtorrentView,
} from './snapshot.ts';

export interface Situation {
  readonly managed: ManagedTorrent;
  readonly loaded: RtorrentTorrent | undefined;
  readonly detail: RtorrentDetail | undefined;
  readonly local: LocalTorrent | undefined;
  /** Where its files are or would be; undefined where rtorrent's answer does not tell. */
  readonly directory: ByteString | undefined;
  readonly receipts: ReadonlyMap<number, Receipt>;
  readonly failure: Failure | undefined;
  readonly job: Job | undefined;
  readonly allocatedBytes: number;
  readonly committedBytes: number;
}

const noReceipts: ReadonlyMap<number, Receipt> = new Map();

/** One situation a managed torrent, smallest first; the order depends on nothing but sizes and infohashes. */
export function situations(world: {
  readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
  readonly rtorrent: RtorrentView;
  readonly disk: DiskView;
  readonly ledger: LedgerView;
  readonly jobs: readonly Job[];
}): readonly Situation[] {
  const jobs = new Map(world.jobs.map((job) => [job.infohash, job]));
  return bySize(world.managed.values()).map((managed) => {
    const { infohash } = managed.metainfo;
    const loaded = world.rtorrent.torrents.get(infohash);
    const detail = world.rtorrent.details.get(infohash);
    const local = world.disk.torrents.get(infohash);
    return {
      managed,
      loaded,
      detail,
      local,
      directory: locate(managed.metainfo, loaded, world.rtorrent.defaultDirectory),
      receipts: world.ledger.receipts.get(infohash) ?? noReceipts,
      failure: world.ledger.failures.get(infohash),
      job: jobs.get(infohash),
      ...commitmentOf(managed, loaded, detail, local, world.disk.blockBytes),
    };
  });
}

/** Smallest first; equal sizes by infohash, so that a permuted snapshot gives the same plan. */
export function bySize(torrents: Iterable<ManagedTorrent>): readonly ManagedTorrent[] {
  return [...torrents].sort(
    ({ metainfo: one }, { metainfo: other }) =>
      one.totalBytes - other.totalBytes || (one.infohash < other.infohash ? -1 : 1),
  );
}
