/** A torrent that is being streamed, over the simulated world: its rate, its slot, and the switch that stops it. */

import { Fault } from '../../src/core/fault.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import { noPieces, piecesOf } from '../../src/core/pieces.ts';
import type { StreamSession, StreamView } from '../../src/ports/rtorrent.ts';
import type { Loaded } from './rtorrent-state.ts';
import type { World } from './world.ts';

/** rtorrent stops it between 2 and 3 s after the last tick: the later, the more has come. */
const guardMs = 3_000;

export class SimStream implements StreamSession {
  private readonly world: World;
  private readonly infohash: Infohash;
  private readonly pieceCount: number;
  private readonly reach: () => void;
  private readonly point: (label: string) => void;
  private readonly processId: number;

  constructor(
    world: World,
    infohash: Infohash,
    pieceCount: number,
    line: { readonly reach: () => void; readonly point: (label: string) => void },
  ) {
    this.world = world;
    this.infohash = infohash;
    this.pieceCount = pieceCount;
    this.reach = line.reach;
    this.point = line.point;
    this.processId = world.rtorrent.processId;
  }

  async tick(rateBytesPerSecond: number): Promise<StreamView> {
    this.point('stream.tick before');
    this.reach();
    const loaded = this.loaded();
    const isOurs = loaded?.stream !== undefined && this.world.rtorrent.processId === this.processId;
    if (loaded?.stream !== undefined && isOurs) {
      this.setRate(rateBytesPerSecond);
      loaded.stream.stopsAtMs = this.world.elapsedMs + guardMs;
    }
    const claimed =
      loaded?.isOpen === true ? [...loaded.have.keys()].filter((piece) => loaded.have[piece] === 1) : [];
    return {
      isLoaded: loaded !== undefined,
      isActive: loaded?.isActive === true,
      isSlotHeld: isOurs && loaded.stream?.isSlotHeld === true,
      pieces: claimed.length === 0 ? noPieces(this.pieceCount) : piecesOf(this.pieceCount, claimed),
      partialBytes: loaded?.pendingBytes ?? 0,
      uploadedBytes: loaded?.uploadedBytes ?? 0,
      downRateBytesPerSecond: 0,
    };
  }

  setRate(rateBytesPerSecond: number): void {
    const stream = this.loaded()?.stream;
    if (stream !== undefined) stream.rateBytesPerSecond = rateBytesPerSecond;
  }

  async halt(): Promise<void> {
    this.point('stream.halt before');
    this.reach();
    const loaded = this.loaded();
    if (loaded !== undefined) this.world.rtorrent.stop(loaded);
  }

  async resume(): Promise<void> {
    this.reach();
    const loaded = this.loaded();
    if (loaded === undefined) throw new Fault('refused', 'rtorrent refuses d.start: no such torrent');
    if (loaded.stream?.isSlotHeld === true) return;
    const stream = this.world.rtorrent.startStream(loaded, this.world.elapsedMs + guardMs);
    if (stream === undefined) {
      throw new Fault('refused', 'rtorrent has not started the torrent within 10 s');
    }
    stream.isSlotHeld = true;
  }

  async close(): Promise<void> {
    this.point('stream.close before');
    this.reach();
    this.world.rtorrent.erase(this.infohash);
    this.point('stream.close after');
  }

  private loaded(): Loaded | undefined {
    return this.world.rtorrent.torrents.get(this.infohash);
  }
}
