/** Pieces on the local disk are told from holes without reading the holes, and none is made of a hole. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { after, test } from 'node:test';
import { readExtents } from '../../src/adapters/data-ranges.ts';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import { parseMetainfo } from '../../src/codec/metainfo.ts';
import { bytesOfText } from '../../src/core/bytes.ts';
import type { ManagedTorrent } from '../../src/core/metainfo.ts';
import { piecesIn } from '../../src/core/pieces.ts';
import { bencode } from '../support/bencode.ts';

const mebibyte = 1024 ** 2;
const pieceLengthBytes = 4 * mebibyte;
const pieceCount = 1024;
/** More holes than are read without asking for them. */
const fewPieces = 24;
/** Never a tmpfs: it is to be a filesystem that tells of its holes. */
const directory = mkdtempSync('/var/tmp/holes-');
const path = `${directory}/huge`;

after(() => {
  rmSync(directory, { recursive: true });
});

function sha1(content: Uint8Array): Buffer {
  return createHash('sha1').update(content).digest();
}

/** Zeros, but for the pieces with a letter in them. */
function hugeTorrent(letters: ReadonlyMap<number, string>, count = pieceCount): ManagedTorrent {
  const hashOfZeros = sha1(Buffer.alloc(pieceLengthBytes));
  const hashes = Array.from({ length: count }, (_, piece) => {
    const letter = letters.get(piece);
    return letter === undefined ? hashOfZeros : sha1(Buffer.alloc(pieceLengthBytes, letter));
  });
  const info = {
    length: count * pieceLengthBytes,
    name: Buffer.from('huge'),
    'piece length': pieceLengthBytes,
    pieces: Buffer.concat(hashes),
  };
  const bytes = bencode({ announce: 'http://127.0.0.1/announce', info });
  writeFileSync(`${directory}/huge.torrent`, bytes);
  const { metainfo } = parseMetainfo(bytes, (part) => sha1(part).toString('hex'));
  return {
    metainfo,
    torrentPaths: [bytesOfText(`${directory}/huge.torrent`)],
    priority: 'normal',
    addedAtMs: 0,
  };
}

/** Bytes that this process has read so far, from anywhere. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
}

function write(pieces: ReadonlyMap<number, Buffer>, count = pieceCount): void {
  rmSync(path, { force: true });
  writeFileSync(path, '');
  truncateSync(path, count * pieceLengthBytes);
  const file = openSync(path, 'r+');
  for (const [piece, content] of pieces)
    writeSync(file, content, 0, content.length, piece * pieceLengthBytes);
  closeSync(file);
}

test('of a huge file with holes what is there is read, and nothing else', async () => {
  const managed = hugeTorrent(
    new Map([
      [0, 'a'],
      [500, 'b'],
      [700, 'c'],
    ]),
  );
  const zeros = Buffer.alloc(pieceLengthBytes);
  const spoiled = Buffer.alloc(pieceLengthBytes, 'c');
  spoiled[7] = 0;
  write(
    new Map([
      [0, Buffer.alloc(pieceLengthBytes, 'a')],
      [500, Buffer.alloc(pieceLengthBytes, 'b')],
      [700, spoiled],
      // Zeros that were written are there; of all other pieces, which would be zeros as well, nothing is.
      [900, zeros],
      // Written in part: what was left out reads as zeros, which is what it is.
      [901, zeros.subarray(0, 100_000)],
    ]),
  );
  const before = bytesRead();
  const found = await new Seedbox(directory).verifyPieces({ managed, directory: bytesOfText(directory) });
  assert.deepEqual(piecesIn(found.pieces), [0, 500, 900, 901]);
  assert.deepEqual([...found.inPlace], [0]);
  assert.ok(bytesRead() - before < 16 * pieceLengthBytes, `${bytesRead() - before} bytes were read`);
  assert.equal(statSync(path).size, pieceCount * pieceLengthBytes);
});

test('where the filesystem does not tell of its holes all of it is read', async () => {
  const managed = hugeTorrent(new Map([[3, 'a']]), fewPieces);
  write(new Map([[3, Buffer.alloc(pieceLengthBytes, 'a')]]), fewPieces);
  const searched = process.env['PATH'];
  process.env['PATH'] = directory;
  try {
    writeFileSync(`${directory}/sh`, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const found = await new Seedbox(directory).verifyPieces({ managed, directory: bytesOfText(directory) });
    assert.equal(piecesIn(found.pieces).length, fewPieces);
  } finally {
    process.env['PATH'] = searched;
  }
});

test('a list of extents that is cut off, or is none, is not believed', () => {
  const head =
    'File size of x is 1048576 (256 blocks of 4096 bytes)\n ext:     logical_offset:  physical_offset: length:   expected: flags:\n';
  const first = '   0:       10..      11:      17728512..  17728513:      2:         10: unwritten\n';
  const last =
    '   1:      128..     255:          0..         0:      0:             last,unknown_loc,delalloc,eof\n';
  assert.deepEqual(readExtents(`${head}${first}${last}x: 2 extents found\n`), [
    { startBytes: 40_960, endBytes: 49_152 },
    { startBytes: 524_288, endBytes: 1_048_576 },
  ]);
  assert.deepEqual(readExtents(`${head}x: 0 extents found\n`), []);
  assert.equal(readExtents(`${head}${first}`), undefined);
  assert.equal(readExtents('x: FIBMAP unsupported\n'), undefined);
  assert.equal(readExtents(''), undefined);
});
