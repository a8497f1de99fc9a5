/** Rolling: when it is worth a stop, which files leave, and which stay for the sake of a piece. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { partsMode } from '../../../src/core/parts.ts';
import type { RollQuestion } from '../../../src/core/roll.ts';
import { isRollDue, leaving, without } from '../../../src/core/roll.ts';
import type { TorrentSpec } from '../../support/world.ts';
import { makeLocal, makeMetainfo, makeWorld, mebibyte } from '../../support/world.ts';
import { situationIn } from './situation-in.ts';

describe('isRollDue', () => {
  const question: RollQuestion = {
    staying: 4,
    isDry: false,
    backlogBytes: 0,
    gainBytes: 30,
    restBytes: 500,
    windowBytes: 100,
  };
  const isDue = (changes: Partial<RollQuestion>): boolean => isRollDue({ ...question, ...changes });

  it('stops what still downloads for three tenths of the window, and for no less', () => {
    assert.equal(isDue({}), true);
    assert.equal(isDue({ gainBytes: 29 }), false);
  });

  it('is quicker once it has run dry: for a quarter, or as soon as little waits to be sent, or for all that is left', () => {
    const dry = { isDry: true, gainBytes: 10, backlogBytes: 60 };
    assert.equal(isDue(dry), false);
    assert.equal(isDue({ ...dry, gainBytes: 25 }), true);
    assert.equal(isDue({ ...dry, backlogBytes: 24 }), true);
    assert.equal(isDue({ ...dry, restBytes: 10 }), true);
  });

  it('is always when nothing stays, and never where nothing is gained', () => {
    assert.equal(isDue({ staying: 0, gainBytes: 0 }), true);
    assert.equal(isDue({ isDry: true, gainBytes: 0, restBytes: 9 }), false);
  });
});

/** Pieces of 4 MiB; every file of 9 MiB shares its first and its last with its neighbours. */
const album = makeMetainfo({
  name: 'album',
  pieceLengthBytes: 4 * mebibyte,
  files: [9, 9, 9, 9].map((size) => size * mebibyte),
});
const all = [9, 9, 9, 9].map((size) => size * mebibyte);

function leavingOf(spec: Omit<TorrentSpec, 'metainfo'>, staying: readonly number[]): readonly number[] {
  const loaded = { mode: asByteString(partsMode) };
  const world = makeWorld([{ metainfo: album, loaded, detail: {}, local: makeLocal(album, all), ...spec }]);
  const situation = situationIn(world, album);
  assert.ok(situation.detail !== undefined);
  const stays = album.files.filter(({ index }) => staying.includes(index));
  return leaving(situation, situation.detail, stays).map(({ index }) => index);
}

describe('leaving', () => {
  it('are proved files that are here, and no others', () => {
    assert.deepEqual(leavingOf({ receipts: [0, 2] }, []), [0, 2]);
    assert.deepEqual(leavingOf({ receipts: [0, 2], local: makeLocal(album, [undefined, 1, 1]) }, []), [2]);
    assert.deepEqual(leavingOf({ receipts: [0, 2], local: makeLocal(album, [0, 1, 1]) }, []), [2]);
    assert.deepEqual(leavingOf({ receipts: [] }, []), []);
  });

  it('are none that are under way', () => {
    assert.deepEqual(leavingOf({ receipts: [0, 2], jobs: [{ files: [2] }] }, []), [0]);
  });

  it('leave although an unfinished neighbour loses a piece', () => {
    assert.deepEqual(leavingOf({ receipts: [0] }, [1]), [0]);
  });

  it('stay while a neighbour is whole and unproved, or on its way: it would not be whole any more', () => {
    assert.deepEqual(leavingOf({ receipts: [0, 2], detail: { pieces: [2, 3, 4] } }, [1]), []);
    assert.deepEqual(leavingOf({ receipts: [0, 2], jobs: [{ files: [1] }] }, [1]), []);
    assert.deepEqual(leavingOf({ receipts: [0, 3], detail: { pieces: [2, 3, 4] } }, [1]), [3]);
  });

  it('stay where to fetch the shared piece again would cost as much', () => {
    const remnant = makeLocal(album, [2 * mebibyte]);
    assert.deepEqual(leavingOf({ receipts: [0], local: remnant }, [1]), []);
    assert.deepEqual(leavingOf({ receipts: [0], local: remnant }, [3]), [0]);
  });

  it('are padding as well', () => {
    const padded = makeMetainfo({
      name: 'padded',
      files: [5 * mebibyte, { lengthBytes: 11 * mebibyte, isPadding: true }, 5 * mebibyte],
    });
    const loaded = { mode: asByteString(partsMode) };
    const world = makeWorld([
      { metainfo: padded, loaded, detail: {}, local: makeLocal(padded), receipts: [0] },
    ]);
    const situation = situationIn(world, padded);
    assert.ok(situation.detail !== undefined);
    const gone = leaving(situation, situation.detail, padded.files.slice(2));
    assert.deepEqual(
      gone.map(({ index }) => index),
      [0, 1],
    );
  });
});

describe('without', () => {
  it('is what is here, less what those files take', () => {
    const local = makeLocal(album, all);
    const left = without(local, album.files.slice(0, 1));
    assert.equal(left?.files[0], undefined);
    assert.equal(left?.files[1], local.files[1]);
    assert.equal(left?.allocatedBytes, 27 * mebibyte);
    assert.equal(without(undefined, album.files), undefined);
  });
});
