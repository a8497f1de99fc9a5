/** rtorrent as it is between calls: what it has loaded, claims and writes, and what is left of that after it died. */

import type { ByteString } from '../../src/core/bytes.ts';
import { asByteString, joinPath } from '../../src/core/bytes.ts';
import { expectedDirectory } from '../../src/core/locate.ts';
import type { Infohash } from '../../src/core/metainfo.ts';
import { closedMode, streamMode } from '../../src/core/parts.ts';
import type { SimTorrent } from './content.ts';
import { hole } from './content.ts';
import type { SimDisk } from './disk.ts';
import { holdsPart } from './disk.ts';

/** What a torrent is loaded with; the session keeps it as it was at that moment. */
export interface LoadOrder {
  readonly torrent: SimTorrent;
  readonly directory: ByteString;
  readonly mode: ByteString;
  readonly selected: ReadonlySet<number>;
  /** What the loader says of the loads before: a custom value, which every session keeps. */
  readonly uploadedBytes: number;
  /** A resume of the loader's own: trusted, not checked. Undefined lets rtorrent hash what it finds. */
  readonly resume: { readonly pieces: Uint8Array; readonly inPlace: ReadonlySet<number> } | undefined;
}

/** Of a torrent that is streamed: nothing of it is uploaded while it lives. */
export interface StreamState {
  rateBytesPerSecond: number;
  /** When rtorrent stops it, unless it hears of the driver before. */
  stopsAtMs: number;
  isSlotHeld: boolean;
}

export interface Loaded {
  readonly order: LoadOrder;
  stream: StreamState | undefined;
  /** The order's until the driver closes it. */
  mode: ByteString;
  readonly paths: readonly ByteString[];
  /** As it is now; a session that was not saved has forgotten what came after the insertion. */
  selected: ReadonlySet<number>;
  /** One byte a piece. */
  have: Uint8Array;
  /** rtorrent was neither started anew nor told to check it since it was loaded in parts. */
  isAsLoaded: boolean;
  isStarted: boolean;
  isActive: boolean;
  isOpen: boolean;
  /** While it checks what is on the disk. */
  hashingUntilMs: number | undefined;
  /** By hand, which brings no new peers. */
  isCheckedByHand: boolean;
  /** By hand, at some time. */
  wasStopped: boolean;
  uploadedBytes: number;
  /** By the host's clock. */
  completeSinceMs: number | undefined;
  message: string;
  /** Bytes that came in and do not make a piece yet. */
  pendingBytes: number;
  /** When anything came in last, or it began to run. */
  lastReceivedMs: number;
}

/** What a restart finds of the session: as it was at the end, as each torrent was at its insertion, or nothing. */
export type SessionKept = 'saved' | 'inserted' | 'lost';

export class RtorrentState {
  readonly defaultDirectory = asByteString('/downloads');
  readonly torrents = new Map<Infohash, Loaded>();
  /** All that each was ever seen to send to others: no count may say more. */
  readonly sentBytes = new Map<Infohash, number>();
  isRunning = true;
  processId = 1000;
  /** Grows with every claim of pieces that were not just written. */
  claims = 0;
  private readonly disk: SimDisk;
  private readonly nowMs: () => number;
  private readonly wallMs: () => number;
  private readonly hashMs: number;

  constructor(disk: SimDisk, nowMs: () => number, wallMs: () => number, hashMs: number) {
    this.disk = disk;
    this.wallMs = wallMs;
    this.nowMs = nowMs;
    this.hashMs = hashMs;
  }

  /** A duplicate is ignored, as rtorrent does. */
  load(order: LoadOrder): void {
    const { metainfo } = order.torrent;
    if (this.torrents.has(metainfo.infohash)) return;
    const loaded: Loaded = {
      order,
      stream: undefined,
      mode: order.mode,
      paths: metainfo.files.map((file) => joinPath(order.directory, file.path)),
      selected: order.selected,
      have: new Uint8Array(metainfo.pieceCount),
      isAsLoaded: true,
      isStarted: true,
      isActive: false,
      isOpen: false,
      hashingUntilMs: undefined,
      isCheckedByHand: false,
      wasStopped: false,
      uploadedBytes: order.uploadedBytes,
      completeSinceMs: undefined,
      message: '',
      pendingBytes: 0,
      lastReceivedMs: this.nowMs(),
    };
    this.torrents.set(metainfo.infohash, loaded);
    if (order.mode === streamMode) this.keepStopped(loaded);
    else if (loaded.paths.some((path) => this.disk.isBlocked(path))) loaded.message = 'Could not create file';
    else if (order.resume === undefined) this.openAndHash(loaded);
    else this.openTrusting(loaded, order.resume);
  }

