/** The inner loop of a stream: what it does when rtorrent does not as it should, and that nothing is freed meanwhile. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stream } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { PieceSet } from '../../../src/core/pieces.ts';
import { noPieces, piecesOf } from '../../../src/core/pieces.ts';
import type { StreamProgress } from '../../../src/core/snapshot.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { StreamLoop } from '../../../src/driver/stream-loop.ts';
import { workOn } from '../../../src/driver/stream-work.ts';
import type { StreamSession, StreamView } from '../../../src/ports/rtorrent.ts';
import { makeLedger, makeManaged, makeMetainfo, mebibyte } from '../../support/world.ts';

const metainfo = makeMetainfo({ name: 'movie', pieceLengthBytes: mebibyte, files: [64 * mebibyte] });
const [file] = metainfo.files;
const windowBytes = 32 * mebibyte;
const calm: StreamView = {
  isLoaded: true,
  isActive: true,
  isSlotHeld: true,
  pieces: noPieces(metainfo.pieceCount),
  partialBytes: 0,
  uploadedBytes: 0,
  downRateBytesPerSecond: 0,
};

/** A stream whose looks are given one after the other, the last of them for ever; and what is done about them. */
class Run {
  readonly done: string[] = [];
  readonly rates: number[] = [];
  readonly peers: number[] = [];
  /** As they are told to others. */
  readonly windows: number[] = [];
  onTick: (tick: number) => void = () => undefined;
  allocatedBytes = 0;
  windowBytes: number | undefined = undefined;
  /** What a batch waits for before it has arrived. */
  arrives: (signal: AbortSignal) => Promise<void> = async () => undefined;
  private readonly views: readonly Partial<StreamView>[];
  private ticks = 0;
  private nowMs = 0;

  constructor(views: readonly Partial<StreamView>[]) {
    this.views = views;
  }

  start(): Promise<string | undefined> {
    const action: Stream = {
      kind: 'stream',
      managed: makeManaged(metainfo),
      directory: asByteString('/downloads'),
      files: [file!],
      windowBytes,
      blockBytes: 4096,
      elsewhere: undefined,
    };
    const watch = {
      onProgress: (_: number, stream?: StreamProgress) => {
        if (stream !== undefined) this.windows.push(stream.windowBytes);
      },
      signal: new AbortController().signal,
      bandwidthBytesPerSecond: () => 0,
      windowBytes: () => this.windowBytes,
    };
    const bounds = { mostIdleMs: 600_000, mostPeers: 50 };
    return new StreamLoop(workOn(action, makeLedger()), this.session, this.ports, watch, bounds).run();
  }

  private get session(): StreamSession {
    const note = (word: string) => async (): Promise<void> => {
      this.done.push(word);
      await Promise.resolve();
    };
    return {
      tick: async (rate, mostDownloads) => {
        this.rates.push(rate);
        this.peers.push(mostDownloads);
        this.ticks += 1;
        this.onTick(this.ticks);
        await Promise.resolve();
        return { ...calm, ...this.views[Math.min(this.ticks, this.views.length) - 1] };
      },
      halt: note('halt'),
      resume: note('resume'),
      close: note('close'),
    };
  }

  private get ports(): Ports {
    const ports = {
      clock: {
        nowMs: () => this.nowMs,
        sleep: async (ms: number) => {
          this.nowMs += ms;
          await new Promise((resolve) => setImmediate(resolve));
        },
      },
      ledger: { recordPieces: async () => undefined },
      remote: {
        shipPieces: async ({ pieces, signal }: { pieces: readonly number[]; signal: AbortSignal }) => {
          this.done.push('ship');
          await this.arrives(signal);
          this.done.push('arrived');
          return { proved: pieces.map((piece) => ({ piece, partDigest: undefined })), broken: [] };
        },
      },
      seedbox: {
        punch: async () => {
          this.done.push('punch');
          return { allocatedBytes: 0 };
        },
        measure: async () => ({
          torrents: new Map([[metainfo.infohash, { allocatedBytes: this.allocatedBytes }]]),
        }),
      },
    };
    return ports as unknown as Ports;
  }
}

const firstPieces = piecesOf(metainfo.pieceCount, [0, 1, 2]);

test('one byte that was sent to a peer stops the torrent at once, and is a failure', async () => {
  const run = new Run([{}, { pieces: firstPieces }, { pieces: firstPieces, uploadedBytes: 1 }]);
  await assert.rejects(run.start(), {
    name: 'Fault',
    kind: 'refused',
    message: /has sent 1 B of it to others/,
  });
  assert.deepEqual(run.done, ['ship', 'arrived', 'halt']);
});

