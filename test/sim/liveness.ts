/** What must come true once all trouble is over: everything is on the remote and retired, or waits for a true reason. */

import type { Wait, WaitReason } from '../../src/core/action.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { displayText, joinPath, parentPath } from '../../src/core/bytes.ts';
import type { DutyTerms } from '../../src/core/policy.ts';
import { explainWait } from '../../src/core/explain.ts';
import { wholeFootprint } from '../../src/core/footprint.ts';
import { expectedDirectory } from '../../src/core/locate.ts';
import type { Infohash, ManagedTorrent, Metainfo } from '../../src/core/metainfo.ts';
import { remotePathOf } from '../../src/core/place.ts';
import type { Moment } from '../../src/driver/monitor.ts';
import { stallStep } from '../../src/core/retry.ts';
import { Finding } from './finding.ts';
import { nameIn } from './events.ts';
import type { Loaded } from './rtorrent-state.ts';
import { isStoppedByHand } from './rtorrent-state.ts';
import type { World } from './world.ts';

/** Ends all trouble: what broke is mended, and the user starts again what he stopped; what he paused by name stays so. Dead swarms stay dead. */
export function calm(world: World): void {
  world.note('all trouble ends');
  world.remote.trouble = undefined;
  world.trackers.trouble = undefined;
  world.remote.totalBytes = world.settings.remoteBytes;
  world.disk.ballastBytes = 0;
  if (!world.ledger.isWritable) world.ledger.writableSinceMs = world.elapsedMs;
  world.ledger.isWritable = true;
  world.ledger.isAllPaused = false;
  if (!world.rtorrent.isRunning) world.restartRtorrent(world.restartsAt?.kept ?? 'inserted');
  for (const loaded of world.rtorrent.torrents.values())
    if (isStoppedByHand(loaded)) world.rtorrent.start(loaded);
}

/** The last pass found nothing to do; each that is left must wait for something that only a person can change. */
export function judgeEnd(world: World, { plan, snapshot }: Moment): void {
  for (const { managed, reason } of plan.waits) {
    world.note(
      `${nameIn(world, managed.metainfo.infohash)} waits: ${explainWait(reason, snapshot.takenAtMs)}`,
    );
  }
  const [action] = plan.actions;
  if (action !== undefined) throw new Finding(`the end is not the end: ${action.kind} is still to be done`);
  const blamed = new Set(plan.waits.filter((wait) => isTrue(world, wait)).map(infohashOfWait));
  for (const wait of plan.waits) {
    if (blamed.has(infohashOfWait(wait))) continue;
    if (isBlockedBy(world, wait, plan.waits, blamed)) continue;
    const words = explainWait(wait.reason, snapshot.takenAtMs);
    throw new Finding(`${nameIn(world, infohashOfWait(wait))} waits for no good reason: ${words}`);
  }
  judgeLeftovers(world);
}

function infohashOfWait({ managed }: Pick<Wait, 'managed'>): Infohash {
  return managed.metainfo.infohash;
}

/** Whether the torrent waits for something that will never come by itself. */
function isTrue(world: World, { managed, reason }: Wait): boolean {
  const swarm = world.swarms.get(managed.metainfo.infohash);
  const loaded = world.rtorrent.torrents.get(managed.metainfo.infohash);
  switch (reason.kind) {
    case 'downloading':
    case 'stalled':
    case 'batch':
      return swarm?.downBytesPerSecond === 0;
    case 'job':
      return reason.job === 'stream' && swarm?.downBytesPerSecond === 0;
    case 'ratio':
      return isAhead(world, loaded) || (isForEver(reason.terms) && swarm?.upBytesPerSecond === 0);
    case 'file-too-large':
    case 'window-too-small':
    case 'private-oversize':
    case 'oversize-off':
      return isTrulyOversize(world, managed, reason);
    case 'remote-conflict':
      return world.remote.files.has(reason.path);
    case 'retry':
      if (reason.failure.step === stallStep) return swarm?.downBytesPerSecond === 0;
      return (
        (reason.failure.step === 'stream' && swarm?.downBytesPerSecond === 0) ||
        hasLinks(world, managed) ||
        isObstructed(world, managed) ||
        isForeignThere(world, managed) ||
        isInTheWay(world, managed)
      );
    case 'path-taken':
      return [...world.rtorrent.torrents].some(
        ([infohash, other]) =>
          !world.managed().has(infohash) && other.paths.some((path) => path.startsWith(reason.path)),
      );
    case 'place-unknown':
      return reason.reported.includes('?');
    case 'shared-files':
      return reason.other.includes('?');
    case 'paused':
      return world.ledger.isAllPaused || world.ledger.paused.has(managed.metainfo.infohash);
    case 'stopped':
      return loaded !== undefined && isStoppedByHand(loaded);
    default:
      return false;
  }
}

