/** Files that go to the remote piece by piece, over ssh and a POSIX shell: written, read back, listed, given their names. */

import { hash } from 'node:crypto';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, bytesOfText, displayText, joinPath } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { pieceRangeOf } from '../core/metainfo.ts';
import type { PiecePart, ShippedPiece } from '../core/piece-part.ts';
import { partOf } from '../core/piece-part.ts';
import { noPieces, piecesOf } from '../core/pieces.ts';
import type {
  PieceListing,
  PieceOrder,
  PieceQuestion,
  PieceShipment,
  StreamedFile,
} from '../ports/remote.ts';
import { PieceAnswer } from './piece-answer.ts';
import type { Batch } from './piece-batch.ts';
import { lotsOf, readBatch } from './piece-batch.ts';
import { PieceHashes } from './piece-hashes.ts';
import type { RunRecord } from './process.ts';
import { Pacer } from './pacer.ts';
import { Remembered } from './remembered.ts';
import { faultOfRemoteRun } from './remote-faults.ts';
import type { RemoteRoot } from './remote-root.ts';
import { scriptTimeoutMs } from './remote-root.ts';
import type { Abilities, DigestProgram, PiecePlaces, Stretches } from './remote-script.ts';
import {
  arrival,
  canSyncIn,
  digestProgramIn,
  exitOf,
  finish,
  preparation,
  question,
  reading,
  reopening,
} from './remote-script.ts';
import type { SshLines } from './ssh-lines.ts';

/** Where files are that have not all of their pieces yet, in the torrent's directory. */
export const piecesDirectory = asByteString('.rtorrent-low-space-driver.pieces');

/** So much is read here, kept in memory and sent by one program. */
const lotBytes = 8 * 1024 ** 2;
/** What is given to ssh at once. */
const chunkBytes = 128 * 1024;

const longestSendMs = 86_400_000;
const finishTimeoutMs = 30 * 60_000;
/** The slowest disk that is believed in, and what it takes to start the programs that read one piece. */
const slowestReadBytesPerMs = 2_000;
const slowestPieceMs = 200;

export class RemotePieces {
  private readonly lines: SshLines;
  private readonly root: RemoteRoot;
  private readonly stallMs: number;
  private readonly pacer = new Pacer();
  /** By what the files are known by on the remote while they come in. */
  private readonly prepared = new Map<string, Remembered<boolean>>();
  private readonly digest = new Remembered<DigestProgram | undefined>();
  /** Of the torrent that was asked for last. */
  private hashes: PieceHashes | undefined;

  /** What moves nothing for `stallMs` is ended. */
  constructor(lines: SshLines, root: RemoteRoot, stallMs: number) {
    this.lines = lines;
    this.root = root;
    this.stallMs = stallMs;
  }

  async ship(order: PieceOrder): Promise<PieceShipment> {
    const lots = lotsOf(order, order.file, order.pieces, lotBytes);
    const proved: ShippedPiece[] = [];
    const broken: number[] = [];
    if (lots.length === 0) return { proved, broken };
    this.pacer.setRate(order.bandwidthBytesPerSecond);
    const hashes = this.hashesOf(order);
    await this.root.make();
    const places = this.placesOf(order);
    const abilities = { canSyncFile: await this.prepare(places), digest: await this.digestProgram() };
    let doneBytes = 0;
    for (const lot of lots) {
      const batch = await readBatch(order, order.file, lot, hashes);
      if (batch.pieces.length > 0) await this.send(batch, places, abilities, order.signal);
      proved.push(...batch.pieces);
      broken.push(...batch.broken);
      doneBytes += batch.content.length;
      order.onProgress(doneBytes);
    }
    return { proved, broken };
  }

  async list(question: PieceQuestion): Promise<PieceListing> {
    const { managed, file, partDigests, onProgress, signal } = question;
    const { metainfo } = managed;
    const wanted = [...new Set(question.pieces ?? piecesIn(question))].sort((one, other) => one - other);
    const hashes = this.hashesOf(question);
    const nothing: PieceListing = { pieces: noPieces(metainfo.pieceCount), source: 'nothing' };
    if (!(await this.root.isThere())) return nothing;
    const parts = wanted
      .map((piece) => partOf(metainfo, file, piece))
      .filter(({ piece, isWholePiece }) => isWholePiece || partDigests.has(piece));
    const bytes = parts.reduce((sum, part) => sum + part.lengthBytes, 0);
    let doneBytes = 0;
    const places = this.placesOf(question);
    const digest = await this.digestProgram();
    const answer = new PieceAnswer({
      words: 1,
      lengths: parts.map(({ lengthBytes }) => lengthBytes),
      isDigested: digest !== undefined,
      onDigest: (lengthBytes) => {
        doneBytes += lengthBytes;
        onProgress(doneBytes);
      },
    });
    const script = reading(places, stretchesOf(parts), digest);
    const limits = {
      timeoutMs: scriptTimeoutMs + bytes / slowestReadBytesPerMs + parts.length * slowestPieceMs,
      silenceMs: this.stallMs,
      signal,
      onOutput: (chunk: Uint8Array) => {
        answer.add(chunk);
      },
    };
    // Where nothing there tells digests, the bytes themselves come over the link.
    const run = await this.lines.alone((connection) => connection.scriptWithInput(script, [], limits));
    const [source] = answer.words;
    if (run.exitCode !== 0) throw this.faultOf(run, places);
    if (source === 'nothing') return nothing;
    if (source !== 'partial' && source !== 'final') throw this.garbled();
    // Read back over the link, a file that is too short says nothing of its last pieces.
    if (digest !== undefined && !answer.isWhole()) throw this.garbled();
    const right = parts.filter(({ piece, isWholePiece }, index) => {
      const expected = isWholePiece ? hashes.hexOf(piece) : partDigests.get(piece);
      return answer.digests[index] === expected;
    });
    const pieces = piecesOf(
      metainfo.pieceCount,
      right.map(({ piece }) => piece),
    );
    return { pieces, source };
  }