  stop(loaded: Loaded): void {
    loaded.isStarted = false;
    loaded.isActive = false;
    if (loaded.stream !== undefined) loaded.stream.isSlotHeld = false;
  }

  /** Starts what is streamed; its session says that it is stopped. Undefined where its files are not as they were said to be. */
  startStream(loaded: Loaded, stopsAtMs: number): StreamState | undefined {
    const { resume } = loaded.order;
    const stream = { rateBytesPerSecond: 0, stopsAtMs, isSlotHeld: false };
    loaded.stream = stream;
    if (loaded.isOpen) loaded.isActive = true;
    else if (resume !== undefined && !loaded.paths.some((path) => this.disk.isBlocked(path))) {
      this.openTrusting(loaded, resume);
    }
    return loaded.isActive ? stream : undefined;
  }

  close(loaded: Loaded): void {
    loaded.isActive = false;
    loaded.isOpen = false;
    loaded.hashingUntilMs = undefined;
  }

  /** What the low-diskspace guard does. */
  closeForSpace(loaded: Loaded): void {
    this.close(loaded);
    if (loaded.stream !== undefined) loaded.stream.isSlotHeld = false;
    loaded.message = 'Low diskspace.';
  }

  /** Starts what was stopped or closed. Of files that are missing or cut short, no piece is claimed any more. */
  start(loaded: Loaded): void {
    loaded.isStarted = true;
    loaded.message = '';
    loaded.lastReceivedMs = this.nowMs();
    if (loaded.isActive || loaded.hashingUntilMs !== undefined) return;
    if (!loaded.isOpen && !this.allFilesAreThere(loaded)) {
      loaded.message = 'Could not open file';
      return;
    }
    loaded.isOpen = true;
    loaded.isActive = true;
    this.dropWhatIsGone(loaded);
  }

  erase(infohash: Infohash): void {
    this.torrents.delete(infohash);
  }

  /** A hash check by hand: it is stopped meanwhile, and claims afterwards what is on the disk. */
  check(loaded: Loaded): void {
    loaded.isActive = false;
    if (loaded.stream !== undefined) loaded.stream.isSlotHeld = false;
    loaded.hashingUntilMs = this.nowMs() + this.hashMs;
    loaded.isAsLoaded = loaded.order.mode === '';
    loaded.isCheckedByHand = true;
  }

  /** kill -9, or a death of its own. */
  die(): void {
    this.isRunning = false;
  }

  restart(kept: SessionKept): void {
    const before = [...this.torrents.values()];
    this.torrents.clear();
    this.isRunning = true;
    this.processId += 1;
    if (kept === 'lost') return;
    for (const old of before) {
      if (kept === 'inserted') this.load(old.order);
      else this.resumeSaved(old);
    }
    for (const loaded of this.torrents.values()) loaded.isAsLoaded = loaded.order.mode === '';
  }

  /** Notes when a torrent came to be complete; once it was, that stays. */
  noteComplete(loaded: Loaded): void {
    if (loaded.completeSinceMs === undefined && this.isComplete(loaded))
      loaded.completeSinceMs = this.wallMs();
  }

  /** Ends the checks that are due. */
  tick(): void {
    for (const loaded of this.torrents.values()) {
      if (loaded.stream !== undefined && loaded.stream.stopsAtMs <= this.nowMs()) this.stop(loaded);
      if (loaded.hashingUntilMs === undefined || loaded.hashingUntilMs > this.nowMs()) continue;
      loaded.hashingUntilMs = undefined;
      loaded.have = this.piecesOnDisk(loaded);
      loaded.isActive = loaded.isStarted;
      if (!loaded.isCheckedByHand) loaded.lastReceivedMs = this.nowMs();
      loaded.isCheckedByHand = false;
      this.claims += 1;
      this.noteComplete(loaded);
    }
  }

  /** Whether it is closed or not: what was complete is said to be so until it is opened again. */
  isComplete(loaded: Loaded): boolean {
    return loaded.hashingUntilMs === undefined && loaded.have.every((bit) => bit === 1);
  }

  /** Whether every byte of the piece is on the disk, as it should be. */
  isOnDisk({ order, paths }: Loaded, piece: number): boolean {
    return (order.torrent.pieceFiles[piece] ?? []).every((index) => {
      const layout = order.torrent.files[index];
      const path = paths[index];
      return layout !== undefined && path !== undefined && holdsPart(this.disk.at(path), layout, piece);
    });
  }

