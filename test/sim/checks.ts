/** What must hold at every moment, whatever the world does: looked at around every call and whenever time passes. */

import type { Action, Plan, Purge, Roll, SetAside, Tidy } from '../../src/core/action.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { displayText, joinPath } from '../../src/core/bytes.ts';
import { expectedDirectory } from '../../src/core/locate.ts';
import type { Infohash, Metainfo, MetainfoFile } from '../../src/core/metainfo.ts';
import { contentFiles } from '../../src/core/metainfo.ts';
import { streamMode } from '../../src/core/parts.ts';
import { ownPlace, remoteDirectoryOf } from '../../src/core/place.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { isPaused } from '../../src/core/wishes.ts';
import type { TransferOrder } from '../../src/ports/remote.ts';
import type { Content, FileLayout } from './content.ts';
import { hole } from './content.ts';
import type { DiskFile } from './disk.ts';
import { contentOf } from './disk.ts';
import { checkDuty } from './duty-check.ts';
import { checkStalls } from './stall-check.ts';
import { Finding } from './finding.ts';
import type { Loaded } from './rtorrent-state.ts';
import type { World } from './world.ts';

/** Which action of the plan allows which call. */
const allowedBy: Readonly<Record<string, readonly Action['kind'][]>> = {
  'rtorrent.load': ['load'],
  'rtorrent.loadSelected': ['select', 'roll'],
  'rtorrent.selectMore': ['extend'],
  'rtorrent.takeOut': ['roll'],
  'rtorrent.openStream': ['stream'],
  'rtorrent.restart': ['start'],
  'rtorrent.close': ['unload', 'purge'],
  'rtorrent.erase': ['unload', 'set-aside', 'purge', 'start', 'ship', 'prove'],
  'seedbox.remove': ['purge', 'roll', 'tidy', 'set-aside', 'retire'],
  'seedbox.retire': ['retire'],
  'seedbox.prepareStream': ['stream'],
  'seedbox.punch': ['stream'],
  'remote.shipPieces': ['stream'],
  'remote.finishPieces': ['stream'],
  'remote.reopenPieces': ['stream'],
  'ledger.recordPieces': ['stream'],
  'ledger.dropPieces': ['stream'],
  'ledger.recordPlacement': ['place', 'prove', 'stream'],
  'ledger.beginShipment': ['ship', 'stream'],
  'ledger.dropReceipts': ['purge', 'roll', 'retire', 'stream'],
};

const loadingMethods: ReadonlySet<string> = new Set([
  'rtorrent.load',
  'rtorrent.loadSelected',
  'rtorrent.openStream',
]);

const irreversible: ReadonlySet<string> = new Set([
  'rtorrent.erase',
  'rtorrent.takeOut',
  'seedbox.remove',
  'seedbox.retire',
  'seedbox.punch',
]);

type Deletion = Purge | Roll | Tidy | SetAside;

function isDeletion(action: Action): action is Deletion {
  return ['purge', 'roll', 'tidy', 'set-aside'].includes(action.kind);
}

export class Checks {
  private readonly world: World;
  private actions: readonly Action[] = [];
  /** Transfers of this pass: they outlive the look that planned them. */
  private transfers: Action[] = [];
  /** The torrent of the last call that changed something. */
  private current: Infohash | undefined;
  private seenLoaded: ReadonlySet<Infohash> = new Set();
  private seenProcess = 0;
  private seenVersion = -1;
  private seenHarm = -1;
  private seenClaims = -1;
  /**
   * Infohash and path of every file that the driver deleted while it held all its bytes; of files with a piece of their own alone:
   * another comes back whole with the border pieces of its neighbours.
   */
  readonly deletedWhole: string[] = [];

  constructor(world: World) {
    this.world = world;
  }

  beginPass(): void {
    this.actions = [];
    this.transfers = [];
  }

