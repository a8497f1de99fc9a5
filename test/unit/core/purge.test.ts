/** Purging: what goes, what stays for others, and when the .torrent goes as well. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import { partsMode } from '../../../src/core/parts.ts';
import { wholeReceipt } from '../../../src/core/prove.ts';
import { pathsToKeep, purge, purgeOrRetire } from '../../../src/core/purge.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { TorrentSpec } from '../../support/world.ts';
import {
  downloads,
  infohashOf,
  makeLocal,
  makeMetainfo,
  makeReceipt,
  makeWorld,
} from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

const album = makeMetainfo({
  name: 'album',
  files: [5000, { path: 'cd/two', lengthBytes: 5000 }, { lengthBytes: 40, isPadding: true }, 0],
});
const proven = [0, 1, 3];

function end(world: Snapshot): ReturnType<typeof purgeOrRetire> {
  const situation = situationIn(world, album);
  const receipts = wholeReceipt(album, situation.receipts);
  assert.ok(receipts !== undefined);
  return purgeOrRetire(situation, receipts, surroundingsIn(world));
}

function kept(...others: readonly TorrentSpec[]): readonly string[] {
  const action = end(
    makeWorld([{ metainfo: album, loaded: { isComplete: true }, receipts: proven }, ...others]),
  );
  assert.ok('keep' in action, action.kind);
  return [...action.keep].sort();
}

describe('purgeOrRetire', () => {
  it('deletes first, as long as something is in rtorrent or on disk', () => {
    const loaded = end(makeWorld([{ metainfo: album, loaded: {}, receipts: proven }]));
    assert.equal(loaded.kind, 'purge');
    assert.ok('isLoaded' in loaded);
    assert.equal(loaded.isLoaded, true);
    const local = makeLocal(album, [undefined, undefined, undefined, 0]);
    const onDisk = end(makeWorld([{ metainfo: album, local, receipts: proven }]));
    assert.ok('isLoaded' in onDisk);
    assert.equal(onDisk.isLoaded, false);
  });

  it('leaves what lies there of others, and goes', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const others = { metainfo: twin, isManaged: false, loaded: { isComplete: true }, detail: {} };
    const endWith = (allocated: readonly (number | undefined)[]): string =>
      end(makeWorld([{ metainfo: album, receipts: proven, local: makeLocal(album, allocated) }, others]))
        .kind;
    assert.equal(endWith([8192]), 'retire');
    assert.equal(endWith([8192, 8192]), 'purge');
  });

  it('goes where nothing at all is here, whoever is about, and however unclear their files', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const world = makeWorld([
      { metainfo: album, receipts: proven, local: makeLocal(album, []) },
      { metainfo: twin, isManaged: false, loaded: {} },
    ]);
    assert.equal(end(world).kind, 'retire');
  });

  it('stays where nobody looked whether anything is here', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const world = makeWorld([
      { metainfo: album, receipts: proven },
      { metainfo: twin, isManaged: false, loaded: {} },
    ]);
    assert.equal(end(world).kind, 'shared-files');
  });

  it('takes the .torrent away last, with every receipt', () => {
    const action = end(makeWorld([{ metainfo: album, receipts: proven }]));
    assert.equal(action.kind, 'retire');
    assert.ok('receipts' in action);
    assert.deepEqual(
      action.receipts.map((receipt) => receipt.fileIndex),
      proven,
    );
  });
});

describe('purge', () => {
  it('deletes what the receipts name, and padding, and nothing else', () => {
    const world = makeWorld([{ metainfo: album, loaded: {}, receipts: [1] }]);
    const action = purge(situationIn(world, album), [makeReceipt(album, 1)], surroundingsIn(world));
    assert.ok('keep' in action);
    assert.deepEqual(
      action.files.map((file) => file.index),
      [1, 2],
    );
    assert.equal(action.directory, '/downloads/album');
  });

  it('deletes where rtorrent has the data', () => {
    const loaded = { isComplete: true, reportedDirectory: asByteString('/elsewhere/album') };
    const action = end(makeWorld([{ metainfo: album, loaded, receipts: proven }]));
    assert.ok('directory' in action);
    assert.equal(action.directory, '/elsewhere/album');
  });

  it('deletes nothing where it does not know the place', () => {
    const loaded = { isComplete: true, reportedDirectory: asByteString('/what?') };
    assert.deepEqual(end(makeWorld([{ metainfo: album, loaded, receipts: proven }])), {
      kind: 'place-unknown',
      reported: '/what?',
    });
  });

  it('keeps nothing where nobody else is', () => {
    const elsewhere = makeMetainfo({ name: 'album', infohash: infohashOf('elsewhere'), files: [1, 2] });
    const beside = makeMetainfo({ name: 'film' });
    const reportedDirectory = asByteString('/elsewhere/album');
    assert.deepEqual(
      kept(
        { metainfo: elsewhere, isManaged: false, loaded: { reportedDirectory }, detail: {} },
        { metainfo: beside, isManaged: false, loaded: {} },
      ),
      [],
    );
  });

  it('keeps the files of other managed torrents, by their metainfo', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    assert.deepEqual(kept({ metainfo: twin, loaded: { isComplete: true } }), [
      '/downloads/album/file-0',
      '/downloads/album/file-1',
    ]);
  });

  it("keeps the files of somebody else's torrents, as rtorrent lists them", () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const single = makeMetainfo({ name: 'two', infohash: infohashOf('single') });
    const base = makeMetainfo({ name: 'base', files: [{ path: 'album/file-0', lengthBytes: 1 }, 2] });
    assert.deepEqual(
      kept(
        { metainfo: twin, isManaged: false, loaded: {}, detail: {} },
        {
          metainfo: single,
          isManaged: false,
          loaded: { reportedDirectory: asByteString('/downloads/album/cd') },
          detail: {},
        },
        { metainfo: base, isManaged: false, loaded: { reportedDirectory: downloads }, detail: {} },
      ),
      ['/downloads/album/cd/two', '/downloads/album/file-0', '/downloads/album/file-1', '/downloads/file-1'],
    );
  });

  it('keeps them also where rtorrent reports a directory with a slash at its end', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const base = makeMetainfo({ name: 'base', files: [{ path: 'album/file-0', lengthBytes: 1 }, 2] });
    const at = (directory: string): Omit<TorrentSpec, 'metainfo'> => ({
      isManaged: false,
      loaded: { reportedDirectory: asByteString(directory) },
      detail: {},
    });
    assert.deepEqual(kept({ metainfo: twin, ...at('/downloads/album/') }), [
      '/downloads/album/file-0',
      '/downloads/album/file-1',
    ]);
    assert.deepEqual(kept({ metainfo: base, ...at('/downloads/') }), [
      '/downloads/album/file-0',
      '/downloads/file-1',
    ]);
  });

  it('waits while the files of a neighbour were not seen, or not clearly', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const unseen = makeWorld([
      { metainfo: album, loaded: { isComplete: true }, receipts: proven },
      { metainfo: twin, isManaged: false, loaded: {} },
    ]);
    assert.deepEqual(end(unseen), { kind: 'shared-files', other: 'album' });
    const unclear = makeMetainfo({
      name: 'album',
      infohash: infohashOf('twin'),
      files: [{ path: 'caf?', lengthBytes: 1 }, 2],
    });
    const mangled = makeWorld([
      { metainfo: album, loaded: { isComplete: true }, receipts: proven },
      { metainfo: unclear, isManaged: false, loaded: {}, detail: {} },
    ]);
    assert.deepEqual(end(mangled), { kind: 'shared-files', other: 'album' });
  });

  it('goes by the same rules for a batch of a torrent that is fetched in parts', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
    const world = makeWorld([
      {
        metainfo: album,
        loaded: { mode: asByteString(partsMode) },
        detail: { selected: [0] },
        receipts: [0],
      },
      { metainfo: twin, loaded: {} },
    ]);
    const action = purge(situationIn(world, album), [makeReceipt(album, 0)], surroundingsIn(world));
    assert.ok('keep' in action);
    assert.ok(action.keep.has(asByteString('/downloads/album/file-0')));
  });
});

describe('pathsToKeep', () => {
  const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin'), files: [5000, 77] });
  const directory = asByteString('/downloads/album');
  const keepIn = (...others: readonly TorrentSpec[]): ReturnType<typeof pathsToKeep> => {
    const world = makeWorld([{ metainfo: album }, ...others]);
    return pathsToKeep(album, directory, surroundingsIn(world));
  };

  it('are the files of others in the same place', () => {
    assert.deepEqual(keepIn(), new Set());
    assert.deepEqual(
      keepIn({ metainfo: twin, loaded: {} }),
      new Set(['/downloads/album/file-0', '/downloads/album/file-1']),
    );
  });

  it('are, for a purge, those of another of its name, where neither is loaded and nobody says whose they are', () => {
    const keptBeside = (mine: Omit<TorrentSpec, 'metainfo'>, other: TorrentSpec): unknown => {
      const world = makeWorld([{ metainfo: album, ...mine }, other]);
      const action = purge(situationIn(world, album), [makeReceipt(album, 0)], surroundingsIn(world));
      return 'keep' in action ? [...action.keep] : action;
    };
    const paths = ['/downloads/album/file-0', '/downloads/album/file-1'];
    assert.deepEqual(keptBeside({}, { metainfo: twin }), paths);
    assert.deepEqual(keptBeside({ loaded: {} }, { metainfo: twin }), []);
    const away = { reportedDirectory: asByteString('/elsewhere/album') };
    assert.deepEqual(keptBeside({}, { metainfo: twin, loaded: away }), []);
    assert.deepEqual(keepIn({ metainfo: twin }), new Set());
  });

  it('are unknown, with the reason, where the files of one were not seen', () => {
    assert.deepEqual(keepIn({ metainfo: twin, isManaged: false, loaded: {} }), {
      kind: 'shared-files',
      other: 'album',
    });
  });
});
