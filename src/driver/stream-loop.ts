/** The inner loop of a stream: steers the download, sends what is finished, and frees what the remote holds. */

import { displayText } from '../core/bytes.ts';
import type { FaultKind } from '../core/fault.ts';
import { Fault } from '../core/fault.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import { hasPiece } from '../core/pieces.ts';
import type { StreamWindow } from '../core/stream-rate.ts';
import { batchPieces, isOverrun, mostDownloads, streamRate } from '../core/stream-rate.ts';
import { formatBytes, formatDuration } from '../core/units.ts';
import type { StreamSession, StreamView } from '../ports/rtorrent.ts';
import { LiveWindow } from './live-window.ts';
import type { Ports } from './ports.ts';
import { hollow, provedNeighbours } from './stream-borders.ts';
import type { StreamWork } from './stream-work.ts';
import { allocatedBytesOf } from './stream-work.ts';
import type { Watch } from './transfer.ts';

/** While bytes move; and while nothing does: rtorrent stops a stream after 2 s without a word from us. */
const quickMs = 200;
const calmMs = 500;
const calmAfterMs = 5_000;
/** Partly written pieces fill the window, and none of them gets finished: it is begun anew without them. */
const mostStuckMs = 60_000;
/** What rtorrent's mapping has brought back is found by going over all that was freed. */
const sweepMs = 60_000;
/** The line is full while one of them is synced and read back, be they in step or not. */
const mostBatches = 3;
/** Of a full batch: less than that is not worth a round trip beside another. */
const leastShare = 1 / 4;

/** Faults after which it goes on at once, if it has got on before: a line was cut, rtorrent restarts. */
const interruptions: ReadonlySet<FaultKind> = new Set<FaultKind>(['unreachable', 'garbled', 'failed']);

/** Why it stopped where nothing is amiss. */
export const wasEnded = 'ended; it goes on from what is on the remote';
/** Why it stopped where too many pieces were begun at once. */
export const wasFilled = 'unfinished pieces fill its window; it is loaded anew without them';

/** What ends or slows it. */
export interface StreamBounds {
  readonly mostIdleMs: number;
  readonly mostPeers: number;
}

export class StreamLoop {
  private readonly work: StreamWork;
  private readonly session: StreamSession;
  private readonly ports: Ports;
  private readonly watch: Watch;
  private readonly mostIdleMs: number;
  private readonly mostPeers: number;
  private readonly window: LiveWindow;
  private readonly controller = new AbortController();
  private readonly batches = new Set<Promise<void>>();
  private readonly sending = new Set<number>();
  /** On the remote, and still here. */
  private toFree: number[] = [];
  /** Files that have a share in those pieces, and are on the remote as well. */
  private toHollow: MetainfoFile[] = [];
  private failures: unknown[] = [];
  private isHalted = false;
  private allocatedBytes = 0;
  private seen = '';
  private movedAtMs: number;
  /** How many pieces of the file rtorrent claimed when it was last looked at. */
  private claimed = 0;
  private sweptAtMs: number;

  /** From so many peers at most at once. Where nothing comes for `mostIdleMs`, others are to have their turn. */
  constructor(
    work: StreamWork,
    session: StreamSession,
    ports: Ports,
    watch: Watch,
    { mostIdleMs, mostPeers }: StreamBounds,
  ) {
    this.work = work;
    this.session = session;
    this.ports = ports;
    this.watch = watch;
    this.mostIdleMs = mostIdleMs;
    this.mostPeers = mostPeers;
    this.window = new LiveWindow(work.window, watch.windowBytes);
    this.movedAtMs = ports.clock.nowMs();
    this.sweptAtMs = this.movedAtMs;
  }

  /**
   * Resolves with nothing once the remote holds every piece, or with the reason why it stopped before. Rejects with a `Fault`.
   * No batch is under way afterwards.
   */
  async run(): Promise<string | undefined> {
    const stop = (): void => this.controller.abort();
    this.watch.signal.addEventListener('abort', stop);
    try {
      const end = await this.untilWhole();
      // It is rtorrent that stopped: what is on its way to the remote is let through, and counts.
      await Promise.all(this.batches);
      return end;
    } catch (error) {
      if (error instanceof Fault && interruptions.has(error.kind)) return error.message;
      throw error;
    } finally {
      this.watch.signal.removeEventListener('abort', stop);
      this.controller.abort();
      await Promise.all(this.batches);
    }
  }

  private async untilWhole(): Promise<string | undefined> {
    await this.measure();
    for (;;) {
      if (this.watch.signal.aborted) return wasEnded;
      const [failure] = this.failures;
      if (failure !== undefined) throw failure as Error;
      const { wanted } = this.window;
      const mostPeers = Math.min(this.mostPeers, mostDownloads(wanted));
      const view = await this.session.tick(this.rateWithin(wanted), mostPeers);
      const trouble = await this.troubleIn(view);
      if (trouble !== undefined) return trouble;
      const nowMs = this.ports.clock.nowMs();
      this.window.tell(wanted, this.allocatedBytes, nowMs);
      await this.free(view, nowMs);
      if (this.hasChanged(view)) {
        this.movedAtMs = nowMs;
        await this.measure();
      }
      if (this.work.isWhole() && this.toFree.length === 0) return undefined;
      const idleMs = Math.max(0, nowMs - this.movedAtMs);
      if (idleMs > this.mostIdleMs) {
        throw new Fault(
          'limit',
          `no byte of it has come for ${formatDuration(idleMs)}`,
          'it may have no seed',
        );
      }
      await this.holdOrGoOn();
      this.sendFinished(view);
      const isFull = this.rateWithin(this.window.wanted) === 0;
      if (isFull && this.batches.size === 0 && idleMs > mostStuckMs) return wasFilled;
      this.report(view);
      await this.rest(idleMs > calmAfterMs ? calmMs : quickMs);
    }
  }

