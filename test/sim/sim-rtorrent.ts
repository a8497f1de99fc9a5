/** rtorrent's port over the simulated world. */

import { asByteString } from '../../src/core/bytes.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Infohash, ManagedTorrent } from '../../src/core/metainfo.ts';
import { closedMode, partsMode, streamMode } from '../../src/core/parts.ts';
import type { PieceSet } from '../../src/core/pieces.ts';
import { hasPiece, noPieces, piecesOf } from '../../src/core/pieces.ts';
import type { RtorrentDetail, RtorrentTorrent, RtorrentView } from '../../src/core/snapshot.ts';
import type { RtorrentPort, SelectedLoad, StreamOrder, StreamSession } from '../../src/ports/rtorrent.ts';
import type { SimTorrent } from './content.ts';
import type { Loaded } from './rtorrent-state.ts';
import { wholeOrder } from './rtorrent-state.ts';
import { sleepIn } from './sim-runtime.ts';
import { SimStream } from './sim-stream.ts';
import type { World } from './world.ts';

/** How long an adapter waits for rtorrent to do as it was told, and how often it looks. */
const settleMs = 20_000;
const pollMs = 1_000;

export class SimRtorrent implements RtorrentPort {
  private readonly world: World;
  private readonly point: (label: string) => void;

  constructor(world: World, point: (label: string) => void) {
    this.world = world;
    this.point = point;
  }

  async observe(): Promise<Omit<RtorrentView, 'details'>> {
    this.reach();
    const { rtorrent } = this.world;
    const torrents = new Map<Infohash, RtorrentTorrent>();
    for (const [infohash, loaded] of rtorrent.torrents) torrents.set(infohash, this.report(loaded));
    const { processId, defaultDirectory } = rtorrent;
    return { version: '0.9.8', processId, defaultDirectory, torrents };
  }

  async details(infohashes: readonly Infohash[]): Promise<ReadonlyMap<Infohash, RtorrentDetail>> {
    this.reach();
    const details = new Map<Infohash, RtorrentDetail>();
    for (const infohash of infohashes) {
      const loaded = this.world.rtorrent.torrents.get(infohash);
      if (loaded === undefined) continue;
      const { selected } = loaded;
      const { torrent } = loaded.order;
      const { pieceCount, files } = torrent.metainfo;
      details.set(infohash, {
        pieces: loaded.isOpen ? claimedBy(loaded) : noPieces(pieceCount),
        files: files.map(({ path, index }) => ({ path: mangled(path), isSelected: selected.has(index) })),
        isAsLoaded: loaded.isAsLoaded,
      });
    }
    return details;
  }

  async look(infohash: Infohash): Promise<RtorrentTorrent | undefined> {
    this.reach();
    const loaded = this.world.rtorrent.torrents.get(infohash);
    return loaded && this.report(loaded);
  }

  async load(managed: ManagedTorrent, directory: ByteString, uploadedBytes: number): Promise<void> {
    const torrent = this.read(managed);
    this.reach();
    const { rtorrent } = this.world;
    if (rtorrent.torrents.has(managed.metainfo.infohash)) return;
    const order = { ...wholeOrder(torrent, rtorrent.defaultDirectory), directory, uploadedBytes };
    this.world.adopt(torrent, order.directory);
    rtorrent.load(order);
  }

  async loadSelected(order: SelectedLoad): Promise<void> {
    this.loadCrafted(order, order.selected, partsMode, order.uploadedBytes);
    this.point('rtorrent.loadSelected is listed');
    await this.untilActive(order.managed.metainfo.infohash);
  }

  async openStream(order: StreamOrder): Promise<StreamSession> {
    const { infohash, pieceCount } = order.managed.metainfo;
    this.loadCrafted(order, new Set([order.file.index]), streamMode, 0);
    const stream = new SimStream(this.world, infohash, pieceCount, {
      reach: () => this.reach(),
      point: this.point,
    });
    this.point('rtorrent.openStream is listed');
    await stream.resume();
    stream.setRate(order.rateBytesPerSecond);
    this.point('rtorrent.openStream has begun');
    return stream;
  }

  private loadCrafted(
    { managed, directory, pieces, inPlace }: SelectedLoad | StreamOrder,
    selected: ReadonlySet<number>,
    mode: string,
    uploadedBytes: number,
  ): void {
    const torrent = this.read(managed);
    this.reach();
    const { rtorrent } = this.world;
    const { infohash, pieceCount } = managed.metainfo;
    const bits = Uint8Array.from({ length: pieceCount }, (_, piece) => (hasPiece(pieces, piece) ? 1 : 0));
    if (!rtorrent.torrents.has(infohash)) this.world.adopt(torrent, directory);
    const resume = { pieces: bits, inPlace };
    rtorrent.load({ torrent, directory, mode: asByteString(mode), selected, uploadedBytes, resume });
  }

  async selectMore(infohash: Infohash, files: ReadonlySet<number>): Promise<void> {
    this.reach();
    const loaded = this.required(infohash);
    loaded.selected = new Set([...loaded.selected, ...files]);
  }