  planned(decided: Plan, snapshot: Snapshot): void {
    const { actions } = decided;
    const { rtorrent, ledger } = snapshot;
    this.actions = actions;
    // What is left of a stream offers what may be gone.
    const isLeft = ({ kind, managed }: Action): boolean =>
      kind === 'unload' && modeIn(snapshot, managed.metainfo.infohash) === streamMode;
    const disturbed = actions.find(
      (action) => isPaused(action.managed.metainfo.infohash, ledger.wishes) && !isLeft(action),
    );
    if (disturbed !== undefined) {
      throw new Finding(`${this.nameOf(disturbed.managed.metainfo.infohash)} is paused, and not left alone`);
    }
    checkDuty(this.world, decided, snapshot);
    checkStalls(this.world, decided, snapshot);
    this.seenProcess = rtorrent.seen ? rtorrent.value.processId : 0;
    this.seenLoaded = new Set(rtorrent.seen ? rtorrent.value.torrents.keys() : []);
    this.transfers.push(
      ...actions.filter(({ kind }) => kind === 'ship' || kind === 'prove' || kind === 'stream'),
    );
  }

  /** A call of the driver that changes something: it must come from the plan. */
  called(method: string, infohash: Infohash | undefined, directory: ByteString | undefined): void {
    const kinds = allowedBy[method];
    if (kinds === undefined) return;
    const isPlanned = [...this.actions, ...this.transfers].some(
      ({ kind, managed }) => kinds.includes(kind) && managed.metainfo.infohash === infohash,
    );
    if (!isPlanned) throw new Finding(`${method} of ${this.nameOf(infohash)} is not in the plan`);
    this.current = infohash;
    if (loadingMethods.has(method)) this.loading(infohash, directory);
    if (irreversible.has(method)) this.expectIntent(infohash, method);
  }

  /** What cannot be taken back was written down before. */
  private expectIntent(infohash: Infohash | undefined, deed: string): void {
    if (infohash !== undefined && this.world.ledger.intents.has(infohash)) return;
    throw new Finding(`${deed} of ${this.nameOf(infohash)} is not written down in the ledger`);
  }

  everything(): void {
    const { disk, rtorrent } = this.world;
    if (this.seenVersion !== disk.version) {
      this.checkLimit();
      this.seenVersion = disk.version;
    }
    if (this.seenHarm !== disk.harm || this.seenClaims !== rtorrent.claims) {
      for (const loaded of rtorrent.torrents.values()) this.checkOffers(loaded);
      this.seenHarm = disk.harm;
      this.seenClaims = rtorrent.claims;
    }
  }

  /** Bytes are about to be written under that path of the remote. */
  sending(path: ByteString, order: TransferOrder, content: Content): void {
    const owner = this.ownerOf(order);
    if (owner === undefined) throw new Finding(`${displayText(path)} is sent, and no action says so`);
    const there = this.world.remote.files.get(path);
    if (there === undefined || there.owner === owner || there.content.identity === content.identity) return;
    const whose = there.owner === undefined ? 'another' : this.nameOf(there.owner);
    throw new Finding(`${displayText(path)} of ${whose} is overwritten on the remote`);
  }

  /** Whose transfer the order belongs to. */
  ownerOf({ directory, destination, files }: TransferOrder): Infohash | undefined {
    const { placements } = this.world.ledger;
    return this.transfers.find(
      (action) =>
        (action.kind === 'ship' || action.kind === 'prove') &&
        action.directory === directory &&
        remoteDirectoryOf(action.managed.metainfo, placements) === destination &&
        files.every((file) => action.files.some(({ path }) => path === file.path)),
    )?.managed.metainfo.infohash;
  }

  /** The driver is about to delete that file. */
  deleting(path: ByteString): void {
    const shown = displayText(path);
    const { disk, rtorrent } = this.world;
    const order = this.actions.find(
      (action): action is Deletion =>
        isDeletion(action) &&
        action.managed.metainfo.infohash === this.current &&
        action.files.some((file) => joinPath(action.directory, file.path) === path),
    );
    if (order === undefined) throw new Finding(`${shown} is deleted, and no purge names it`);
    if (disk.resolve(path) !== path) throw new Finding(`${shown} is deleted through a symlink`);
    const { metainfo } = order.managed;
    for (const [infohash, loaded] of rtorrent.torrents) {
      if (!loaded.paths.includes(path)) continue;
      if (infohash !== metainfo.infohash) {
        // What the user loaded after the look, no plan could know of.
        if (!this.seenLoaded.has(infohash)) continue;
        throw new Finding(`${shown} is deleted, and ${this.nameOf(infohash)} has it`);
      }
      // What comes back from the dead in the middle of it opens what it had.
      if (loaded.isOpen && rtorrent.processId === this.seenProcess)
        throw new Finding(`${shown} is deleted while rtorrent has it open`);
    }
    const file = metainfo.files.find((one) => joinPath(order.directory, one.path) === path);
    if (file !== undefined && !file.isPadding) this.checkProof(path, metainfo, file.index, order.kind);
  }

