/** What the world and its users do by themselves: events drawn one at a time, each of which may happen to a careful user. */

import { asByteString, displayText, joinPath } from '../../src/core/bytes.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import { contentFiles } from '../../src/core/metainfo.ts';
import { rawContent } from './content.ts';
import type { SimTorrent } from './content.ts';
import type { Random } from './random.ts';
import { isStoppedByHand, wholeOrder } from './rtorrent-state.ts';
import type { World } from './world.ts';
import { wishEvents } from './wish-events.ts';
import { isOverOthers, torrentPathOf } from './world-spec.ts';

export type WorldEvent = (world: World, random: Random) => string | undefined;

/** May happen at any moment, in the middle of a call too. */
export const suddenEvents: readonly WorldEvent[] = [
  ...wishEvents,
  function rtorrentDies(world, random) {
    if (!world.rtorrent.isRunning) return undefined;
    world.killRtorrent(random.pick(['saved', 'inserted', 'inserted', 'lost']), random.pick([3_000, 600_000]));
    return 'rtorrent dies';
  },
  function remoteFails(world, random) {
    world.remote.trouble = random.pick(['gone', 'read-only', 'stalled'] as const);
    return `the remote is ${world.remote.trouble}`;
  },
  function remoteMends(world) {
    if (world.remote.trouble === undefined) return undefined;
    world.remote.trouble = undefined;
    return 'the remote is well again';
  },
  function remoteFills(world, random) {
    world.remote.totalBytes -= world.remote.freeBytes() - random.pick([0, 20_000, 200_000]);
    return 'the remote fills up';
  },
  function remoteEmpties(world) {
    world.remote.totalBytes = world.settings.remoteBytes;
    return 'the remote has room';
  },
  function diskFills(world, random) {
    world.disk.ballastBytes += Math.floor(world.disk.freeBytes() * random.pick([0.3, 0.9, 1]));
    return 'others fill the disk';
  },
  function diskEmpties(world) {
    world.disk.ballastBytes = 0;
    return 'others make room on the disk';
  },
  function trackersFail(world, random) {
    world.trackers.trouble = random.pick(['gone', 'refusing'] as const);
    world.trackers.sinceMs = world.elapsedMs;
    return `the trackers are ${world.trackers.trouble}`;
  },
  function trackersMend(world) {
    if (world.trackers.trouble === undefined) return undefined;
    world.trackers.trouble = undefined;
    return 'the trackers are well again';
  },
  function clockJumps(world, random) {
    world.clockJumps += 1;
    world.clockErrorMs += random.pick([-86_400_000, -600_000, 60_000, 3_600_000, 40 * 86_400_000]);
    return 'the clock jumps';
  },
  function ledgerCloses(world) {
    world.ledger.isWritable = !world.ledger.isWritable;
    world.ledger.writableSinceMs = world.elapsedMs;
    return world.ledger.isWritable ? 'the ledger can be written' : 'the ledger cannot be written';
  },
  function torrentIsErased(world, random) {
    if (!world.rtorrent.isRunning) return undefined;
    const infohash = random.pickMaybe([...world.rtorrent.torrents.keys()]);
    if (infohash === undefined) return undefined;
    world.rtorrent.erase(infohash);
    if (!world.managed().has(infohash)) world.dropped.add(infohash);
    return `the user erases ${nameIn(world, infohash)}`;
  },
  function torrentIsStopped(world, random) {
    const loaded = random.pickMaybe([...world.rtorrent.torrents.values()]);
    if (loaded === undefined || !world.rtorrent.isRunning) return undefined;
    world.rtorrent.stop(loaded);
    loaded.wasStopped = true;
    return `the user stops ${nameIn(world, loaded.order.torrent.metainfo.infohash)}`;
  },
  function torrentIsChecked(world, random) {
    const open = [...world.rtorrent.torrents.values()].filter(({ isOpen }) => isOpen);
    const loaded = random.pickMaybe(open);
    if (loaded === undefined || !world.rtorrent.isRunning) return undefined;
    world.rtorrent.check(loaded);
    return `the user has ${nameIn(world, loaded.order.torrent.metainfo.infohash)} checked`;
  },
  function uploadSlotIsLost(world, random) {
    const streams = [...world.rtorrent.torrents.values()].filter(({ stream }) => stream?.isSlotHeld === true);
    const loaded = random.pickMaybe(streams);
    if (loaded === undefined || !world.rtorrent.isRunning) return undefined;
    // Our own peer sees it in the same moment, and has the torrent stopped.
    world.rtorrent.stop(loaded);
    return `the upload slot of ${nameIn(world, loaded.order.torrent.metainfo.infohash)} is lost`;
  },
  function torrentFileIsTaken(world, random) {
    const path = random.pickMaybe([...world.managedFiles.keys()]);
    if (path === undefined) return undefined;
    const infohash = world.managedFiles.get(path);
    if (infohash !== undefined) world.dropped.add(infohash);
    world.managedFiles.delete(path);
    return `the user takes ${path} away`;
  },
  function torrentFileIsAdded(world, random) {
    const torrent = random.pick([...world.catalog.values()]);
    const { infohash } = torrent.metainfo;
    // What lies here of it already, the driver did not put there.
    const isHere =
      world.rtorrent.torrents.has(infohash) || pathsOf(world, torrent).some((path) => world.disk.at(path));
    if (isHere && !world.managed().has(infohash)) world.guests.add(infohash);
    world.managedFiles.set(
      torrentPathOf(infohash, random.pick(['', '', '-2']), random.pick(['', '', 'high/', 'low/'])),
      infohash,
    );
    return `the user adds the .torrent of ${nameIn(world, infohash)}`;
  },
  function garbageIsAdded(world) {
    world.managedFiles.set(asByteString('/managed/garbage.torrent'), undefined);
    return 'the user adds garbage';
  },
  function fileIsPutBeside(world, random) {
    const { metainfo } = random.pick([...world.catalog.values()]);
    if (!metainfo.isMultiFile) return undefined;
    const path = joinPath(world.rtorrent.defaultDirectory, metainfo.name, asByteString('notes.txt'));
    if (world.disk.isBlocked(path)) return undefined;
    world.disk.put(path, rawContent('my own notes'));
    return `the user writes ${displayText(path)}`;
  },
];

