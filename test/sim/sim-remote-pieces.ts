/** The remote's half of piece streaming over the simulated world: a file arrives part by part beside its place. */

import type { ByteString } from '../../src/core/bytes.ts';
import { displayText, joinPath } from '../../src/core/bytes.ts';
import { Fault } from '../../src/core/fault.ts';
import { pieceRangeOf } from '../../src/core/metainfo.ts';
import type { ShippedPiece } from '../../src/core/piece-part.ts';
import { partOf } from '../../src/core/piece-part.ts';
import { piecesOf } from '../../src/core/pieces.ts';
import type {
  PieceListing,
  PieceOrder,
  PieceQuestion,
  PieceShipment,
  StreamedFile,
} from '../../src/ports/remote.ts';
import type { FileLayout, SimTorrent } from './content.ts';
import { digestOfContent, hole, identityOf } from './content.ts';
import { holdsPart } from './disk.ts';
import type { World } from './world.ts';

/** What the remote does for every call: it is reached, it takes its time, and it may be interfered with. */
export interface Line {
  readonly reach: () => Promise<void>;
  readonly wait: (bytes: number, signal: AbortSignal) => Promise<void>;
  readonly point: (label: string) => void;
}

/** What no torrent holds. */
const spoiled = -1;

export class SimRemotePieces {
  private readonly world: World;
  private readonly line: Line;

  constructor(world: World, line: Line) {
    this.world = world;
    this.line = line;
  }

  async ship(order: PieceOrder): Promise<PieceShipment> {
    const { torrent, layout, path } = this.about(order);
    const { remote } = this.world;
    const { metainfo } = order.managed;
    await this.reachWritable();
    this.expectNothingInTheWay(path);
    const pieces = [...new Set(order.pieces)].sort((one, other) => one - other);
    const broken = pieces.filter((piece) => !this.isWholeHere(order, torrent, piece));
    const whole = pieces.filter((piece) => !broken.includes(piece));
    if (whole.length === 0) return { proved: [], broken };
    const parts = whole.map((piece) => partOf(metainfo, order.file, piece));
    const bytes = parts.reduce((sum, part) => sum + part.lengthBytes, 0);
    await this.line.wait(bytes, order.signal);
    await this.reachWritable();
    const known = remote.streamed.get(path);
    const isSame = known?.layout.key === layout.key;
    const cells = isSame ? known.cells : layout.truth.map(() => hole);
    remote.streamed.set(path, { layout, owner: metainfo.infohash, cells });
    for (const { piece, lengthBytes } of parts) {
      const part = piece - layout.firstPiece;
      if (cells[part] === hole && lengthBytes > remote.freeBytes()) {
        throw new Fault('full', 'the remote is full', 'make room there');
      }
      cells[part] = layout.truth[part] ?? hole;
      this.line.point(`remote.shipPieces after piece ${piece} of ${displayText(path)}`);
    }
    order.onProgress(bytes);
    return { proved: parts.map((part) => shippedOf(layout, part)), broken };
  }

  async list(question: PieceQuestion): Promise<PieceListing> {
    const { layout, path } = this.about(question);
    const { pieceCount } = question.managed.metainfo;
    await this.line.reach();
    const wanted = question.pieces ?? piecesIn(question);
    const parts = wanted.map((piece) => partOf(question.managed.metainfo, question.file, piece));
    await this.line.wait(
      parts.reduce((sum, part) => sum + part.lengthBytes, 0),
      question.signal,
    );
    const { source, cells } = this.read(path, layout);
    const right = parts.filter(({ piece, isWholePiece }) => {
      const part = piece - layout.firstPiece;
      if (isWholePiece) return cells[part] === layout.truth[part];
      return digestOfCell(layout, cells[part] ?? hole) === question.partDigests.get(piece);
    });
    question.onProgress(parts.reduce((sum, part) => sum + part.lengthBytes, 0));
    return {
      pieces: piecesOf(
        pieceCount,
        right.map(({ piece }) => piece),
      ),
      source,
    };
  }

