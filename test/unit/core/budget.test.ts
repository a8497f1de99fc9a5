/** The space: limits, the reserve, and what each torrent takes or may come to take. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  commitmentOf,
  growthCeiling,
  measureSpace,
  guardOf,
  reserveOf,
  selectedFiles,
} from '../../../src/core/budget.ts';
import { wholeFootprint } from '../../../src/core/footprint.ts';
import {
  blockBytes,
  gibibyte,
  makeDetail,
  makeDisk,
  makeLocal,
  makeManaged,
  makeMetainfo,
  makePolicy,
  makeTorrent,
  mebibyte,
} from '../../support/world.ts';

describe('guardOf', () => {
  it('is half of the reserve, but not more than 5 % of the limit, and 1 MiB at least', () => {
    const disk = makeDisk({ totalBytes: 10 * gibibyte });
    assert.equal(guardOf(disk, 10 * gibibyte), Math.floor(reserveOf(disk) / 2));
    assert.equal(guardOf(disk, gibibyte), Math.floor(gibibyte * 0.05));
    assert.equal(guardOf(disk, 1000), mebibyte);
  });
});

describe('reserveOf', () => {
  it('is two percent of the filesystem, from 4 MiB to 1 GiB', () => {
    assert.equal(reserveOf(makeDisk({ totalBytes: 10 * gibibyte })), Math.ceil(0.2 * gibibyte));
    assert.equal(reserveOf(makeDisk({ totalBytes: 64 * mebibyte })), 4 * mebibyte);
    assert.equal(reserveOf(makeDisk({ totalBytes: 50_000 * gibibyte })), gibibyte);
  });
});

describe('measureSpace', () => {
  const amount = fc.nat(20 * gibibyte);
  const commitment = fc
    .record({ allocatedBytes: amount, growthBytes: amount })
    .map(({ allocatedBytes, growthBytes }) => ({
      allocatedBytes,
      committedBytes: allocatedBytes + growthBytes,
    }));

  it('limits to what the user allows and to what the filesystem has, less the reserve', () => {
    fc.assert(
      fc.property(fc.array(commitment), amount, amount, (commitments, freeBytes, spaceLimitBytes) => {
        const disk = makeDisk({ freeBytes });
        const space = measureSpace(disk, makePolicy({ spaceLimitBytes }), commitments);
        const allocated = commitments.reduce((sum, one) => sum + one.allocatedBytes, 0);
        const committed = commitments.reduce((sum, one) => sum + one.committedBytes, 0);
        const filesystem = Math.max(0, allocated + freeBytes - reserveOf(disk));
        assert.equal(space.limitBytes, Math.min(spaceLimitBytes, filesystem));
        assert.equal(space.limitedBy, spaceLimitBytes <= filesystem ? 'space_limit' : 'filesystem');
        assert.equal(space.allocatedBytes, allocated);
        assert.equal(space.promisedBytes, committed - allocated);
        assert.equal(space.roomBytes, Math.max(0, space.limitBytes - committed));
        assert.ok(space.roomBytes === 0 || space.roomBytes <= freeBytes - space.reserveBytes);
      }),
    );
  });

  it('has no room, and less than none never, on a disk that is full', () => {
    const disk = makeDisk({ freeBytes: 0 });
    const space = measureSpace(disk, makePolicy(), [{ allocatedBytes: mebibyte, committedBytes: gibibyte }]);
    assert.equal(space.limitBytes, 0);
    assert.equal(space.roomBytes, 0);
    assert.equal(space.limitedBy, 'filesystem');
    assert.equal(measureSpace({ ...disk, isQuota: true }, makePolicy(), []).limitedBy, 'quota');
  });
});

describe('commitmentOf', () => {
  const metainfo = makeMetainfo({ files: [16 * mebibyte, 32 * mebibyte, 16 * mebibyte] });
  const managed = makeManaged(metainfo);
  const wholeBytes = wholeFootprint(metainfo, blockBytes);
  const local = makeLocal(metainfo, [mebibyte, 2 * mebibyte]);

  it('of a torrent that is not loaded is what lies on disk', () => {
    assert.deepEqual(commitmentOf(managed, undefined, undefined, local, blockBytes), {
      allocatedBytes: 3 * mebibyte,
      committedBytes: 3 * mebibyte,
    });
    assert.deepEqual(commitmentOf(managed, undefined, undefined, undefined, blockBytes), {
      allocatedBytes: 0,
      committedBytes: 0,
    });
  });

  it('of a loaded torrent is the whole of it from the first moment, also while it is stopped', () => {
    for (const isStarted of [true, false]) {
      const loaded = makeTorrent(metainfo, { isStarted, isActive: isStarted });
      assert.deepEqual(commitmentOf(managed, loaded, undefined, undefined, blockBytes), {
        allocatedBytes: 0,
        committedBytes: wholeBytes,
      });
    }
  });

  it('of a complete torrent is what it takes', () => {
    const loaded = makeTorrent(metainfo, { isComplete: true });
    assert.deepEqual(commitmentOf(managed, loaded, undefined, makeLocal(metainfo), blockBytes), {
      allocatedBytes: 64 * mebibyte,
      committedBytes: 64 * mebibyte,
    });
  });

  it('of a complete torrent of which not all was seen is the whole of it: the rest may be anywhere', () => {
    const padded = makeMetainfo({
      files: [16 * mebibyte, { lengthBytes: 16 * mebibyte, isPadding: true }, 16 * mebibyte],
    });
    const committed = (there: ReturnType<typeof makeLocal> | undefined): number =>
      commitmentOf(
        makeManaged(padded),
        makeTorrent(padded, { isComplete: true }),
        undefined,
        there,
        blockBytes,
      ).committedBytes / mebibyte;
    assert.equal(committed(undefined), 48);
    assert.equal(committed(makeLocal(padded, [16 * mebibyte])), 48);
    assert.equal(committed(makeLocal(padded, [16 * mebibyte, undefined, 16 * mebibyte])), 32);
  });

  it('is never less than what lies on disk', () => {
    const more = makeLocal(metainfo, [wholeBytes, wholeBytes, wholeBytes]);
    const { committedBytes } = commitmentOf(managed, makeTorrent(metainfo), undefined, more, blockBytes);
    assert.equal(committedBytes, 3 * wholeBytes);
  });

  it('of a torrent that is fetched in parts is the selected files, and what else lies there', () => {
    const loaded = makeTorrent(metainfo);
    const detail = makeDetail(metainfo, { selected: [0] });
    assert.deepEqual(
      commitmentOf(managed, loaded, detail, makeLocal(metainfo, [mebibyte, 0, 5 * mebibyte]), blockBytes),
      { allocatedBytes: 6 * mebibyte, committedBytes: 21 * mebibyte },
    );
  });
});

describe('growthCeiling', () => {
  // Pieces of 16 MiB: file 1 shares piece 0 with file 0, and piece 1 with file 2.
  const metainfo = makeMetainfo({ files: [12 * mebibyte, 12 * mebibyte, 24 * mebibyte] });
  const managed = makeManaged(metainfo);
  const ceiling = (selected: readonly number[], local?: ReturnType<typeof makeLocal>): number =>
    growthCeiling(managed, new Set(selected), local, blockBytes) / mebibyte;

  it('is the footprint where nothing is there: the files and the borders of their neighbours', () => {
    assert.equal(ceiling([]), 0);
    assert.equal(ceiling([1]), 12 + 12 + 8);
    assert.equal(ceiling([2]), 8 + 24);
    assert.equal(ceiling([0, 1, 2]), 48);
  });

  it('counts what lies there of a selected file once', () => {
    assert.equal(ceiling([1], makeLocal(metainfo, [undefined, 5 * mebibyte])), 12 + 12 + 8);
  });

  it('counts what lies there of files that nobody selected, for nothing goes away by itself', () => {
    const far = makeMetainfo({ files: [16 * mebibyte, 16 * mebibyte, 16 * mebibyte] });
    const there = makeLocal(far, [undefined, undefined, 9 * mebibyte]);
    assert.equal(growthCeiling(makeManaged(far), new Set([0]), there, blockBytes), 25 * mebibyte);
  });

  it('does not take what lies there of a neighbour for the border that is fetched: it may be its other end', () => {
    assert.equal(ceiling([1], makeLocal(metainfo, [undefined, undefined, 9 * mebibyte])), 12 + 12 + 9 + 8);
  });

  it('counts the map of extents for a file that seems to have every block: one of them may be its map', () => {
    const large = makeMetainfo({ isMultiFile: true, files: [128 * mebibyte] });
    const most = 128 * mebibyte + blockBytes;
    for (const there of [undefined, makeLocal(large), makeLocal(large, [most])]) {
      assert.equal(growthCeiling(makeManaged(large), new Set([0]), there, blockBytes), most);
    }
  });

  it('takes a neighbour for no more than the whole of it, however its parts lie', () => {
    const album = makeMetainfo({ files: [4, 24, 24].map((size) => size * mebibyte) });
    const local = makeLocal(album, [undefined, 24 * mebibyte, 24 * mebibyte]);
    assert.equal(growthCeiling(makeManaged(album), new Set([0]), local, blockBytes), 52 * mebibyte);
    const almost = makeLocal(album, [undefined, 23 * mebibyte]);
    assert.equal(growthCeiling(makeManaged(album), new Set([0]), almost, blockBytes), 28 * mebibyte);
  });

  it('never exceeds the whole torrent where nothing is larger than it should be', () => {
    const wholeBytes = wholeFootprint(metainfo, blockBytes);
    const there = fc.tuple(...metainfo.files.map((file) => fc.nat(file.lengthBytes)));
    fc.assert(
      fc.property(there, fc.subarray([0, 1, 2]), (allocated, selected) => {
        const local = makeLocal(metainfo, allocated);
        assert.ok(growthCeiling(managed, new Set(selected), local, blockBytes) <= wholeBytes);
      }),
    );
  });

  it('is never less than what lies there, nor than the footprint', () => {
    const size = fc.nat(40 * mebibyte);
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 3, maxLength: 3 }),
        fc.subarray([0, 1, 2]),
        (there, selected) => {
          const local = makeLocal(metainfo, there);
          const bytes = growthCeiling(managed, new Set(selected), local, blockBytes);
          assert.ok(bytes >= local.allocatedBytes);
          assert.ok(bytes >= growthCeiling(managed, new Set(selected), undefined, blockBytes));
        },
      ),
    );
  });
});

describe('selectedFiles', () => {
  it('are the indices of the files that rtorrent fetches', () => {
    const metainfo = makeMetainfo({ files: [1, 2, 3] });
    assert.deepEqual(selectedFiles(makeDetail(metainfo, { selected: [0, 2] })), new Set([0, 2]));
    assert.deepEqual(selectedFiles(makeDetail(metainfo)), new Set([0, 1, 2]));
  });
});
