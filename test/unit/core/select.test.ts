/** Selecting: runs of files that fit, with what lies on disk already, and files that never will. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { growthCeiling } from '../../../src/core/budget.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import type { Window } from '../../../src/core/select.ts';
import { nextBatch, selectOrWait } from '../../../src/core/select.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  blockBytes,
  makeLocal,
  makeManaged,
  makeMetainfo,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';
import { situationIn } from './situation-in.ts';

/** Ten files of one piece each: no borders to share. */
const aligned = makeMetainfo({ files: Array.from({ length: 10 }, () => 16 * mebibyte) });

function window(budgetMebibytes: number, limitMebibytes = budgetMebibytes): Window {
  return { budgetBytes: budgetMebibytes * mebibyte, limitBytes: limitMebibytes * mebibyte, blockBytes };
}

function batch(metainfo: Metainfo, wanted: readonly number[], budgetMebibytes: number): readonly number[] {
  const files = metainfo.files.filter((file) => wanted.includes(file.index));
  return nextBatch(makeManaged(metainfo), files, undefined, window(budgetMebibytes));
}

function decide(
  metainfo: Metainfo,
  where: Window,
  spec: Omit<TorrentSpec, 'metainfo'> = {},
): ReturnType<typeof selectOrWait> {
  return selectOrWait(situationIn(makeWorld([{ metainfo, ...spec }]), metainfo), where);
}

const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('nextBatch', () => {
  it('is the longest run from the first file that fits, to the byte', () => {
    assert.deepEqual(batch(aligned, all, 48), [0, 1, 2]);
    assert.deepEqual(batch(aligned, all, 47), [0, 1]);
    assert.deepEqual(batch(aligned, all, 160), all);
    assert.deepEqual(batch(aligned, all, 1000), all);
    assert.deepEqual(batch(aligned, all, 15), []);
  });

  it('takes only files that are wanted', () => {
    assert.deepEqual(batch(aligned, [3, 4, 5], 32), [3, 4]);
    assert.deepEqual(batch(aligned, [], 1000), []);
  });

  it('steps over a file that is too large', () => {
    const metainfo = makeMetainfo({ files: [64 * mebibyte, 16 * mebibyte, 16 * mebibyte, 64 * mebibyte] });
    assert.deepEqual(batch(metainfo, [0, 1, 2, 3], 40), [1, 2]);
  });

  it('counts the borders of neighbours', () => {
    // Files of 8 MiB in pieces of 16 MiB: any one brings its neighbour along.
    const metainfo = makeMetainfo({ files: Array.from({ length: 4 }, () => 8 * mebibyte) });
    assert.deepEqual(batch(metainfo, [0, 1, 2, 3], 15), []);
    assert.deepEqual(batch(metainfo, [0, 1, 2, 3], 16), [0, 1]);
    assert.deepEqual(batch(metainfo, [1, 2, 3], 16), [1]);
  });

  it('counts what lies there of other files', () => {
    const local = makeLocal(aligned, [undefined, undefined, undefined, 10 * mebibyte]);
    const files = aligned.files.slice(0, 3);
    assert.deepEqual(nextBatch(makeManaged(aligned), files, local, window(42)), [0, 1]);
    assert.deepEqual(nextBatch(makeManaged(aligned), files, local, window(41)), [0]);
  });

  it('fits, is a run of what is wanted, and cannot be made longer', () => {
    const torrent = fc
      .record({
        pieceLengthBytes: fc.constantFrom(mebibyte, 4 * mebibyte, 16 * mebibyte),
        files: fc.array(fc.integer({ min: 1, max: 40 * mebibyte }), { minLength: 1, maxLength: 12 }),
      })
      .map((spec) => makeMetainfo({ ...spec, isMultiFile: true }));
    fc.assert(
      fc.property(torrent, fc.integer({ min: 1, max: 200 }), (metainfo, budgetMebibytes) => {
        const managed = makeManaged(metainfo);
        const where = window(budgetMebibytes);
        const chosen = nextBatch(managed, metainfo.files, undefined, where);
        const cost = (indices: readonly number[]): number =>
          growthCeiling(managed, new Set(indices), undefined, blockBytes);
        const [first] = chosen;
        const fittingAlone = metainfo.files.find((file) => cost([file.index]) <= where.budgetBytes);
        assert.equal(first, fittingAlone?.index);
        if (first === undefined) return;
        assert.deepEqual(
          chosen,
          chosen.map((_, position) => first + position),
        );
        assert.ok(cost(chosen) <= where.budgetBytes);
        const next = first + chosen.length;
        if (next < metainfo.files.length) assert.ok(cost([...chosen, next]) > where.budgetBytes);
      }),
    );
  });
});

describe('selectOrWait', () => {
  it('selects a run and reserves what it may come to take beyond what is there', () => {
    const local = makeLocal(aligned, [4 * mebibyte]);
    const decision = decide(aligned, window(40), { local });
    assert.equal(decision.kind, 'select');
    assert.ok('reservedBytes' in decision);
    assert.deepEqual(decision.files, [0, 1]);
    assert.equal(decision.reservedBytes, 28 * mebibyte);
    assert.equal(decision.directory, '/downloads/torrent');
  });

  it('leaves out what is proved, and padding', () => {
    const metainfo = makeMetainfo({
      files: [16 * mebibyte, { lengthBytes: 16 * mebibyte, isPadding: true }, 16 * mebibyte, 16 * mebibyte],
    });
    const decision = decide(metainfo, window(100), { receipts: [0] });
    assert.ok('files' in decision);
    assert.deepEqual(decision.files, [2, 3]);
  });

  it('waits for room where a file would fit in an empty space', () => {
    assert.deepEqual(decide(aligned, window(10, 20)), {
      kind: 'space',
      needBytes: 16 * mebibyte,
      roomBytes: 10 * mebibyte,
    });
  });

  it('names the smallest file that can never fit, and what it needs', () => {
    const metainfo = makeMetainfo({ files: [48 * mebibyte, 32 * mebibyte, 64 * mebibyte] });
    assert.deepEqual(decide(metainfo, window(30)), {
      kind: 'file-too-large',
      path: 'file-1',
      needBytes: 32 * mebibyte,
      limitBytes: 30 * mebibyte,
    });
  });

  it('knows that a small file may need more than a large one, for its neighbours share its piece', () => {
    const metainfo = makeMetainfo({
      pieceLengthBytes: 64 * mebibyte,
      files: [mebibyte, 127 * mebibyte, 30 * mebibyte],
    });
    const decision = decide(metainfo, window(10, 40));
    assert.deepEqual(decision, { kind: 'space', needBytes: 30 * mebibyte, roomBytes: 10 * mebibyte });
  });

  it('fetches what fits before it complains of what does not', () => {
    const metainfo = makeMetainfo({ files: [48 * mebibyte, 16 * mebibyte] });
    const first = decide(metainfo, window(30));
    assert.ok('files' in first);
    assert.deepEqual(first.files, [1]);
    assert.equal(decide(metainfo, window(30), { receipts: [1] }).kind, 'file-too-large');
  });

  it('waits for space rather than to say "never" while one file could still fit', () => {
    const metainfo = makeMetainfo({ files: [48 * mebibyte, 16 * mebibyte] });
    const decision = decide(metainfo, window(8, 30));
    assert.deepEqual(decision, { kind: 'space', needBytes: 16 * mebibyte, roomBytes: 8 * mebibyte });
  });
});