  /** The driver is about to free one part of a file: what of it is right here, the remote holds as well. */
  punching(metainfo: Metainfo, file: MetainfoFile, part: number, there: DiskFile): void {
    const layout = this.world.catalog.get(metainfo.infohash)?.files[file.index];
    const truth = layout?.truth[part];
    const { stream, isActive } = this.world.rtorrent.torrents.get(metainfo.infohash) ?? {};
    if (isActive === true && stream?.isSlotHeld !== true) {
      throw new Finding(`${displayText(file.path)} is punched while others could be sent it`);
    }
    if (truth === undefined || there.cells[part] !== truth) return;
    const isThere = placesOf(metainfo, file).some(
      (place) => this.world.remote.streamed.get(place)?.cells[part] === truth,
    );
    if (isThere || this.isOnRemote(metainfo, file.index)) return;
    throw new Finding(`a piece of ${displayText(file.path)} is punched, and the remote does not hold it`);
  }

  /** The driver is about to take the .torrent away. */
  retiring(infohash: Infohash): void {
    const torrent = this.world.catalog.get(infohash);
    if (torrent === undefined) throw new Finding('a torrent that there is not is retired');
    for (const file of contentFiles(torrent.metainfo)) {
      if (!this.isOnRemote(torrent.metainfo, file.index)) {
        throw new Finding(
          `${this.nameOf(infohash)} is retired, and the remote does not hold ${displayText(file.path)}`,
        );
      }
    }
  }

  isOnRemote(metainfo: Metainfo, index: number): boolean {
    const layout = this.world.catalog.get(metainfo.infohash)?.files[index];
    if (layout === undefined) return false;
    return placesOf(metainfo, layout.file).some((place) => {
      const content = this.world.remote.files.get(place)?.content;
      return content?.identity === layout.whole.identity && content.sizeBytes === layout.whole.sizeBytes;
    });
  }

  /** The remote holds the whole file, and what is deleted here is it or a part of it; to tidy takes parts alone. */
  private checkProof(path: ByteString, metainfo: Metainfo, index: number, kind: Deletion['kind']): void {
    const layout = this.world.catalog.get(metainfo.infohash)?.files[index];
    const file = this.world.disk.files.get(path);
    if (layout === undefined || file === undefined) return;
    const isWhole = contentOf(file).identity === layout.whole.identity;
    if (isWhole && hasOwnPiece(metainfo, layout)) this.deletedWhole.push(`${metainfo.infohash} ${path}`);
    if ((kind === 'purge' || kind === 'roll' || isWhole) && !this.isOnRemote(metainfo, index)) {
      throw new Finding(`${displayText(path)} is deleted, and the remote does not hold it whole`);
    }
    if ((kind === 'tidy' || kind === 'set-aside') && isWholeOfAnother(this.world, file)) {
      throw new Finding(`${displayText(path)} is deleted, and it is another torrent's, whole`);
    }
    if (file.raw !== undefined && contentOf(file).identity !== layout.whole.identity) {
      throw new Finding(`${displayText(path)} is deleted, and it is not the torrent's own file`);
    }
    // Where rtorrent had it open for this torrent, the bytes of another were on their way out already; parts are no loss.
    if (kind === 'tidy' || this.seenLoaded.has(metainfo.infohash)) return;
    const isOwn = file.cells.every((cell, part) => cell === hole || cell === layout.truth[part]);
    if (!isOwn) throw new Finding(`${displayText(path)} is deleted, and it holds bytes of another torrent`);
  }

