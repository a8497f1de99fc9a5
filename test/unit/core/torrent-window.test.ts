/** The window in figures and in words, in both modes: what is in flight, fetched, shipped and proved, of how much. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { partsMode, streamMode } from '../../../src/core/parts.ts';
import { piecesOf } from '../../../src/core/pieces.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { TorrentWindow } from '../../../src/core/torrent-window.ts';
import { explainWindow, windowOf } from '../../../src/core/torrent-window.ts';
import { makeLedger, makeMetainfo, makeReceipts, makeWorld, mebibyte } from '../../support/world.ts';

/** Pieces of 1 MiB: 0–3 in `file-0`, 3–6 in `file-1`, 7 on in `file-2`. */
const album = makeMetainfo({
  name: 'album',
  pieceLengthBytes: mebibyte,
  files: [3.5 * mebibyte, 3.5 * mebibyte, 9 * mebibyte],
});
const parts = asByteString(partsMode);
const progress = { windowBytes: 24, arrivingBytes: 2, fetchedBytes: 6, sendingBytes: 4 };

function windowIn(world: Snapshot, metainfo: Metainfo = album): TorrentWindow | undefined {
  return windowOf(metainfo, world);
}

/** The world with pieces of its last file on the remote. */
function withShipped(world: Snapshot, pieces: readonly number[]): Snapshot {
  const shipped = { pieces: piecesOf(album.pieceCount, pieces), partDigests: new Map() };
  const ledger = makeLedger({
    ...world.ledger,
    pieces: new Map([[album.infohash, new Map([[2, shipped]])]]),
  });
  return { ...world, ledger };
}

test('by files: in flight is what the selected files lack, piece by piece, and the window what is not proved of them', () => {
  const world = makeWorld([
    {
      metainfo: album,
      // Of the first file's last piece a part lies in the second, which is wanted no more.
      loaded: { mode: parts, completedBytes: 3 * mebibyte },
      detail: { selected: [0, 1], pieces: [3, 4, 5] },
      receipts: [0],
      jobs: [{ kind: 'ship', files: [1], doneBytes: 7 }],
    },
  ]);
  assert.deepEqual(windowIn(world), {
    totalBytes: 16 * mebibyte,
    windowBytes: 3.5 * mebibyte,
    inFlightBytes: 4 * mebibyte,
    fetchedBytes: 3 * mebibyte,
    shippedBytes: 7,
    provedBytes: 3.5 * mebibyte,
  });
});

test('by pieces: the job tells what is coming, here, being sent and there', () => {
  const stream = { kind: 'stream', files: [2], doneBytes: 5 * mebibyte, stream: progress } as const;
  const world = makeWorld([
    // It claims to have what went to the remote.
    {
      metainfo: album,
      loaded: { mode: asByteString(streamMode), completedBytes: 12 * mebibyte },
      receipts: [0, 1],
      jobs: [stream],
    },
  ]);
  // What the ledger knew of the file when the look began is in the job's figure.
  assert.deepEqual(windowIn(withShipped(world, [7, 8, 9])), {
    totalBytes: 16 * mebibyte,
    windowBytes: 24,
    inFlightBytes: 2,
    fetchedBytes: 6,
    shippedBytes: 4,
    provedBytes: 12 * mebibyte,
  });
});

test('of a stream that was cut short, pieces on the remote count as proved, and as here only what is beyond them', () => {
  const resting = makeWorld([{ metainfo: album }]);
  assert.deepEqual(windowIn(withShipped(resting, [7, 8, 9])), {
    totalBytes: 16 * mebibyte,
    windowBytes: 0,
    inFlightBytes: 0,
    fetchedBytes: 0,
    shippedBytes: 0,
    provedBytes: 3 * mebibyte,
  });
  const left = makeWorld([
    { metainfo: album, loaded: { mode: asByteString(streamMode), completedBytes: 5 * mebibyte } },
  ]);
  assert.equal(windowIn(withShipped(left, [7, 8, 9]))?.fetchedBytes, 2 * mebibyte);
});

test('a streamed file that has its receipt counts once', () => {
  const world = withShipped(makeWorld([{ metainfo: album, receipts: [2] }]), [7, 8, 9]);
  assert.equal(makeReceipts(album, [2]).size, 1);
  assert.equal(windowIn(world)?.provedBytes, 9 * mebibyte);
});

test('nothing is said of what waits untouched; what is fetched whole has no window', () => {
  assert.equal(windowIn(makeWorld([{ metainfo: album }])), undefined);
  const whole = windowIn(makeWorld([{ metainfo: album, loaded: { completedBytes: mebibyte } }]));
  assert.equal(whole?.inFlightBytes, 15 * mebibyte);
  assert.equal(explainWindow(whole), undefined);
  assert.equal(explainWindow(undefined), undefined);
});

test('in words', () => {
  const window = {
    totalBytes: 160 * mebibyte,
    windowBytes: 24 * mebibyte,
    inFlightBytes: 2 * mebibyte,
    fetchedBytes: 6 * mebibyte,
    shippedBytes: 4 * mebibyte,
    provedBytes: 60 * mebibyte,
  };
  assert.equal(
    explainWindow(window),
    '2.0 MiB in flight, 6.0 MiB fetched, 4.0 MiB being shipped, 60.0 MiB proved, of 160 MiB; 24.0 MiB at a time',
  );
});
