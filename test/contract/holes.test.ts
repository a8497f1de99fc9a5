/** The real seedbox keeps the contract about streamed files, and says so where a filesystem cannot do it. */

import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Seedbox } from '../../src/adapters/seedbox.ts';
import type { ByteString } from '../../src/core/bytes.ts';
import { bytesOfText, joinPath, parentPath } from '../../src/core/bytes.ts';
import { piecesOf } from '../../src/core/pieces.ts';
import { piecesHereIn } from './real-pieces.ts';
import { absent, content, streamed } from './suites/piece-orders.ts';
import { faultOf } from './suites/remote-contract.ts';
import { singleFileTorrent } from './suites/small-torrent.ts';
import type { HolesWorld } from './suites/holes-contract.ts';
import { holesContract } from './suites/holes-contract.ts';

/** Never a tmpfs, which the directory for temporary files may be. */
const diskDirectory = '/var/tmp';

holesContract('local disk', () => openWorld(diskDirectory));

test('a tmpfs is refused, with the way out, and nothing is left behind', async () => {
  const world = openWorld('/dev/shm');
  const one = absent(world, singleFileTorrent('file', content('file', 20_000)));
  await assert.rejects(world.seedbox.prepareStream(one, one.file), (error) => {
    assert.ok(faultOf('refused', /tmpfs/)(error));
    assert.match((error as { remedy?: string }).remedy ?? '', /ext4.*oversize = files/);
    return true;
  });
  assert.deepEqual(readdirSync(one.directory), ['file']);
  world.close();
});

test('a filesystem without holes, and a host without fallocate, are refused', async () => {
  const world = openWorld(diskDirectory);
  const one = absent(world, singleFileTorrent('file', content('file', 20_000)));
  const path = process.env['PATH'] ?? '';
  const bin = `${world.here}/bin`;
  mkdirSync(bin);
  symlinkSync(execFileSync('sh', ['-c', 'command -v sh'], { encoding: 'utf8' }).trim(), `${bin}/sh`);
  try {
    process.env['PATH'] = bin;
    await assert.rejects(world.seedbox.prepareStream(one, one.file), faultOf('missing-program'));
    const says = 'fallocate: fallocate failed: Operation not supported';
    writeFileSync(`${bin}/fallocate`, `#!/bin/sh\necho '${says}' >&2\nexit 1\n`, { mode: 0o755 });
    await assert.rejects(world.seedbox.prepareStream(one, one.file), faultOf('refused', /cannot free bytes/));
    writeFileSync(`${bin}/fallocate`, '#!/bin/sh\n', { mode: 0o755 });
    await assert.rejects(
      world.seedbox.prepareStream(one, one.file),
      faultOf('refused', /nothing can be freed/),
    );
  } finally {
    process.env['PATH'] = path;
  }
  assert.deepEqual(readdirSync(one.directory), ['file']);
  await world.seedbox.prepareStream(one, one.file);
  assert.deepEqual(readdirSync(one.directory), ['file']);
  world.close();
});

test('only holes appear: every byte that was not to go is what it was', async () => {
  const world = openWorld(diskDirectory);
  const bytes = content('odd', 1_000_003);
  const one = streamed(world, singleFileTorrent('odd', bytes, 10_007));
  const gone = one.pieces.filter((piece) => piece % 3 !== 0);
  for (const piece of gone) {
    const pieces = piecesOf(one.managed.metainfo.pieceCount, gone.slice(0, gone.indexOf(piece) + 1));
    await world.seedbox.punch({ ...one, pieces, fresh: [piece] });
  }
  const after = readFileSync(`${one.directory}/odd`);
  const before = Buffer.from(bytes, 'latin1');
  assert.equal(after.length, before.length);
  let freed = 0;
  for (let at = 0; at < before.length; at += 1) {
    const isGone = gone.includes(Math.floor(at / 10_007));
    if (!isGone) assert.equal(after[at], before[at], `byte ${at}`);
    else if (after[at] !== before[at]) freed += 1;
  }
  assert.ok(freed > 400_000, `${freed} bytes`);
  world.close();
});

test('thousands of scattered pieces are swept', async () => {
  const world = openWorld(diskDirectory);
  const one = streamed(world, singleFileTorrent('scattered', content('scattered', 2_000 * 16_384)));
  const gone = one.pieces.filter((piece) => piece % 2 === 0);
  const pieces = piecesOf(one.managed.metainfo.pieceCount, gone);
  const { allocatedBytes } = await world.seedbox.punch({ ...one, pieces });
  // A thousand extents take a few blocks of their own.
  assert.ok(
    allocatedBytes >= 1_000 * 16_384 && allocatedBytes < 1_000 * 16_384 + 100_000,
    `${allocatedBytes}`,
  );
  world.close();
});

test('what another program has open and writes to meanwhile is freed as well', async () => {
  const world = openWorld(diskDirectory);
  const one = streamed(world, singleFileTorrent('open', content('open', 4 * 16_384)));
  const descriptor = openSync(`${one.directory}/open`, 'r+');
  writeSync(descriptor, Buffer.alloc(16_384, 'x'), 0, 16_384, 16_384);
  const pieces = piecesOf(one.managed.metainfo.pieceCount, [1]);
  const { allocatedBytes } = await world.seedbox.punch({ ...one, pieces, fresh: [1] });
  closeSync(descriptor);
  assert.equal(allocatedBytes, lstatSync(`${one.directory}/open`).blocks * 512);
  assert.ok(allocatedBytes <= 3 * 16_384);
  world.close();
});

function openWorld(parent: string): HolesWorld {
  const directory = mkdtempSync(`${parent}/streaming-`);
  mkdirSync(`${directory}/managed`);
  mkdirSync(`${directory}/here`);
  return {
    ...piecesHereIn(bytesOfText(`${directory}/here`), `${directory}/managed`),
    seedbox: new Seedbox(`${directory}/managed`),
    write: (path, bytes) => {
      mkdirSync(bufferOf(parentPath(path)), { recursive: true });
      writeFileSync(bufferOf(path), bytes);
    },
    removeFile: (path) => {
      if (existsSync(bufferOf(path))) unlinkSync(bufferOf(path));
    },
    moveAndLink: (path, target) => {
      renameSync(bufferOf(path), bufferOf(target));
      symlinkSync(bufferOf(target), bufferOf(path));
    },
    close: () => {
      rmSync(directory, { recursive: true });
    },
  };
}

function bufferOf(path: ByteString): Buffer {
  return Buffer.from(joinPath(path), 'latin1');
}