/** Whether it was complete by a clock that was set back since: its time counts again when the clock has caught up. */
function isAhead(world: World, loaded: Loaded | undefined): boolean {
  return (loaded?.completeSinceMs ?? 0) > world.wallMs();
}

/** Whether a duty is never done where nobody wants anything. */
export function isForEver({ requiredRatio, requiredSeedTimeMs, match, mostSeedTimeMs }: DutyTerms): boolean {
  const isTimeEnough = requiredSeedTimeMs > 0 && match === 'any';
  return requiredRatio > 0 && !isTimeEnough && !Number.isFinite(mostSeedTimeMs);
}

/** Whether it is too large for all that the user allows. */
function isTrulyOversize(
  { settings: { policy } }: World,
  { metainfo }: ManagedTorrent,
  reason: Extract<
    WaitReason,
    { kind: 'file-too-large' | 'window-too-small' | 'private-oversize' | 'oversize-off' }
  >,
): boolean {
  if (reason.kind === 'private-oversize') return metainfo.isPrivate && !policy.oversizePrivate;
  return reason.needBytes > reason.limitBytes && reason.limitBytes <= policy.spaceLimitBytes;
}

/** Whether it waits for space, or for a turn, that those have which wait for a true reason. */
function isBlockedBy(
  world: World,
  { reason }: Wait,
  waits: readonly Wait[],
  blamed: ReadonlySet<Infohash>,
): boolean {
  switch (reason.kind) {
    case 'space':
    case 'room-kept': {
      let heldBytes = 0;
      for (const other of waits) {
        if (!blamed.has(infohashOfWait(other))) continue;
        heldBytes += wholeFootprint(other.managed.metainfo, world.settings.blockBytes);
      }
      const isAnyoneInTheWay = waits.some((other) => isInTheWay(world, other.managed));
      return heldBytes > 0 || unmanagedBytes(world) > 0 || isAnyoneInTheWay || world.guests.size > 0;
    }
    case 'oversize-turn':
      // A daemon's life is shorter here than the patience with a stream of which nothing comes.
      return waits.some(
        ({ reason: { kind }, ...other }) =>
          kind === 'batch' || kind === 'space' || (kind === 'job' && blamed.has(infohashOfWait(other))),
      );
    case 'path-taken':
      return blamed.size > 0;
    default:
      return false;
  }
}

function unmanagedBytes(world: World): number {
  const managed = world.managed();
  let bytes = 0;
  for (const [infohash, loaded] of world.rtorrent.torrents) {
    if (managed.has(infohash)) continue;
    for (const path of loaded.paths) bytes += world.disk.at(path)?.allocatedBytes ?? 0;
  }
  return bytes;
}

function hasLinks(world: World, { metainfo }: ManagedTorrent): boolean {
  const loaded = world.rtorrent.torrents.get(metainfo.infohash);
  const root = joinPath(world.rtorrent.defaultDirectory, metainfo.name);
  return [...world.disk.links.keys()].some(
    (path) => path.startsWith(root) || loaded?.paths.includes(path) === true,
  );
}

/** Whether something on the remote has the name of a directory that is needed, or the other way round. */
function isObstructed(world: World, { metainfo }: ManagedTorrent): boolean {
  return metainfo.files.some((file) =>
    world.remote.obstacleTo(remotePathOf(metainfo, file, world.ledger.placements)),
  );
}