test('nothing is freed while the torrent runs and the slot is not ours', async () => {
  const run = new Run([{ pieces: firstPieces }, { pieces: firstPieces, isSlotHeld: false }]);
  assert.match((await run.start()) ?? '', /slot was lost/);
  assert.deepEqual(run.done, ['ship', 'arrived']);
});

test('what has been taken out, or stopped by others, is told so that it is loaded anew', async () => {
  assert.match((await new Run([{ isLoaded: false }]).start()) ?? '', /does not hold it any more/);
  assert.match((await new Run([{ isActive: false, isSlotHeld: false }]).start()) ?? '', /has stopped it/);
});

test('one that is checked by hand while its overrun window is emptied is told so, too', async () => {
  const run = new Run([{ pieces: firstPieces }, { isActive: false, isSlotHeld: false }]);
  run.allocatedBytes = windowBytes;
  assert.match((await run.start()) ?? '', /closed or checked it/);
  assert.equal(run.done.includes('halt'), true);
});

test('what was on its way to the remote when rtorrent stopped arrives, and counts', async () => {
  const run = new Run([{ pieces: firstPieces }, { pieces: firstPieces, isActive: false, isSlotHeld: false }]);
  run.arrives = async (signal) => {
    // Long after the look that found it stopped.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(signal.aborted, false);
  };
  assert.match((await run.start()) ?? '', /has stopped it/);
  assert.deepEqual(run.done, ['ship', 'arrived']);
});

test('a window that is overrun is stopped, and goes on when half of it is free', async () => {
  const run = new Run([{}]);
  run.allocatedBytes = windowBytes;
  const running = run.start();
  const until = async (word: string): Promise<void> => {
    while (!run.done.includes(word)) await new Promise((resolve) => setImmediate(resolve));
  };
  await until('halt');
  assert.equal(run.done.includes('resume'), false);
  run.allocatedBytes = 0;
  // What it takes is measured where something has changed.
  await assert.rejects(running, { name: 'Fault', kind: 'limit' });
  assert.deepEqual(
    run.done.filter((word) => word !== 'punch'),
    ['halt', 'resume'],
  );
  assert.ok(run.rates.some((rate) => rate === 0));
});

test('a window that is widened lets more come in, from more peers, and is told at once', async () => {
  const run = new Run([{}, {}, {}, { isLoaded: false }]);
  run.onTick = (tick) => {
    if (tick === 2) run.windowBytes = windowBytes * 2;
  };
  await run.start();
  const [before, , after] = run.rates;
  assert.equal(Math.round(after! / before!), 2);
  assert.deepEqual(run.peers, [8, 8, 16, 16]);
  assert.deepEqual(
    run.windows.map((bytes) => bytes / mebibyte),
    [32, 64, 64],
  );
});

test('a window that is narrowed under what is here lets nothing in, and is not stopped for that', async () => {
  const run = new Run(Array.from({ length: 60 }, (_, index) => ({ isLoaded: index < 59 })));
  run.allocatedBytes = 24 * mebibyte;
  run.onTick = (tick) => {
    if (tick === 5) run.windowBytes = 16 * mebibyte;
  };
  await run.start();
  assert.equal(run.done.includes('halt'), false);
  assert.deepEqual(new Set(run.rates.slice(5)), new Set([0]));
  assert.equal(run.windows[5]! / mebibyte, 32);
  assert.equal(Math.round(run.windows.at(-1)! / mebibyte), 26);
});

test('three batches are on their way at once, and none beside another that is not worth a round trip', async () => {
  const piecesTo = (count: number): PieceSet =>
    piecesOf(
      metainfo.pieceCount,
      Array.from({ length: count }, (_, piece) => piece),
    );
  for (const [finished, batches] of [
    [1, 1],
    [9, 1],
    [10, 2],
    [32, 3],
  ] as const) {
    const run = new Run([{ pieces: piecesTo(finished) }, {}, { isLoaded: false }]);
    // Eight pieces a batch.
    run.windowBytes = 64 * mebibyte;
    let isArriving = false;
    run.arrives = async () => {
      while (!isArriving) await new Promise((resolve) => setImmediate(resolve));
    };
    run.onTick = (tick) => {
      isArriving = tick === 2;
    };
    await run.start();
    assert.equal(run.done.indexOf('arrived'), batches, `${finished} pieces`);
  }
});