  private rateWithin(window: StreamWindow): number {
    return this.isHalted ? 0 : streamRate(window, this.allocatedBytes);
  }

  /** What makes this session useless. */
  private async troubleIn(view: StreamView): Promise<string | undefined> {
    if (view.uploadedBytes > 0) {
      await this.session.halt();
      throw new Fault(
        'refused',
        `rtorrent has sent ${formatBytes(view.uploadedBytes)} of it to others, though its slot was held`,
        'see whether another program changes its upload slots or throttles',
      );
    }
    if (!view.isLoaded) return 'rtorrent does not hold it any more';
    const claimed = this.work.piecesOfFile().filter((piece) => hasPiece(view.pieces, piece)).length;
    // Checked by hand, it knows no more of what is a hole; one that we have stopped would be taken for resting meanwhile.
    if (claimed < this.claimed) return 'rtorrent has closed or checked it, and claims fewer pieces';
    this.claimed = claimed;
    if (this.isHalted) return undefined;
    if (!view.isActive) return 'rtorrent has stopped it';
    return view.isSlotHeld ? undefined : 'its upload slot was lost, and it was stopped';
  }

  /** Nothing is freed while anybody could be sent it: our own peer has the slot, or the torrent does not run. */
  private async free(view: StreamView, nowMs: number): Promise<void> {
    if (view.isActive && !view.isSlotHeld) return;
    const isSweep = nowMs - this.sweptAtMs > sweepMs || nowMs < this.sweptAtMs;
    if (this.toFree.length === 0 && !isSweep) return;
    const { action, file } = this.work;
    const { managed, directory } = action;
    const order = { managed, directory, file, pieces: this.work.shippedSet() };
    const fresh = this.toFree.splice(0);
    await hollow(this.work, this.toHollow.splice(0), this.ports);
    await this.ports.seedbox.punch(isSweep ? order : { ...order, fresh });
    if (isSweep) this.sweptAtMs = nowMs;
    await this.measure();
  }

  private async measure(): Promise<void> {
    this.allocatedBytes = await allocatedBytesOf(this.work, this.ports);
  }

  private hasChanged(view: StreamView): boolean {
    const { work } = this;
    const now = `${this.claimed} ${view.partialBytes} ${work.shippedCount}`;
    const hasChanged = now !== this.seen;
    this.seen = now;
    return hasChanged;
  }

  /** The rate should hold it; where it does not, it is stopped until half of its window is free. */
  private async holdOrGoOn(): Promise<void> {
    const { held, wanted } = this.window;
    if (!this.isHalted && isOverrun(held, this.allocatedBytes)) {
      this.isHalted = true;
      await this.session.halt();
    } else if (this.isHalted && this.allocatedBytes < wanted.windowBytes / 2) {
      await this.session.resume();
      this.isHalted = false;
    }
  }

  private sendFinished(view: StreamView): void {
    const { work } = this;
    const most = batchPieces(this.window.wanted);
    const finished = work
      .piecesOfFile()
      .filter((piece) => hasPiece(view.pieces, piece) && !work.isShipped(piece) && !this.sending.has(piece));
    while (finished.length > 0 && this.batches.size < mostBatches) {
      if (this.batches.size > 0 && finished.length < most * leastShare) return;
      const batch = finished.splice(0, most);
      for (const piece of batch) this.sending.add(piece);
      const sent = this.send(batch)
        .catch((error: unknown) => {
          this.failures.push(error);
        })
        .finally(() => {
          for (const piece of batch) this.sending.delete(piece);
          this.batches.delete(sent);
        });
      this.batches.add(sent);
    }
  }

  private async send(pieces: readonly number[]): Promise<void> {
    const { work } = this;
    const { directory } = work.action;
    const signal = this.controller.signal;
    const bandwidthBytesPerSecond = this.watch.bandwidthBytesPerSecond();
    const order = {
      ...work.streamed,
      directory,
      pieces,
      bandwidthBytesPerSecond,
      onProgress: () => undefined,
      signal,
    };
    const { proved, broken } = await this.ports.remote.shipPieces(order);
    if (proved.length > 0) {
      await this.ports.ledger.recordPieces(work.metainfo.infohash, work.file.index, proved);
      const shipped = proved.map(({ piece }) => piece);
      this.toHollow.push(...(await provedNeighbours(work, this.ports, shipped)));
      work.shipped(proved);
      this.toFree.push(...shipped);
    }
    if (broken.length > 0) {
      throw new Fault(
        'failed',
        `${displayText(work.file.path)} is not here as rtorrent says that it is`,
        'it is loaded anew, from what the remote holds',
      );
    }
  }

  private report(view: StreamView): void {
    const { work } = this;
    const here = work
      .piecesOfFile()
      .filter((piece) => hasPiece(view.pieces, piece) && !work.isShipped(piece));
    this.watch.onProgress(work.shippedBytes, {
      windowBytes: this.window.held.windowBytes,
      arrivingBytes: view.partialBytes,
      fetchedBytes: work.bytesOf(here),
      sendingBytes: work.bytesOf(this.sending),
    });
  }

  /** Until it is time, a batch has come to its end, or all is to end. */
  private async rest(ms: number): Promise<void> {
    const wake = new AbortController();
    const stop = (): void => wake.abort();
    this.controller.signal.addEventListener('abort', stop);
    await Promise.race([this.ports.clock.sleep(ms, wake.signal), ...this.batches]);
    this.controller.signal.removeEventListener('abort', stop);
    wake.abort();
  }
}
