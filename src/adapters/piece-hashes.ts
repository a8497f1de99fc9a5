/** The SHA-1 hashes of a torrent's pieces, read from its .torrent: what tells that a piece is right. */

import { hash } from 'node:crypto';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import { decodeFile } from './torrent-file.ts';

const hashBytes = 20;

export class PieceHashes {
  readonly infohash: Infohash;
  private readonly bytes: Buffer;

  private constructor(infohash: Infohash, bytes: Buffer) {
    this.infohash = infohash;
    this.bytes = bytes;
  }

  /** @throws Fault `gone` where the .torrent is not there any more, or has become another */
  static read(managed: ManagedTorrent): PieceHashes {
    const { infohash, pieceCount } = managed.metainfo;
    const { bytes, piecesOffset } = decodeFile(managed);
    return new PieceHashes(infohash, bytes.subarray(piecesOffset, piecesOffset + pieceCount * hashBytes));
  }

  /** Whether these bytes are the piece. */
  isRight(piece: number, content: Uint8Array): boolean {
    return hash('sha1', content, 'buffer').equals(this.of(piece));
  }

  /** Lower-case hex. */
  hexOf(piece: number): string {
    return this.of(piece).toString('hex');
  }

  private of(piece: number): Buffer {
    return this.bytes.subarray(piece * hashBytes, (piece + 1) * hashBytes);
  }
}