  private piecesOnDisk(loaded: Loaded): Uint8Array {
    return loaded.have.map((_, piece) => (this.isOnDisk(loaded, piece) ? 1 : 0));
  }

  /** As it was loaded: its session file says so from the first moment. */
  private keepStopped(loaded: Loaded): void {
    loaded.isStarted = false;
    loaded.have = loaded.order.resume?.pieces.slice() ?? loaded.have;
  }

  private openAndHash(loaded: Loaded): void {
    const { torrent } = loaded.order;
    const opened = torrent.files.map((layout, index) => this.disk.open(loaded.paths[index]!, layout));
    const isAnythingThere = opened.some(
      ({ raw, cells }) => raw !== undefined || cells.some((cell) => cell !== hole),
    );
    loaded.isOpen = true;
    if (isAnythingThere) loaded.hashingUntilMs = this.nowMs() + this.hashMs;
    else loaded.isActive = true;
    this.claims += 1;
  }

  /** A file that was said to be in place and is not there keeps the torrent inactive, without a word. */
  private openTrusting(loaded: Loaded, resume: NonNullable<LoadOrder['resume']>): void {
    const { torrent } = loaded.order;
    loaded.have = resume.pieces.slice();
    for (const { file } of torrent.files) {
      const path = loaded.paths[file.index];
      if (path === undefined) continue;
      const there = this.disk.at(path);
      if (resume.inPlace.has(file.index)) {
        if (there?.sizeBytes !== file.lengthBytes) return;
      } else this.clearRange(loaded, file.index);
    }
    for (const layout of torrent.files) {
      const path = loaded.paths[layout.file.index];
      if (path !== undefined) this.disk.open(path, layout);
    }
    loaded.isOpen = true;
    loaded.isActive = true;
    this.claims += 1;
  }

  private resumeSaved(old: Loaded): void {
    const closed = { isOpen: false, isActive: false, stream: undefined };
    const loaded: Loaded = { ...old, ...closed, message: '', pendingBytes: 0, lastReceivedMs: this.nowMs() };
    this.torrents.set(old.order.torrent.metainfo.infohash, loaded);
    if (old.hashingUntilMs !== undefined) {
      loaded.hashingUntilMs = this.nowMs() + this.hashMs;
      loaded.isOpen = true;
      return;
    }
    if (!loaded.isStarted || loaded.paths.some((path) => this.disk.isBlocked(path))) return;
    this.dropWhatIsGone(loaded);
    loaded.paths.forEach((path, index) => {
      const layout = old.order.torrent.files[index];
      if (layout !== undefined) this.disk.open(path, layout);
    });
    loaded.isOpen = true;
    loaded.isActive = true;
  }

  private allFilesAreThere({ paths }: Loaded): boolean {
    return paths.every((path) => this.disk.at(path) !== undefined);
  }

  /** As rtorrent compares its resume with the disk: a file of another size or time holds no piece. */
  private dropWhatIsGone(loaded: Loaded): void {
    for (const layout of loaded.order.torrent.files) {
      const path = loaded.paths[layout.file.index];
      const there = path === undefined ? undefined : this.disk.at(path);
      const isAsItWas = there?.layout?.key === layout.key && there.sizeBytes === layout.file.lengthBytes;
      if (!isAsItWas && layout.truth.length > 0) this.clearRange(loaded, layout.file.index);
    }
    loaded.have.forEach((bit, piece) => {
      if (bit === 1 && !this.isOnDisk(loaded, piece)) loaded.have[piece] = 0;
    });
    this.claims += 1;
  }

  private clearRange(loaded: Loaded, index: number): void {
    const layout = loaded.order.torrent.files[index];
    if (layout === undefined) return;
    for (let part = 0; part < layout.truth.length; part += 1) loaded.have[layout.firstPiece + part] = 0;
  }
}

/** What is left of a stream or of a purge that was cut short is none of the user's, who lets it be. */
export function isStoppedByHand({ isStarted, mode }: Loaded): boolean {
  return !isStarted && mode !== streamMode && mode !== closedMode;
}

/** As a torrent lies that is loaded whole, without further words. */
export function wholeOrder(torrent: SimTorrent, defaultDirectory: ByteString): LoadOrder {
  return {
    torrent,
    directory: expectedDirectory(torrent.metainfo, defaultDirectory),
    mode: asByteString(''),
    selected: new Set(torrent.metainfo.files.map(({ index }) => index)),
    uploadedBytes: 0,
    resume: undefined,
  };
}
