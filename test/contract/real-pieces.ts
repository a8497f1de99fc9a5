/** The real remote on a rig, as the contract about pieces takes it. */

import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { piecesDirectory } from '../../src/adapters/remote-pieces.ts';
import { bytesOfText, joinPath, parentPath } from '../../src/core/bytes.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { partOf } from '../../src/core/piece-part.ts';
import type { RealRemote } from './real-remote.ts';
import type { PiecesHere, PieceWorld } from './suites/piece-orders.ts';
import { managedAt } from './suites/small-torrent.ts';

/** Torrents lie below `here`; their .torrent files lie in `managed`. */
export function piecesHereIn(here: ByteString, managed: string): PiecesHere {
  let torrents = 0;
  return {
    here,
    add: (torrent) => {
      torrents += 1;
      const path = `${managed}/${torrents}.torrent`;
      writeFileSync(path, torrent.bytes);
      return managedAt(torrent, bytesOfText(path));
    },
    putHere: (torrent, { metainfo }, directory, pieces) => {
      const wanted = [...pieces];
      for (const file of metainfo.files) {
        const content = torrent.contents.get(file.path)!;
        writeSparse(joinPath(directory, file.path), file.lengthBytes, (write) => {
          for (const piece of wanted) {
            const start = piece * metainfo.pieceLengthBytes - file.offsetBytes;
            const end = Math.min(start + metainfo.pieceLengthBytes, file.lengthBytes);
            const from = Math.max(0, start);
            if (from < end) write(content.subarray(from, end), from);
          }
        });
      }
    },
    spoilHere: (path, { metainfo }, file, piece) => {
      const { startBytes, lengthBytes } = partOf(metainfo, file, piece);
      flipByte(path, startBytes + Math.floor(lengthBytes / 2));
    },
  };
}

export function pieceWorldOf(world: RealRemote): PieceWorld {
  const root = bytesOfText(world.root);
  const isPartial = (path: ByteString): boolean => path.split('/').includes(piecesDirectory);
  return {
    ...piecesHereIn(world.here, world.here),
    remote: world.remote,
    spoilThere: ({ managed, file, destination }, piece) => {
      const { startBytes, lengthBytes } = partOf(managed.metainfo, file, piece);
      const partial = joinPath(destination, piecesDirectory, file.path);
      const path = world.filesThere()!.has(partial) ? partial : joinPath(destination, file.path);
      flipByte(joinPath(root, path), startBytes + Math.floor(lengthBytes / 2));
    },
    writeThere: (path, content) => {
      world.writeThere(path, content);
    },
    finalThere: () => new Map([...(world.filesThere() ?? [])].filter(([path]) => !isPartial(path))),
    partialThere: () => [...(world.filesThere() ?? [])].filter(([path]) => isPartial(path)).length,
    close: () => world.close(),
  };
}

/** Makes the file anew, hollow but for what `fill` writes. */
function writeSparse(
  path: ByteString,
  lengthBytes: number,
  fill: (write: (bytes: Uint8Array, at: number) => void) => void,
): void {
  mkdirSync(bufferOf(parentPath(path)), { recursive: true });
  const descriptor = openSync(bufferOf(path), 'w');
  try {
    ftruncateSync(descriptor, lengthBytes);
    fill((bytes, at) => {
      writeSync(descriptor, bytes, 0, bytes.length, at);
    });
  } finally {
    closeSync(descriptor);
  }
}

function flipByte(path: ByteString, at: number): void {
  const descriptor = openSync(bufferOf(path), 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(descriptor, byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    writeSync(descriptor, byte, 0, 1, at);
  } finally {
    closeSync(descriptor);
  }
}

function bufferOf(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}