/** Happen between two passes only: within one, no program could see them in time. */
export const slowEvents: readonly WorldEvent[] = [
  torrentIsLoadedByHand,
  torrentIsLoadedByHand,
  function ledgerIsLost(world) {
    world.ledger.lose();
    return 'the ledger is lost';
  },
  function othersWriteToRemote(world, random) {
    const { path, lengthBytes } = randomRemotePlace(world, random);
    if (world.ledger.shipments.has(path) || world.remote.obstacleTo(path)) return undefined;
    if (world.remote.files.has(path) || provedPaths(world).has(path)) return undefined;
    // Where sizes alone are compared, another file of the same size cannot be told.
    const isSameSize = world.settings.policy.verify === 'checksum' && random.chance(0.5);
    const sizeBytes = isSameSize ? lengthBytes : lengthBytes + 1;
    const content = { sizeBytes, identity: `of others ${world.elapsedMs}` };
    world.remote.files.set(path, { content, owner: undefined });
    return `another writes ${displayText(path)} on the remote`;
  },
  function remoteFileIsLost(world, random) {
    const path = random.pickMaybe([...world.remote.files.keys()]);
    if (path === undefined) return undefined;
    world.remote.files.delete(path);
    return `the remote loses ${displayText(path)}`;
  },
  function remoteFileIsSpoiled(world, random) {
    if (world.settings.policy.verify !== 'checksum') return undefined;
    const proved = provedPaths(world);
    const { shipments } = world.ledger;
    // What we put there and saw whole, we do not read again; what the ledger does not know for ours, we do.
    const candidates = [...world.remote.files].filter(([path]) => !proved.has(path) || !shipments.has(path));
    const [path, file] = random.pickMaybe(candidates) ?? [];
    if (path === undefined || file === undefined) return undefined;
    const content = { sizeBytes: file.content.sizeBytes, identity: `spoiled ${file.content.identity}` };
    world.remote.files.set(path, { ...file, content });
    return `a disk spoils ${displayText(path)} on the remote`;
  },
  function dataIsDeletedByHand(world, random) {
    const candidates = [...world.catalog.values()].filter(
      ({ metainfo }) => !world.rtorrent.torrents.has(metainfo.infohash),
    );
    const torrent = random.pickMaybe(candidates);
    if (torrent === undefined || isPlaceTaken(world, torrent)) return undefined;
    for (const path of pathsOf(world, torrent)) {
      world.disk.remove(path);
      world.disk.links.delete(path);
    }
    removeEmptyDirectories(world, torrent);
    return `the user deletes the data of ${nameIn(world, torrent.metainfo.infohash)}`;
  },
  function fileIsLinked(world, random) {
    const torrent = random.pick([...world.catalog.values()]);
    const path = random.pick(pathsOf(world, torrent));
    if (world.disk.plain(path) === undefined) return undefined;
    const target = asByteString(`/elsewhere/${world.disk.links.size} at ${world.elapsedMs}`);
    world.disk.moveAndLink(path, target);
    return `the user moves ${displayText(path)} and links to it`;
  },
  function directoryIsMade(world, random) {
    const { metainfo } = random.pick([...world.catalog.values()]);
    if (!metainfo.isMultiFile) return undefined;
    const path = joinPath(world.rtorrent.defaultDirectory, metainfo.name, asByteString('my own'));
    if (world.disk.isBlocked(path)) return undefined;
    world.disk.makeDirectory(path);
    return `the user makes ${displayText(path)}`;
  },
  function torrentIsStarted(world, random) {
    const stopped = [...world.rtorrent.torrents.values()].filter(isStoppedByHand);
    const loaded = random.pickMaybe(stopped);
    if (loaded === undefined || !world.rtorrent.isRunning) return undefined;
    world.rtorrent.start(loaded);
    return `the user starts ${nameIn(world, loaded.order.torrent.metainfo.infohash)}`;
  },
];

