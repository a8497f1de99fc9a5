/** A window that unfinished pieces have filled is emptied, and fetched into from fewer peers: it cannot stay stuck. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stream } from '../../../src/core/action.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { PieceSet } from '../../../src/core/pieces.ts';
import { hasPiece, noPieces, piecesIn, piecesOf } from '../../../src/core/pieces.ts';
import { mostDownloads } from '../../../src/core/stream-rate.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { stream } from '../../../src/driver/stream.ts';
import type { StreamOrder, StreamSession } from '../../../src/ports/rtorrent.ts';
import { makeManaged, makeMetainfo, makePolicy, makeWorld, mebibyte } from '../../support/world.ts';

const pieceLengthBytes = mebibyte;
const metainfo = makeMetainfo({ name: 'movie', pieceLengthBytes, files: [64 * mebibyte] });
const [file] = metainfo.files;
const managed = makeManaged(metainfo);
const window = { windowBytes: 32 * mebibyte, pieceLengthBytes, blockBytes: 4096 };
const watch = {
  onProgress: () => undefined,
  signal: new AbortController().signal,
  bandwidthBytesPerSecond: () => 0,
  windowBytes: () => undefined,
};

/** A swarm whose peers each send half a piece and no more, where there are more of them than it takes to fill the window. */
class StuckSwarm {
  /** From how many peers each session fetched at once. */
  readonly sessions: number[] = [];
  private readonly mostThatFinish: number;
  private nowMs = 0;
  private here: PieceSet = noPieces(metainfo.pieceCount);
  private isFull = false;

  constructor(mostThatFinish: number) {
    this.mostThatFinish = mostThatFinish;
  }

  get ports(): Ports {
    const ports = {
      clock: {
        nowMs: () => this.nowMs,
        sleep: async (ms: number) => {
          this.nowMs += ms;
          await Promise.resolve();
        },
      },
      ledger: {
        recordIntent: async () => undefined,
        recordPieces: async () => undefined,
        beginShipment: async () => undefined,
        dropPieces: async () => undefined,
      },
      remote: {
        list: async () => new Map(),
        listPieces: async () => ({ pieces: noPieces(metainfo.pieceCount), source: 'absent' }),
        shipPieces: async ({ pieces }: { readonly pieces: readonly number[] }) => ({
          proved: pieces.map((piece) => ({ piece, partDigest: undefined })),
          broken: [],
        }),
      },
      seedbox: {
        prepareStream: async () => undefined,
        verifyPieces: async () => ({ pieces: noPieces(metainfo.pieceCount), inPlace: new Set([0]) }),
        punch: async () => ({ allocatedBytes: 0 }),
        measure: async () => {
          const allocatedBytes = this.isFull ? window.windowBytes : 0;
          return { torrents: new Map([[metainfo.infohash, { allocatedBytes }]]) };
        },
      },
      rtorrent: {
        openStream: async (order: StreamOrder) => this.open(order),
        look: async () => undefined,
      },
    };
    return ports as unknown as Ports;
  }

  private open({ mostDownloads: most }: StreamOrder): StreamSession {
    this.sessions.push(most);
    this.isFull = most > this.mostThatFinish;
    return {
      tick: async () => {
        if (!this.isFull) this.here = piecesOf(metainfo.pieceCount, piecesIn(this.here).concat(this.next()));
        return {
          ...{
            isLoaded: true,
            isActive: true,
            isSlotHeld: true,
            uploadedBytes: 0,
            downRateBytesPerSecond: 0,
          },
          pieces: this.here,
          partialBytes: this.isFull ? window.windowBytes : 0,
        };
      },
      halt: async () => undefined,
      resume: async () => undefined,
      close: async () => undefined,
    };
  }

  private next(): number {
    for (let piece = 0; piece < metainfo.pieceCount; piece += 1)
      if (!hasPiece(this.here, piece)) return piece;
    return 0;
  }
}

function streamed(swarm: StuckSwarm): Promise<unknown> {
  const snapshot = makeWorld([{ metainfo }]);
  const action: Stream = {
    kind: 'stream',
    managed,
    directory: asByteString('/downloads'),
    files: [file!],
    windowBytes: window.windowBytes,
    blockBytes: window.blockBytes,
    elsewhere: undefined,
  };
  return stream(action, swarm.ports, makePolicy(), snapshot, watch);
}

test('from half as many peers each time, until pieces are finished', async () => {
  const swarm = new StuckSwarm(2);
  // The fake remote keeps nothing: all of it has arrived when the last look at it begins.
  assert.deepEqual(await streamed(swarm), { kind: 'stale', detail: 'the remote has lost 64 pieces of it' });
  assert.deepEqual(swarm.sessions, [mostDownloads(window), 4, 2]);
  assert.equal(mostDownloads(window), 8);
});

test('where not even one peer finishes a piece it is a failure, which rests before it is tried again', async () => {
  const swarm = new StuckSwarm(0);
  await assert.rejects(streamed(swarm), { name: 'Fault', kind: 'failed', message: /unfinished pieces fill/ });
  assert.deepEqual(swarm.sessions, [8, 4, 2, 1]);
});
