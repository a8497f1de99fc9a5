/** Between rtorrent's word on its pieces and its end more come in: what is on the disk is not fetched once more. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Roll } from '../../../src/core/action.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { PieceSet } from '../../../src/core/pieces.ts';
import { piecesIn, piecesOf } from '../../../src/core/pieces.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { roll } from '../../../src/driver/roll.ts';
import type { SelectedLoad } from '../../../src/ports/rtorrent.ts';
import { downloads, makeManaged, makeMetainfo, makeTorrent, mebibyte } from '../../support/world.ts';

const metainfo = makeMetainfo({ pieceLengthBytes: mebibyte, files: [4 * mebibyte, 4 * mebibyte] });
const action: Roll = {
  kind: 'roll',
  managed: makeManaged(metainfo),
  directory: downloads,
  receipts: [],
  files: [],
  selected: [0],
  rest: [1],
  window: { budgetBytes: 64 * mebibyte, limitBytes: 64 * mebibyte, blockBytes: 4096 },
  heldBytes: 0,
};

/** Answers with what it is asked about the disk, and with what it loads in the end. */
async function rolled(claimed: PieceSet | undefined, onDisk: readonly number[]): Promise<readonly unknown[]> {
  const asked: (PieceSet | undefined)[] = [];
  const loads: SelectedLoad[] = [];
  const ports = {
    clock: { nowMs: () => 0 },
    ledger: {
      recordIntent: async () => undefined,
      clearIntent: async () => undefined,
      read: async () => ({ shipments: new Map() }),
    },
    remote: { list: async () => new Map() },
    rtorrent: {
      takeOut: async () => claimed,
      loadSelected: async (order: SelectedLoad) => loads.push(order),
    },
    seedbox: {
      measure: async () => ({ freeBytes: 64 * mebibyte, torrents: new Map() }),
      verifyPieces: async (_place: unknown, known?: PieceSet) => {
        asked.push(known);
        return { pieces: piecesOf(metainfo.pieceCount, onDisk), inPlace: new Set([0]) };
      },
    },
  };
  const loaded = makeTorrent(metainfo, { mode: asByteString(partsMode), isActive: true, uploadedBytes: 77 });
  assert.equal(await roll(loaded, action, ports as unknown as Ports), '1 file more');
  assert.deepEqual(
    loads.map(({ uploadedBytes }) => uploadedBytes),
    [77],
    'what it has uploaded counts on',
  );
  return [asked, loads.map(({ pieces }) => piecesIn(pieces))];
}

test('the disk is read for what rtorrent did not tell of, and that is loaded', async () => {
  const claimed = piecesOf(metainfo.pieceCount, [0, 1]);
  assert.deepEqual(await rolled(claimed, [0, 1, 2]), [[claimed], [[0, 1, 2]]]);
});

test('where it told nothing, all of it is read', async () => {
  assert.deepEqual(await rolled(undefined, [0, 3]), [[undefined], [[0, 3]]]);
});