  async takeOut(infohash: Infohash): Promise<PieceSet | undefined> {
    this.reach();
    const loaded = this.world.rtorrent.torrents.get(infohash);
    this.world.rtorrent.erase(infohash);
    return loaded?.isOpen === true ? claimedBy(loaded) : undefined;
  }

  async restart(infohash: Infohash): Promise<void> {
    this.reach();
    const loaded = this.required(infohash);
    this.world.rtorrent.stop(loaded);
    this.point('rtorrent.restart has stopped it');
    this.reach();
    this.world.rtorrent.start(loaded);
    await this.untilActive(infohash);
  }

  async close(infohash: Infohash): Promise<void> {
    this.reach();
    const loaded = this.world.rtorrent.torrents.get(infohash);
    if (loaded === undefined) return;
    loaded.mode = asByteString(closedMode);
    this.point('rtorrent.close has marked it');
    this.reach();
    this.world.rtorrent.stop(loaded);
    this.point('rtorrent.close has stopped it');
    this.reach();
    this.world.rtorrent.close(loaded);
  }

  async erase(infohash: Infohash): Promise<void> {
    this.reach();
    this.world.rtorrent.erase(infohash);
  }

  async disconnect(): Promise<void> {
    await Promise.resolve();
  }

  /** Meanwhile the driver does what else it has under way. */
  private async untilActive(infohash: Infohash): Promise<void> {
    const { world } = this;
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      this.reach();
      if (world.rtorrent.torrents.get(infohash)?.isActive === true) return;
      if (waitedMs >= settleMs) break;
      await sleepIn(world, pollMs);
      this.point('rtorrent is looked at again');
    }
    throw new Fault('refused', 'rtorrent has not started the torrent within 20 s');
  }

  private reach(): void {
    if (!this.world.rtorrent.isRunning) {
      throw new Fault('unreachable', 'rtorrent does not answer', 'start rtorrent');
    }
  }

  private required(infohash: Infohash): Loaded {
    const loaded = this.world.rtorrent.torrents.get(infohash);
    if (loaded === undefined) throw new Fault('refused', 'rtorrent refuses d.stop: no such torrent');
    return loaded;
  }

  /** The .torrent is read again when it is handed over: it may have gone. */
  private read({ metainfo, torrentPaths }: ManagedTorrent): SimTorrent {
    const torrent = this.world.catalog.get(metainfo.infohash);
    const isThere = torrentPaths.some((path) => this.world.managedFiles.get(path) === metainfo.infohash);
    if (torrent === undefined || !isThere) throw new Fault('gone', 'the .torrent file is gone');
    return torrent;
  }

  private report(loaded: Loaded): RtorrentTorrent {
    const { metainfo } = loaded.order.torrent;
    const isHashing = loaded.hashingUntilMs !== undefined;
    const completedBytes = completedBytesOf(loaded);
    return {
      infohash: metainfo.infohash,
      reportedName: mangled(metainfo.name),
      reportedDirectory: mangled(loaded.order.directory),
      isMultiFile: metainfo.isMultiFile,
      isComplete: this.world.rtorrent.isComplete(loaded),
      isPartiallyDone: isPartiallyDone(loaded),
      isActive: loaded.isActive,
      isOpen: loaded.isOpen,
      isStarted: loaded.isStarted,
      isHashing,
      uploadedBytes: Math.floor(loaded.uploadedBytes),
      completeSinceMs:
        loaded.completeSinceMs === undefined ? undefined : wholeSeconds(loaded.completeSinceMs),
      completedBytes,
      receivedBytes: completedBytes + Math.floor(Math.min(loaded.pendingBytes, metainfo.pieceLengthBytes)),
      sizeBytes: metainfo.totalBytes,
      downRateBytesPerSecond: 0,
      upRateBytesPerSecond: 0,
      message: asByteString(loaded.message),
      mode: loaded.mode,
    };
  }
}

/** rtorrent knows no parts of a second. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function claimedBy({ order, have }: Loaded): PieceSet {
  const claimed = [...have.keys()].filter((piece) => have[piece] === 1);
  return piecesOf(order.torrent.metainfo.pieceCount, claimed);
}

function completedBytesOf({ have, order }: Loaded): number {
  const { pieceLengthBytes, totalBytes } = order.torrent.metainfo;
  let bytes = 0;
  have.forEach((bit, piece) => {
    if (bit === 1) bytes += Math.min(pieceLengthBytes, totalBytes - piece * pieceLengthBytes);
  });
  return bytes;
}

/** All that is wanted is there; 0.9.8 says so of what is complete, too. */
function isPartiallyDone({ have, order, selected, isOpen }: Loaded): boolean {
  const isWanted = (piece: number): boolean =>
    order.torrent.pieceFiles[piece]?.some((index) => selected.has(index)) === true;
  return isOpen && have.every((bit, piece) => bit === 1 || !isWanted(piece));
}

/** 0.9.8 writes `?` for every byte that is not ASCII, where the string is not UTF-8 or has an emoji. */
function mangled(path: ByteString): ByteString {
  return path.includes('\xff') || path.includes('\xf0')
    ? asByteString(path.replace(/[\x80-\xff]/g, '?'))
    : path;
}