  /** Blocks of managed torrents stay within the limit; what was put there by hand is not the driver's doing. */
  private checkLimit(): void {
    const { world } = this;
    const taken = new Set<ByteString>();
    const managed = new Set(world.managedFiles.values());
    for (const [infohash, loaded] of world.rtorrent.torrents) {
      if (!managed.has(infohash)) for (const path of loaded.paths) taken.add(path);
    }
    let bytes = 0;
    for (const infohash of managed) {
      if (infohash === undefined || world.guests.has(infohash)) continue;
      const torrent = world.catalog.get(infohash);
      if (torrent === undefined) continue;
      const directory =
        world.rtorrent.torrents.get(infohash)?.order.directory ??
        expectedDirectory(torrent.metainfo, world.rtorrent.defaultDirectory);
      for (const layout of torrent.files) {
        const path = joinPath(directory, layout.file.path);
        const file = world.disk.plain(path);
        if (taken.has(path) || file?.layout !== layout) continue;
        taken.add(path);
        bytes += file.allocatedBytes;
      }
    }
    const limit = world.settings.policy.spaceLimitBytes;
    if (bytes > limit) throw new Finding(`managed torrents take ${bytes} bytes, the limit is ${limit}`);
  }

  /** What rtorrent tells its peers that it has, is on the disk. */
  private checkOffers(loaded: Loaded): void {
    if (!loaded.isOpen || loaded.hashingUntilMs !== undefined) return;
    // Of what is streamed nobody is sent anything: it does not run, or our own peer has its only slot.
    if (loaded.stream !== undefined && (!loaded.isActive || loaded.stream.isSlotHeld)) return;
    const { metainfo } = loaded.order.torrent;
    loaded.have.forEach((bit, piece) => {
      if (bit === 1 && !this.world.rtorrent.isOnDisk(loaded, piece)) {
        throw new Finding(
          `${this.nameOf(metainfo.infohash)} offers piece ${piece}, which is not on the disk`,
        );
      }
    });
  }

  /** Nothing is loaded over the files of another torrent. */
  private loading(infohash: Infohash | undefined, at: ByteString | undefined): void {
    const { world } = this;
    const metainfo = infohash === undefined ? undefined : world.catalog.get(infohash)?.metainfo;
    if (metainfo === undefined) return;
    const directory = at ?? expectedDirectory(metainfo, world.rtorrent.defaultDirectory);
    const paths = new Set(metainfo.files.map((file) => joinPath(directory, file.path)));
    for (const [other, loaded] of world.rtorrent.torrents) {
      // What the user loaded after the look, no plan could know of.
      if (!this.seenLoaded.has(other)) continue;
      if (other !== infohash && loaded.paths.some((path) => paths.has(path))) {
        throw new Finding(`${this.nameOf(infohash)} is loaded over the files of ${this.nameOf(other)}`);
      }
    }
  }

  private nameOf(infohash: Infohash | undefined): string {
    const name = infohash === undefined ? undefined : this.world.catalog.get(infohash)?.metainfo.name;
    return name === undefined ? 'an unknown torrent' : displayText(name);
  }
}

function modeIn({ rtorrent }: Snapshot, infohash: Infohash): string | undefined {
  return rtorrent.seen ? rtorrent.value.torrents.get(infohash)?.mode : undefined;
}

/** Where a file may lie on the remote. */
function placesOf(metainfo: Metainfo, { path }: MetainfoFile): readonly ByteString[] {
  const atName = metainfo.isMultiFile ? joinPath(metainfo.name, path) : path;
  return [atName, joinPath(ownPlace(metainfo), path)];
}

/** Whether it holds all of some torrent's file. */
function isWholeOfAnother(world: World, file: DiskFile): boolean {
  const { identity } = contentOf(file);
  return [...world.catalog.values()].some(({ files }) =>
    files.some(({ whole }) => whole.identity === identity),
  );
}

function hasOwnPiece({ pieceLengthBytes }: Metainfo, { bounds }: FileLayout): boolean {
  return bounds.some((start, part) => (bounds[part + 1] ?? start) - start === pieceLengthBytes);
}