/** Whether the remote holds another file where one of the torrent's has to be, as far as the driver can know. */
function isForeignThere(world: World, { metainfo }: ManagedTorrent): boolean {
  const torrent = world.catalog.get(metainfo.infohash);
  return metainfo.files.some((file) => {
    const path = remotePathOf(metainfo, file, world.ledger.placements);
    const there = world.remote.files.get(path);
    const isRight = there?.content.identity === torrent?.files[file.index]?.whole.identity;
    return there !== undefined && !isRight && world.ledger.shipments.get(path) !== metainfo.infohash;
  });
}

/** Whether it lies where a managed torrent has its files, or will have them. */
function isExpected(world: World, path: ByteString): boolean {
  return [...world.managed().values()].some(({ metainfo }) => hasAt(world, metainfo, path));
}

/** Whether it lies where a torrent has it that we never had in our hands, or that the user took out of them. */
function isUsers(world: World, path: ByteString): boolean {
  return [...world.catalog.values()].some(({ metainfo }) => {
    const isOurs = world.retired.has(metainfo.infohash) && !world.dropped.has(metainfo.infohash);
    return !isOurs && hasAt(world, metainfo, path);
  });
}

function hasAt({ rtorrent }: World, metainfo: Metainfo, path: ByteString): boolean {
  const directory = expectedDirectory(metainfo, rtorrent.defaultDirectory);
  return metainfo.files.some((file) => joinPath(directory, file.path) === path);
}

/** Whether its place on the local disk is taken by what is not its own. */
function isInTheWay(world: World, { metainfo }: ManagedTorrent): boolean {
  const directory =
    world.rtorrent.torrents.get(metainfo.infohash)?.order.directory ??
    expectedDirectory(metainfo, world.rtorrent.defaultDirectory);
  return (world.catalog.get(metainfo.infohash)?.files ?? []).some((layout) => {
    const path = joinPath(directory, layout.file.path);
    const here = world.disk.plain(path);
    const isForeign = here?.layout !== undefined && here.layout.key !== layout.key;
    const isOverfull = (here?.sizeBytes ?? 0) > layout.file.lengthBytes;
    return isForeign || isOverfull || here?.raw !== undefined || world.disk.isBlocked(path);
  });
}

/** Nothing is left behind of what was retired, as far as no other torrent has it and no user meddled. */
function judgeLeftovers(world: World): void {
  const managed = world.managed();
  for (const infohash of world.retired) {
    const torrent = world.catalog.get(infohash);
    const isHeld =
      managed.has(infohash) || world.rtorrent.torrents.has(infohash) || world.dropped.has(infohash);
    if (torrent === undefined || isHeld) continue;
    const directory = expectedDirectory(torrent.metainfo, world.rtorrent.defaultDirectory);
    for (const layout of torrent.files) {
      const path = joinPath(directory, layout.file.path);
      if (world.disk.plain(path)?.layout !== layout || isExpected(world, path)) continue;
      if (isUsers(world, path)) continue;
      if ([...world.rtorrent.torrents.values()].some(({ paths }) => paths.includes(path))) continue;
      throw new Finding(`${displayText(path)} is left behind, and nobody knows of it`);
    }
    judgeDirectories(world, torrent.metainfo);
  }
}

/** No directory of its manifest is left empty, as far as it is nobody else's. */
function judgeDirectories({ disk, rtorrent, catalog, retired }: World, metainfo: Metainfo): void {
  if (!metainfo.isMultiFile) return;
  const root = joinPath(rtorrent.defaultDirectory, metainfo.name);
  const isShared = [...catalog.values()].some((other) => {
    return other.metainfo.name === metainfo.name && !retired.has(other.metainfo.infohash);
  });
  if (isShared) return;
  for (const { path } of metainfo.files) {
    for (let at = parentPath(joinPath(root, path)); at.length >= root.length; at = parentPath(at)) {
      const isLeft = disk.directories.has(at) && disk.resolve(at) === at && disk.entriesOf(at).length === 0;
      if (isLeft) throw new Finding(`the empty directory ${displayText(at)} is left behind`);
    }
  }
}
