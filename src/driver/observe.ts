/** Observes: asks every port once and puts the answers into one snapshot. What does not answer is not seen, never empty. */

import { Fault } from '../core/fault.ts';
import { locate } from '../core/locate.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import type { Policy } from '../core/policy.ts';
import type { Receipt, RemoteListing } from '../core/prove.ts';
import { recall } from '../core/prove.ts';
import { detailsWanted, mayBeDue, remotePathsWanted } from '../core/questions.ts';
import { situations } from '../core/situation.ts';
import type { DiskView, Job, LedgerView, Observed, RtorrentView, Snapshot } from '../core/snapshot.ts';
import type { Place } from '../ports/seedbox.ts';
import { DiskLook } from './disk-look.ts';
import type { Ports } from './ports.ts';
import { RemoteLook } from './remote-look.ts';

type Managed = ReadonlyMap<Infohash, ManagedTorrent>;

/** What remembers, from one look to the next, so that not everything is asked each time. */
export interface Looks {
  readonly disk: DiskLook;
  readonly remote: RemoteLook;
}

/**
 * One snapshot. Rejects with a `Fault` only where not even the managed directory or the ledger can be read: then there
 * is nothing to decide about.
 */
export async function observe(
  ports: Ports,
  policy: Policy,
  jobs: readonly Job[],
  looks: Looks = { disk: new DiskLook(ports), remote: new RemoteLook(ports) },
): Promise<Snapshot> {
  const takenAtMs = ports.clock.nowMs();
  const { managed, rejected } = await ports.seedbox.scan();
  const ledger = await readLedger(ports, managed, policy);
  const rtorrent = await seen(() => viewRtorrent(ports, managed, ledger));
  const disk: Observed<DiskView> = rtorrent.seen
    ? await seen(() => measureDisk(looks.disk, managed, rtorrent.value, ledger, jobs))
    : { seen: false, reason: 'its directories are known from rtorrent alone', remedy: rtorrent.remedy };
  const remote: Observed<RemoteListing> =
    rtorrent.seen && disk.seen
      ? await seen(() =>
          listRemote(looks.remote, policy, takenAtMs, {
            managed,
            rtorrent: rtorrent.value,
            disk: disk.value,
            ledger,
            jobs,
          }),
        )
      : { seen: false, reason: 'nothing was asked of it' };
  return { takenAtMs, managed, rejected, rtorrent, disk, remote, ledger, jobs };
}

async function readLedger(ports: Ports, managed: Managed, policy: Policy): Promise<LedgerView> {
  const records = await ports.ledger.read([...managed.values()].map(({ metainfo }) => metainfo));
  const receipts = new Map<Infohash, ReadonlyMap<number, Receipt>>();
  for (const [infohash, list] of records.receipts) {
    const metainfo = managed.get(infohash)?.metainfo;
    if (metainfo === undefined) continue;
    const recalled = list.flatMap((record) => recall(record, metainfo, policy.verify) ?? []);
    if (recalled.length > 0) receipts.set(infohash, new Map(recalled.map((one) => [one.fileIndex, one])));
  }
  return { ...records, receipts };
}

async function viewRtorrent(ports: Ports, managed: Managed, ledger: LedgerView): Promise<RtorrentView> {
  const view: RtorrentView = { ...(await ports.rtorrent.observe()), details: new Map() };
  const wanted = detailsWanted(view, managed, ledger);
  return wanted.length === 0 ? view : { ...view, details: await ports.rtorrent.details(wanted) };
}

async function measureDisk(
  diskLook: DiskLook,
  managed: Managed,
  view: RtorrentView,
  ledger: LedgerView,
  jobs: readonly Job[],
): Promise<DiskView> {
  const places: Place[] = [];
  for (const torrent of managed.values()) {
    const { metainfo } = torrent;
    const { infohash } = metainfo;
    const intent = ledger.intents.get(infohash);
    const directory = locate(metainfo, view.torrents.get(infohash), view.defaultDirectory, intent);
    if (directory !== undefined) places.push({ managed: torrent, directory });
  }
  return await diskLook.measure(view, places, jobs);
}

async function listRemote(
  remoteLook: RemoteLook,
  policy: Policy,
  nowMs: number,
  world: Parameters<typeof situations>[0],
): Promise<RemoteListing> {
  const managed = new Map<Infohash, ManagedTorrent>();
  for (const torrent of world.managed.values()) {
    const { infohash } = torrent.metainfo;
    if (mayBeDue(world.rtorrent.torrents.get(infohash))) managed.set(infohash, torrent);
  }
  const paths = remotePathsWanted(situations({ ...world, managed }), policy, world.ledger, nowMs);
  return await remoteLook.list(paths);
}

async function seen<T>(look: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { seen: true, value: await look() };
  } catch (error) {
    if (error instanceof Fault) return { seen: false, reason: error.message, remedy: error.remedy };
    throw error;
  }
}