  async finish(streamed: StreamedFile): Promise<void> {
    const { layout, path } = this.about(streamed);
    const { remote } = this.world;
    await this.reachWritable();
    const partial = remote.streamed.get(path);
    const final = remote.files.get(path);
    if (partial === undefined) {
      if (final?.content.sizeBytes === streamed.file.lengthBytes) return;
      throw final === undefined ? new Fault('gone', 'nothing of it is on the remote') : taken(path);
    }
    if (final !== undefined) throw taken(path);
    this.expectNothingInTheWay(path);
    // The file has its size as soon as its last byte was written.
    if (partial.cells.at(-1) === hole)
      throw new Fault('failed', `${displayText(path)} does not have its full size yet`);
    const content = {
      sizeBytes: streamed.file.lengthBytes,
      identity: identityOf(layout.key, partial.cells),
    };
    remote.files.set(path, { content, owner: partial.owner });
    remote.streamed.delete(path);
    this.line.point(`remote.finishPieces has named ${displayText(path)}`);
  }

  async reopen(streamed: StreamedFile): Promise<void> {
    const { layout, path } = this.about(streamed);
    const { remote } = this.world;
    await this.reachWritable();
    if (remote.streamed.has(path)) return;
    this.expectNothingInTheWay(path);
    const final = remote.files.get(path);
    if (final === undefined) throw new Fault('gone', 'nothing of it is on the remote');
    const cells = layout.truth.map((_, part) => cellsOf(final.content.identity, layout)[part] ?? spoiled);
    remote.files.delete(path);
    remote.streamed.set(path, { layout, owner: streamed.managed.metainfo.infohash, cells });
    this.line.point(`remote.reopenPieces has taken the name of ${displayText(path)}`);
  }

  private about({ managed, file, destination }: StreamedFile): {
    readonly torrent: SimTorrent;
    readonly layout: FileLayout;
    readonly path: ByteString;
  } {
    const torrent = this.world.catalog.get(managed.metainfo.infohash);
    const layout = torrent?.files[file.index];
    if (torrent === undefined || layout === undefined) throw new Fault('gone', 'the .torrent file is gone');
    return { torrent, layout, path: joinPath(destination, file.path) };
  }

  private read(
    path: ByteString,
    layout: FileLayout,
  ): { readonly source: PieceListing['source']; readonly cells: readonly number[] } {
    const { remote } = this.world;
    const partial = remote.streamed.get(path);
    if (partial !== undefined) {
      return { source: 'partial', cells: partial.layout.key === layout.key ? partial.cells : [] };
    }
    const final = remote.files.get(path);
    if (final === undefined) return { source: 'nothing', cells: [] };
    return { source: 'final', cells: cellsOf(final.content.identity, layout) };
  }

  private isWholeHere({ managed, directory }: PieceOrder, torrent: SimTorrent, piece: number): boolean {
    const files = torrent.pieceFiles[piece] ?? [];
    return files.every((index) => {
      const layout = torrent.files[index];
      const file = managed.metainfo.files[index];
      if (layout === undefined || file === undefined) return false;
      return holdsPart(this.world.disk.plain(joinPath(directory, file.path)), layout, piece);
    });
  }

  private async reachWritable(): Promise<void> {
    await this.line.reach();
    if (this.world.remote.trouble === 'read-only') throw new Fault('refused', 'the remote is read-only');
  }

  private expectNothingInTheWay(path: ByteString): void {
    if (this.world.remote.obstacleTo(path)) throw taken(path);
  }
}

function piecesIn({ managed, file }: StreamedFile): readonly number[] {
  const range = pieceRangeOf(managed.metainfo, file);
  if (range === undefined) return [];
  return Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
}

function shippedOf(
  layout: FileLayout,
  { piece, isWholePiece }: { readonly piece: number; readonly isWholePiece: boolean },
): ShippedPiece {
  const cell = layout.truth[piece - layout.firstPiece] ?? hole;
  return { piece, partDigest: isWholePiece ? undefined : digestOfCell(layout, cell) };
}

function digestOfCell(layout: FileLayout, cell: number): string {
  return digestOfContent({ sizeBytes: 0, identity: `${layout.key} part ${cell}` });
}

/** What the parts of a whole file hold that is cut like this one; nothing that is known for any other. */
export function cellsOf(identity: string, { key }: FileLayout): readonly number[] {
  const start = `${key}: `;
  return identity.startsWith(start) ? identity.slice(start.length).split(' ').map(Number) : [];
}

function taken(path: ByteString): Fault {
  return new Fault('refused', `${displayText(path)} is in the way on the remote`, 'move it away there');
}
