/**
 * Measures how fast pieces go to a remote over ssh on loopback, against `cat` and rsync with the same bytes over the same
 * connection. `node bench/piece-shipping.ts [RUNS]`; needs what the rig of the end-to-end tests needs.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { RsyncRemote } from '../src/adapters/remote-rsync.ts';
import { SshLines } from '../src/adapters/ssh-lines.ts';
import { parseMetainfo } from '../src/codec/metainfo.ts';
import { asByteString, bytesOfText } from '../src/core/bytes.ts';
import type { ManagedTorrent } from '../src/core/metainfo.ts';
import type { PieceOrder } from '../src/ports/remote.ts';
import type { Rig } from '../test/e2e/rig.ts';
import { startRig } from '../test/e2e/rig.ts';
import { bencode } from '../test/support/bencode.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';

const mebibyte = 1024 ** 2;
const batchBytes = 8 * mebibyte;
const totalBytes = 128 * mebibyte;
const runs = Number(process.argv[2] ?? 5);

interface Made {
  readonly managed: ManagedTorrent;
  readonly directory: string;
}

async function main(): Promise<void> {
  const rig = await startRig();
  process.env['PATH'] = rig.environment['PATH'];
  const lines = new SshLines({
    host: rig.remote.host,
    socketDirectories: [rig.directory],
    connectTimeoutMs: 10_000,
  });
  const remote = new RsyncRemote(lines, {
    path: rig.remote.path,
    stallMs: 60_000,
    isPathInUse: false,
  });
  try {
    await remote.list([]);
    const rows: (readonly [string, () => Promise<void>])[] = [
      ['cat >FILE', () => byCat(rig, lines, false)],
      ['cat >FILE; dd conv=fsync', () => byCat(rig, lines, true)],
      ['rsync of the whole', () => byRsync(rig, remote)],
    ];
    for (const pieceBytes of [256 * 1024, mebibyte, 16 * mebibyte]) {
      const made = make(rig, pieceBytes);
      for (const stride of pieceBytes > batchBytes ? [1] : [1, 7]) {
        const order = stride === 1 ? 'in order' : 'scattered';
        for (const inFlight of [1, 2]) {
          const name = `pieces of ${pieceBytes / 1024} KiB ${order}, ${inFlight} at once`;
          rows.push([name, () => byPieces(rig, remote, made, stride, inFlight)]);
        }
      }
    }
    const rates = rows.map((): number[] => []);
    // In turns: what else the machine does at one time hits all of them alike.
    for (let round = 0; round < runs; round += 1) {
      for (const [index, [, run]] of rows.entries()) {
        const startedAt = performance.now();
        await run();
        rates[index]?.push(totalBytes / mebibyte / ((performance.now() - startedAt) / 1000));
      }
    }
    printTable(
      `${totalBytes / mebibyte} MiB in batches of ${batchBytes / mebibyte} MiB`,
      ['', 'MiB/s'],
      rows.map(([name], index) => [name, showSpread(spreadOf(rates[index] ?? []), 0)]),
    );
  } finally {
    await remote.disconnect();
    await rig.stop();
  }
}

/** As a batch of pieces goes: one program for each 8 MiB. */
async function byCat(rig: Rig, lines: SshLines, isSynced: boolean): Promise<void> {
  const content = randomBytes(batchBytes);
  for (let at = 0; at < totalBytes; at += batchBytes) {
    const file = `'${rig.remote.path}/cat-${at}'`;
    const sync = isSynced ? `; dd if=/dev/null of=${file} conv=notrunc,fsync 2>/dev/null` : '';
    const run = await lines.alone((connection) =>
      connection.scriptWithInput(`cat >${file}${sync}\n`, [content], { timeoutMs: 60_000 }),
    );
    if (run.exitCode !== 0) throw new Error(run.stderr);
  }
  clear(rig);
}

async function byRsync(rig: Rig, remote: RsyncRemote): Promise<void> {
  const directory = `${rig.directory}/rsynced`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/file`, randomBytes(totalBytes));
  await remote.ship({
    directory: bytesOfText(directory),
    files: [{ path: asByteString('file'), lengthBytes: totalBytes }],
    destination: asByteString(''),
    isRepair: false,
    bandwidthBytesPerSecond: 0,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  clear(rig);
}

async function byPieces(
  rig: Rig,
  remote: RsyncRemote,
  { managed, directory }: Made,
  stride: number,
  inFlight: number,
): Promise<void> {
  const { pieceCount, pieceLengthBytes, files } = managed.metainfo;
  const order: Omit<PieceOrder, 'pieces'> = {
    managed,
    directory: bytesOfText(directory),
    file: files[0]!,
    destination: asByteString(''),
    bandwidthBytesPerSecond: 0,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
  const pieces = Array.from({ length: pieceCount }, (_, index) => (index * stride) % pieceCount);
  const batch = Math.max(1, batchBytes / pieceLengthBytes);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < pieces.length) {
      const mine = pieces.slice(next, next + batch);
      next += batch;
      const { proved } = await remote.shipPieces({ ...order, pieces: mine });
      if (proved.length !== mine.length) throw new Error('pieces are missing');
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  clear(rig);
}

function make(rig: Rig, pieceBytes: number): Made {
  const directory = `${rig.directory}/pieces-${pieceBytes}`;
  mkdirSync(directory, { recursive: true });
  const descriptor = openSync(`${directory}/file`, 'w');
  const hashes: Buffer[] = [];
  for (let at = 0; at < totalBytes; at += pieceBytes) {
    const content = randomBytes(pieceBytes);
    writeSync(descriptor, content);
    hashes.push(createHash('sha1').update(content).digest());
  }
  closeSync(descriptor);
  const info = {
    length: totalBytes,
    name: 'file',
    'piece length': pieceBytes,
    pieces: Buffer.concat(hashes),
  };
  const bytes = bencode({ announce: 'http://127.0.0.1/', info });
  writeFileSync(`${directory}/torrent`, bytes);
  const sha1 = (part: Uint8Array): string => createHash('sha1').update(part).digest('hex');
  const { metainfo } = parseMetainfo(bytes, sha1);
  const managed: ManagedTorrent = {
    metainfo,
    torrentPaths: [bytesOfText(`${directory}/torrent`)],
    priority: 'normal',
    addedAtMs: 0,
  };
  return { managed, directory };
}

function clear(rig: Rig): void {
  rmSync(rig.remote.path, { recursive: true });
  mkdirSync(rig.remote.path);
}

await main();