function torrentIsLoadedByHand(world: World, random: Random): string | undefined {
  const managed = world.managed();
  const all = [...world.catalog.values()];
  const strangers = all.filter(({ metainfo }) => !managed.has(metainfo.infohash));
  // The same bytes under another infohash: two torrents then have the same files.
  const twins = strangers.filter((torrent) => isPlaceTaken(world, torrent));
  const torrent = random.pick(
    [twins, strangers, all].find((list) => list.length > 0 && random.chance(0.7)) ?? all,
  );
  const { infohash } = torrent.metainfo;
  if (world.rtorrent.torrents.has(infohash) || !world.rtorrent.isRunning) return undefined;
  const order = wholeOrder(torrent, world.rtorrent.defaultDirectory);
  if (isOverOthers(world, order)) return undefined;
  world.guests.add(infohash);
  // What it fetches lies in the place of others, too.
  const paths = new Set(pathsOf(world, torrent));
  for (const [other] of managed) {
    const mine = world.catalog.get(other);
    if (mine !== undefined && pathsOf(world, mine).some((path) => paths.has(path))) world.guests.add(other);
  }
  if (!managed.has(infohash)) world.dropped.add(infohash);
  world.rtorrent.load(order);
  return `the user loads ${nameIn(world, infohash)}`;
}

/** What was proved already and keeps its size is beyond any look. */
function provedPaths(world: World): ReadonlySet<ByteString> {
  const proved = new Set<ByteString>();
  for (const receipts of world.ledger.receipts.values()) {
    for (const { remotePath } of receipts.values()) proved.add(remotePath);
  }
  return proved;
}

function randomRemotePlace(world: World, random: Random): { path: ByteString; lengthBytes: number } {
  const { metainfo } = random.pick([...world.catalog.values()]);
  const file = random.pick(contentFiles(metainfo).length > 0 ? contentFiles(metainfo) : metainfo.files);
  const path = metainfo.isMultiFile ? joinPath(metainfo.name, file.path) : file.path;
  return { path, lengthBytes: file.lengthBytes };
}

function pathsOf(world: World, { metainfo }: SimTorrent): readonly ByteString[] {
  const { directory } = wholeOrder({ metainfo, files: [], pieceFiles: [] }, world.rtorrent.defaultDirectory);
  return metainfo.files.map((file) => joinPath(directory, file.path));
}

/** With its data the user deletes its directories, as far as nothing else is in them. */
function removeEmptyDirectories({ disk, rtorrent }: World, torrent: SimTorrent): void {
  if (!torrent.metainfo.isMultiFile) return;
  const root = joinPath(rtorrent.defaultDirectory, torrent.metainfo.name);
  const below = [...disk.directories].filter((path) => path === root || path.startsWith(`${root}/`));
  for (const path of below.sort((one, other) => other.length - one.length)) disk.removeDirectory(path);
}

/** Whether another torrent that is loaded has a file where this one's would be. */
function isPlaceTaken(world: World, torrent: SimTorrent): boolean {
  const paths = new Set(pathsOf(world, torrent));
  return [...world.rtorrent.torrents.values()].some(
    (loaded) => loaded.order.torrent !== torrent && loaded.paths.some((path) => paths.has(path)),
  );
}

export function nameIn(world: World, infohash: Infohash): string {
  const name = world.catalog.get(infohash)?.metainfo.name;
  return name === undefined ? infohash : displayText(name);
}
