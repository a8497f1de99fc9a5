/** Selecting: runs of files that fit, with what lies on disk already, and files that never will. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { growthCeiling } from '../../../src/core/budget.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import { claimedRoots } from '../../../src/core/overlap.ts';
import type { LocalTorrent } from '../../../src/core/snapshot.ts';
import type { Window } from '../../../src/core/budget.ts';
import { nextBatch, selectOrWait } from '../../../src/core/select.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  blockBytes,
  downloads,
  infohashOf,
  makeLocal,
  makeManaged,
  makeMetainfo,
  makeWorld,
  mebibyte,
} from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

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
  return decideBeside([], metainfo, where, spec);
}

function decideBeside(
  others: readonly TorrentSpec[],
  metainfo: Metainfo,
  where: Window,
  spec: Omit<TorrentSpec, 'metainfo'> = {},
): ReturnType<typeof selectOrWait> {
  const world = makeWorld([{ metainfo, ...spec }, ...others]);
  const around = surroundingsIn(world);
  const claimed = claimedRoots(around.view, around.managed);
  return selectOrWait(situationIn(world, metainfo), where, claimed, around);
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

  it('finds a run that fits as a whole although its beginning shares pieces with what lies there', () => {
    const metainfo = makeMetainfo({ files: [4, 24, 24].map((size) => size * mebibyte) });
    const local = makeLocal(metainfo, [undefined, 24 * mebibyte, 24 * mebibyte]);
    assert.deepEqual(nextBatch(makeManaged(metainfo), metainfo.files, local, window(52)), [0, 1, 2]);
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

  it('waits for the same whether nothing is here or files of nothing are', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: -9, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (files, room, limit) => {
          const metainfo = makeMetainfo({ files: files.map((size) => size * mebibyte) });
          const hollow = metainfo.files.map(() => ({ sizeBytes: 1, allocatedBytes: 0 }));
          const local = { ...makeLocal(metainfo, []), files: hollow };
          // Twice, for the second answer is told by what is known from the first.
          for (const where of [window(room, limit), window(room, limit)]) {
            const untouched = decide(metainfo, where);
            const touched = decide(metainfo, where, { local });
            assert.equal(untouched.kind, touched.kind);
            if (untouched.kind === 'space') assert.deepEqual(untouched, touched);
          }
        },
      ),
    );
  });

  it('heeds another limit', () => {
    assert.equal(decide(aligned, window(10, 20)).kind, 'space');
    assert.notEqual(decide(aligned, window(10, 12)).kind, 'space');
    assert.equal(decide(aligned, window(10, 20)).kind, 'space');
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

describe('selectOrWait, where others are', () => {
  it('does not go over a torrent that is loaded, nor over one that lies inside', () => {
    const twin = makeMetainfo({ name: 'torrent', isMultiFile: true, infohash: infohashOf('twin') });
    const inside = { reportedDirectory: asByteString('/downloads/torrent') };
    const others: readonly TorrentSpec[] = [
      { metainfo: twin, isManaged: false, loaded: { isComplete: true } },
      { metainfo: makeMetainfo({ name: 'inside' }), isManaged: false, loaded: inside },
    ];
    for (const other of others) {
      const decision = decideBeside([other], aligned, window(40));
      assert.deepEqual(decision, { kind: 'path-taken', path: '/downloads/torrent' });
    }
  });
});

describe('selectOrWait, where leftovers take the space', () => {
  const metainfo = makeMetainfo({ files: [64, 64, 64].map((size) => size * mebibyte) });
  const leftOver = (...mebibytes: readonly (number | undefined)[]): LocalTorrent =>
    makeLocal(
      metainfo,
      mebibytes.map((size) => size && size * mebibyte),
    );
  const tidied = (decision: ReturnType<typeof selectOrWait>): readonly number[] => {
    assert.ok(decision.kind === 'tidy', decision.kind);
    return decision.files.map((file) => file.index);
  };

  it('tidies what stands in the way of the first file that fits alone', () => {
    const decision = decide(metainfo, window(100), { local: leftOver(34, 33, 33) });
    assert.deepEqual(tidied(decision), [1, 2]);
    assert.ok('directory' in decision);
    assert.equal(decision.directory, '/downloads/torrent');
  });

  it('tidies nothing while a file fits beside them', () => {
    assert.equal(decide(metainfo, window(100), { local: leftOver(34, 33) }).kind, 'select');
  });

  it('leaves what is whole, and what has no block here', () => {
    const four = makeMetainfo({ files: [64, 17, 64, 16].map((size) => size * mebibyte) });
    const local = makeLocal(
      four,
      [1, 17, 40, 0].map((size) => size * mebibyte),
    );
    // The first file has no room beside the second, which is whole: that one comes next.
    assert.deepEqual(tidied(decide(four, window(72), { local })), [0, 2]);
  });

  it('waits where even the empty space would not do', () => {
    const decision = decide(metainfo, window(50, 100), { local: leftOver(20, 20) });
    assert.deepEqual(decision, {
      kind: 'space',
      needBytes: 64 * mebibyte + blockBytes,
      roomBytes: 10 * mebibyte,
    });
  });

  it('keeps the files of others around it, and waits where they were not seen', () => {
    const base = makeMetainfo({ name: 'base', files: [{ path: 'torrent/file-1', lengthBytes: 1 }, 2] });
    const around = { metainfo: base, isManaged: false, loaded: { reportedDirectory: downloads } };
    const spec = { local: leftOver(34, 33, 33) };
    assert.equal(decideBeside([around], metainfo, window(100), spec).kind, 'shared-files');
    const decision = decideBeside([{ ...around, detail: {} }], metainfo, window(100), spec);
    assert.deepEqual(tidied(decision), [2]);
    assert.ok('keep' in decision);
    assert.ok(decision.keep.has(asByteString('/downloads/torrent/file-1')));
  });

  it('waits rather than to tidy, again and again, what is kept for others', () => {
    const files = [0, 1, 2].map((index) => ({ path: `torrent/file-${index}`, lengthBytes: 1 }));
    const base = makeMetainfo({ name: 'base', files });
    const around = { metainfo: base, isManaged: false, loaded: { reportedDirectory: downloads }, detail: {} };
    const decision = decideBeside([around], metainfo, window(100), { local: leftOver(34, 33, 33) });
    assert.equal(decision.kind, 'space');
  });

  it('tidies parts, whoever of its name they are of: nothing whole is lost, and none waits for the other', () => {
    const twin = makeMetainfo({
      name: 'torrent',
      infohash: infohashOf('twin'),
      files: [50, 49].map((size) => size * mebibyte),
    });
    const other = { metainfo: twin, local: makeLocal(twin) };
    const decision = decideBeside([other], metainfo, window(100), { local: leftOver(34, 33, 33) });
    assert.deepEqual(tidied(decision), [1, 2]);
  });
});
