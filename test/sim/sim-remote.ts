/** The remote's port over the simulated world: it takes time, and may end in the middle. */

import type { ByteString } from '../../src/core/bytes.ts';
import { displayText, joinPath } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import { notAFile } from '../../src/core/prove.ts';
import type {
  DigestedFile,
  PieceListing,
  PieceOrder,
  PieceQuestion,
  PieceShipment,
  RemotePort,
  StreamedFile,
  TransferFile,
  TransferOrder,
} from '../../src/ports/remote.ts';
import type { Checks } from './checks.ts';
import { digestOfContent } from './content.ts';
import { contentOf } from './disk.ts';
import { SimRemotePieces } from './sim-remote-pieces.ts';
import { sleepIn } from './sim-runtime.ts';
import type { World } from './world.ts';

/** A transfer that moves nothing for this long is ended. */
const stallMs = 30_000;

export class SimRemote implements RemotePort {
  private readonly world: World;
  private readonly checks: Pick<Checks, 'sending' | 'ownerOf'>;
  private readonly point: (label: string) => void;
  private readonly pieces: SimRemotePieces;

  constructor(world: World, checks: Pick<Checks, 'sending' | 'ownerOf'>, point: (label: string) => void) {
    this.world = world;
    this.checks = checks;
    this.point = point;
    this.pieces = new SimRemotePieces(world, {
      reach: () => this.reach(),
      wait: (bytes, signal) => this.wait(bytes, signal),
      point,
    });
  }

  async list(paths: readonly ByteString[]): Promise<ReadonlyMap<ByteString, number>> {
    await this.reach();
    const sizes = new Map<ByteString, number>();
    for (const path of paths) {
      const file = this.world.remote.files.get(path);
      if (file !== undefined) sizes.set(path, file.content.sizeBytes);
      else if (this.isDirectory(path)) sizes.set(path, notAFile);
    }
    return sizes;
  }

  private isDirectory(path: ByteString): boolean {
    return [...this.world.remote.files.keys()].some((other) => other.startsWith(`${path}/`));
  }

  async ship(order: TransferOrder): Promise<void> {
    await this.reach();
    if (this.world.remote.trouble === 'read-only') throw new Fault('refused', 'the remote is read-only');
    let doneBytes = 0;
    let lacking: string | undefined;
    for (const file of order.files) {
      const isSent = await this.shipFile(order, file);
      if (!isSent) lacking ??= displayText(file.path);
      doneBytes += file.lengthBytes;
      order.onProgress(doneBytes);
      this.point(`remote.ship after ${displayText(file.path)}`);
    }
    if (lacking !== undefined) throw new Fault('gone', `${lacking} is not here any more`);
  }

  async digest(
    paths: readonly ByteString[],
    expectedBytes: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<ByteString, DigestedFile>> {
    await this.reach();
    await this.wait(expectedBytes, signal);
    const digests = new Map<ByteString, DigestedFile>();
    for (const path of paths) {
      const content = this.world.remote.files.get(path)?.content;
      if (content === undefined) continue;
      digests.set(path, { sizeBytes: content.sizeBytes, digest: digestOfContent(content) });
    }
    return digests;
  }

  shipPieces(order: PieceOrder): Promise<PieceShipment> {
    return this.pieces.ship(order);
  }

  listPieces(question: PieceQuestion): Promise<PieceListing> {
    return this.pieces.list(question);
  }

  finishPieces(file: StreamedFile): Promise<void> {
    return this.pieces.finish(file);
  }

  reopenPieces(file: StreamedFile): Promise<void> {
    return this.pieces.reopen(file);
  }

  async prepare(): Promise<void> {
    await Promise.resolve();
  }

  async disconnect(): Promise<void> {
    await Promise.resolve();
  }

  /** False where there is no such file here. */
  private async shipFile(order: TransferOrder, { path, lengthBytes }: TransferFile): Promise<boolean> {
    const { remote, disk } = this.world;
    const from = joinPath(order.directory, path);
    const to = joinPath(order.destination, path);
    const isThere = (): boolean => disk.plain(from) !== undefined;
    if (!isThere()) return false;
    const there = remote.files.get(to);
    const isAlike = (): boolean => there?.sentIdentity === contentOf(disk.plain(from)!).identity;
    if (!order.isRepair && there?.content.sizeBytes === lengthBytes && isAlike()) return true;
    if (remote.obstacleTo(to)) throw new Fault('refused', `${displayText(to)} is in the way on the remote`);
    await this.wait((lengthBytes - (remote.partial.get(to) ?? 0)) / 2, order.signal);
    await this.keep(to, Math.floor(lengthBytes / 2));
    this.point(`remote.ship in the middle of ${displayText(path)}`);
    await this.wait(lengthBytes / 2, order.signal);
    await this.keep(to, lengthBytes);
    const file = disk.plain(from);
    if (file === undefined) return false;
    const content = contentOf(file);
    this.checks.sending(to, order, content);
    remote.partial.delete(to);
    remote.files.set(to, { content, owner: this.checks.ownerOf(order), sentIdentity: content.identity });
    return true;
  }

  /** Bytes that have arrived beside their place; a fault where there is no room for them. */
  private async keep(path: ByteString, bytes: number): Promise<void> {
    const { remote } = this.world;
    await this.reach();
    const more = bytes - (remote.partial.get(path) ?? 0);
    if (more > remote.freeBytes()) throw new Fault('full', 'the remote is full', 'make room there');
    remote.partial.set(path, bytes);
  }

  private async wait(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw cancelled();
    const ms = Math.max(0, (bytes / this.world.settings.remoteBytesPerSecond) * 1000);
    if (ms >= 1) await sleepIn(this.world, ms, signal);
    this.point('remote goes on');
    if (isAborted(signal)) throw cancelled();
  }

  private async reach(): Promise<void> {
    const { trouble } = this.world.remote;
    if (trouble === 'stalled') await sleepIn(this.world, stallMs);
    if (trouble === 'stalled') throw new Fault('limit', 'the remote has moved nothing for 30 s');
    if (trouble === 'gone') throw new Fault('unreachable', 'the remote cannot be reached');
  }
}

/** Read anew: the signal may have been given since it was asked last. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function cancelled(): Fault {
  return new Fault('limit', 'it was ended');
}
