/** Everything that a snapshot says about one managed torrent, side by side: what each decision starts from. */

import { commitmentOf } from './budget.ts';
import type { ByteString } from './bytes.ts';
import { joinPath } from './bytes.ts';
import { locate } from './locate.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import type { Priority } from './priority.ts';
import type { ShippedPieces } from './piece-part.ts';
import type { Receipt } from './prove.ts';
import { queueOf } from './queue.ts';
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
import { priorityOf } from './wishes.ts';

export interface Situation {
  readonly managed: ManagedTorrent;
  readonly priority: Priority;
  readonly loaded: RtorrentTorrent | undefined;
  readonly detail: RtorrentDetail | undefined;
  readonly local: LocalTorrent | undefined;
  /** Where its files are or would be; undefined where rtorrent's answer does not tell. */
  readonly directory: ByteString | undefined;
  /** What it had sent to others when it was taken out of rtorrent; 0 where it never was, or is loaded. */
  readonly uploadedBytes: number;
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** Of files that are streamed, by file index: what the remote holds of them. */
  readonly pieces: ReadonlyMap<number, ShippedPieces>;
  readonly failure: Failure | undefined;
  /** Of this torrent, about different files. */
  readonly jobs: readonly Job[];
  readonly allocatedBytes: number;
  readonly committedBytes: number;
}

type Commitment = ReturnType<typeof commitmentOf>;

const noJobs: readonly Job[] = [];
const noReceipts: ReadonlyMap<number, Receipt> = new Map();
const noPiecesThere: ReadonlyMap<number, ShippedPieces> = new Map();

/** One situation a managed torrent, in the order of the queue. */
export function situations(world: {
  readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
  readonly rtorrent: RtorrentView;
  readonly disk: DiskView;
  readonly ledger: LedgerView;
  readonly jobs: readonly Job[];
}): readonly Situation[] {
  const inOrder = queueOf(world.managed, world.ledger.wishes);
  const shared = namesShared(inOrder);
  const jobsOf = Map.groupBy(world.jobs, ({ infohash }) => infohash);
  const holders = new Map<ByteString, Infohash>();
  for (const { metainfo } of inOrder) {
    const loaded = world.rtorrent.torrents.get(metainfo.infohash);
    const directory = locate(metainfo, loaded, world.rtorrent.defaultDirectory);
    if (loaded === undefined || directory === undefined || !shared.has(metainfo.name)) continue;
    for (const file of metainfo.files) hold(joinPath(directory, file.path), metainfo.infohash);
  }
  return inOrder.map((managed) => {
    const { infohash } = managed.metainfo;
    const loaded = world.rtorrent.torrents.get(infohash);
    const detail = world.rtorrent.details.get(infohash);
    const local = world.disk.torrents.get(infohash);
    const jobs = jobsOf.get(infohash) ?? noJobs;
    const intent = world.ledger.intents.get(infohash);
    return {
      managed,
      priority: priorityOf(managed, world.ledger.wishes),
      loaded,
      detail,
      local,
      directory: locate(managed.metainfo, loaded, world.rtorrent.defaultDirectory, intent),
      uploadedBytes: loaded === undefined ? (intent?.uploadedBytes ?? 0) : 0,
      receipts: world.ledger.receipts.get(infohash) ?? noReceipts,
      pieces: world.ledger.pieces.get(infohash) ?? noPiecesThere,
      failure: world.ledger.failures.get(infohash),
      jobs,
      ...withWindows(
        jobs,
        commitmentOf(managed, loaded, detail, countedOnce(managed, local), world.disk.blockBytes),
      ),
    };
  });

  /** Torrents of one name see the same files: they count for the one that is loaded, else for the first. */
  function countedOnce(managed: ManagedTorrent, local: LocalTorrent | undefined): LocalTorrent | undefined {
    if (local === undefined || !shared.has(managed.metainfo.name)) return local;
    let { allocatedBytes } = local;
    for (const file of managed.metainfo.files) {
      const isAnothers = hold(joinPath(local.directory, file.path), managed.metainfo.infohash);
      if (isAnothers) allocatedBytes -= local.files[file.index]?.allocatedBytes ?? 0;
    }
    return { ...local, allocatedBytes };
  }

  /** Whether another holds the path already. */
  function hold(path: ByteString, infohash: Infohash): boolean {
    const holder = holders.get(path) ?? infohash;
    holders.set(path, holder);
    return holder !== infohash;
  }
}

/** Names that several torrents have. */
function namesShared(managed: Iterable<ManagedTorrent>): ReadonlySet<ByteString> {
  const seen = new Set<ByteString>();
  const shared = new Set<ByteString>();
  for (const { metainfo } of managed) {
    if (seen.has(metainfo.name)) shared.add(metainfo.name);
    seen.add(metainfo.name);
  }
  return shared;
}

/** What is streamed may come to fill its window, and no more, however large it is. */
function withWindows(jobs: readonly Job[], commitment: Commitment): Commitment {
  const stream = jobs.find((job) => job.stream !== undefined)?.stream;
  if (stream === undefined) return commitment;
  const { allocatedBytes } = commitment;
  return { allocatedBytes, committedBytes: Math.max(allocatedBytes, stream.windowBytes) };
}