  async finish(streamed: StreamedFile): Promise<void> {
    const places = this.placesOf(streamed);
    if (!(await this.root.isThere())) throw this.gone(places.path);
    const script = finish(places, streamed.file.lengthBytes);
    const run = await this.lines.questions.scriptWithInput(script, [], { timeoutMs: finishTimeoutMs });
    if (run.exitCode !== 0) throw this.faultOf(run, places);
    this.prepared.delete(places.stage);
  }

  async reopen(streamed: StreamedFile): Promise<void> {
    const places = this.placesOf(streamed);
    if (!(await this.root.isThere())) throw this.gone(places.path);
    const run = await this.ask(reopening(places));
    if (run.exitCode !== 0) throw this.faultOf(run, places);
  }

  /** After this all is looked at anew. */
  forget(): void {
    this.prepared.clear();
    this.digest.forget();
  }

  /** One program takes all of it, writes it, and reads it back; a fault where what comes back is not what went out. */
  private async send(
    { content, runs }: Batch,
    places: PiecePlaces,
    abilities: Abilities,
    signal: AbortSignal,
  ): Promise<void> {
    const answer = new PieceAnswer({
      words: 0,
      lengths: [content.length],
      isDigested: abilities.digest !== undefined,
      onDigest: () => undefined,
    });
    const script = arrival(places, runs, abilities);
    const limits = {
      timeoutMs: longestSendMs,
      silenceMs: this.stallMs,
      signal,
      onOutput: (chunk: Uint8Array) => {
        answer.add(chunk);
      },
    };
    const chunks = this.pacer.chunksOf(content, chunkBytes);
    const run = await this.lines.alone((connection) => connection.scriptWithInput(script, chunks, limits));
    if (run.exitCode !== 0) throw this.faultOf(run, places);
    if (answer.digests[0] === hash('sha1', content)) return;
    const { host } = this.lines;
    throw new Fault(
      'failed',
      `what was written of ${displayText(places.path)} does not read the same on ${host}`,
      `check the disk of ${host}`,
    );
  }

  /** Makes the place for the file's pieces, once, and tells whether a single file can be synced there. */
  private async prepare(places: PiecePlaces): Promise<boolean> {
    const known = this.prepared.get(places.stage) ?? new Remembered<boolean>();
    this.prepared.set(places.stage, known);
    return await known.or(async () => {
      const run = await this.ask(preparation(places));
      if (run.exitCode !== 0) throw this.faultOf(run, places);
      return canSyncIn(run.stdout.toString());
    });
  }

  private async digestProgram(): Promise<DigestProgram | undefined> {
    return await this.digest.or(async () => digestProgramIn((await this.ask(question())).stdout.toString()));
  }

  private async ask(script: string): Promise<RunRecord> {
    return await this.lines.questions.scriptWithInput(script, [], { timeoutMs: scriptTimeoutMs });
  }

  private hashesOf({ managed }: StreamedFile): PieceHashes {
    if (this.hashes?.infohash !== managed.metainfo.infohash) this.hashes = PieceHashes.read(managed);
    return this.hashes;
  }

  private placesOf({ managed, file, destination }: StreamedFile): PiecePlaces {
    return {
      piecesDirectory: joinPath(bytesOfText(this.root.path), destination, piecesDirectory),
      path: file.path,
      stage: `incoming.${managed.metainfo.infohash}.${file.index}`,
    };
  }

  private faultOf(run: RunRecord, { path }: PiecePlaces): Fault {
    const { host } = this.lines;
    const shown = displayText(path);
    switch (run.exitCode) {
      case exitOf.isTaken:
        return new Fault(
          'refused',
          `${shown} on ${host} is something else already`,
          'move it away there, or ship to another remote_path',
        );
      case exitOf.isCut:
        return new Fault('unreachable', `the connection to ${host} was cut`);
      case exitOf.isShort:
        return new Fault('failed', `${shown} on ${host} does not have its full size yet`);
      case exitOf.isNothing:
        return this.gone(path);
      default:
        return faultOfRemoteRun({ ...run, stderr: withoutStatistics(run.stderr) }, host);
    }
  }

  private gone(path: ByteString): Fault {
    return new Fault('gone', `nothing of ${displayText(path)} is on ${this.lines.host}`);
  }

  private garbled(): Fault {
    return new Fault('garbled', `${this.lines.host} does not answer as it was asked`);
  }
}

function piecesIn({ managed, file }: StreamedFile): readonly number[] {
  const range = pieceRangeOf(managed.metainfo, file);
  if (range === undefined) return [];
  return Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
}

/** Parts of equal length that follow each other are read in one go. */
function stretchesOf(parts: readonly PiecePart[]): readonly Stretches[] {
  const stretches: { startBytes: number; lengthBytes: number; count: number }[] = [];
  for (const { startBytes, lengthBytes } of parts) {
    const last = stretches.at(-1);
    const isNext =
      last?.lengthBytes === lengthBytes && last.startBytes + last.lengthBytes * last.count === startBytes;
    if (isNext) last.count += 1;
    else stretches.push({ startBytes, lengthBytes, count: 1 });
  }
  return stretches;
}

/** What `dd` always says, and which is no complaint. */
function withoutStatistics(stderr: string): string {
  return stderr.replaceAll(/^(?:\d+\+\d+ records (?:in|out)|\d+ (?:bytes|truncated record).*)(?:\n|$)/gm, '');
}
