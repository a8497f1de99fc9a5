/** Places that torrents share: who holds one, and who is a neighbour. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import {
  absolutePaths,
  claim,
  claimedRoots,
  isClaimed,
  neighboursOf,
  rootPath,
} from '../../../src/core/overlap.ts';
import type { RtorrentTorrent, RtorrentView } from '../../../src/core/snapshot.ts';
import {
  downloads,
  infohashOf,
  makeManaged,
  makeMetainfo,
  makeTorrent,
  makeView,
} from '../../support/world.ts';

const mine = infohashOf('mine');
const noneManaged = new Map();

/** An unmanaged torrent, as rtorrent reports it. */
function somebodys(name: string, overrides: Partial<RtorrentTorrent> = {}): RtorrentTorrent {
  return makeTorrent(makeMetainfo({ name, isMultiFile: overrides.isMultiFile ?? false }), overrides);
}

function viewOf(...torrents: readonly RtorrentTorrent[]): RtorrentView {
  return makeView({ torrents: new Map(torrents.map((torrent) => [torrent.infohash, torrent])) });
}

describe('rootPath and absolutePaths', () => {
  it('name the directory of a torrent that has one, else its file', () => {
    const album = makeMetainfo({ name: 'album', files: [{ path: 'cd/1', lengthBytes: 1 }, 2] });
    const film = makeMetainfo({ name: 'film', files: [1] });
    assert.equal(rootPath(album, asByteString('/x/album')), '/x/album');
    assert.equal(rootPath(film, asByteString('/x')), '/x/film');
    assert.deepEqual(absolutePaths(album, asByteString('/x/album')), ['/x/album/cd/1', '/x/album/file-1']);
    assert.deepEqual(absolutePaths(film, asByteString('/x')), ['/x/film']);
  });
});

describe('isClaimed', () => {
  const isTaken = (root: string, ...torrents: readonly RtorrentTorrent[]): boolean =>
    isClaimed(claimedRoots(viewOf(...torrents), noneManaged), asByteString(root), mine);

  it('is true where another torrent lies in that very place, managed or not', () => {
    const film = somebodys('film');
    const album = somebodys('album', { isMultiFile: true });
    assert.equal(isTaken('/downloads/film', film, album), true);
    assert.equal(isTaken('/downloads/album', film, album), true);
    assert.equal(isTaken('/downloads/other', film, album), false);
    assert.equal(isTaken('/downloads', film, album), false);
  });

  it('is true where another torrent lies in it, at any depth, and not where one lies beside or around it', () => {
    const inside = somebodys('single', { reportedDirectory: asByteString('/downloads/album/cd 1') });
    const around = somebodys('base', { isMultiFile: true, reportedDirectory: downloads });
    assert.equal(isTaken('/downloads/album', inside), true);
    assert.equal(isTaken('/downloads/alb', inside), false);
    assert.equal(isTaken('/downloads/album', around), false);
  });

  it('is never true by the torrent itself', () => {
    const itself = makeTorrent(makeMetainfo({ name: 'film', infohash: mine }));
    assert.equal(isTaken('/downloads/film', itself), false);
  });

  it('goes by the place, not by the name', () => {
    const moved = somebodys('film', { reportedDirectory: asByteString('/elsewhere') });
    assert.equal(isTaken('/downloads/film', moved), false);
    assert.equal(isTaken('/elsewhere/film', moved), true);
  });

  it('does not mind a slash at the end of a report', () => {
    const reportedDirectory = asByteString('/downloads/album/');
    assert.equal(
      isTaken('/downloads/album', somebodys('album', { isMultiFile: true, reportedDirectory })),
      true,
    );
    assert.equal(isTaken('/downloads/album/film', somebodys('film', { reportedDirectory })), true);
  });

  it('may be by one whose name rtorrent does not report clearly', () => {
    const party = somebodys('????', { isMultiFile: true });
    assert.equal(isTaken(bytesOfText('/downloads/🎉'), party), true);
    assert.equal(isTaken('/downloads/abcd', party), false);
  });

  it('takes the true name from the metainfo of a managed torrent', () => {
    const metainfo = makeMetainfo({ name: bytesOfText('🎉'), isMultiFile: true });
    const reported = makeTorrent(metainfo, { reportedDirectory: asByteString('/downloads/????') });
    const managed = new Map([[metainfo.infohash, makeManaged(metainfo)]]);
    const claimed = claimedRoots(viewOf(reported), managed);
    assert.equal(isClaimed(claimed, bytesOfText('/downloads/🎉'), mine), true);
    assert.equal(isClaimed(claimed, bytesOfText('/downloads/🎈'), mine), false);
  });
});

describe('claim', () => {
  it('takes a place for one torrent, from all others', () => {
    const claimed = claimedRoots(viewOf(), noneManaged);
    const root = asByteString('/downloads/film');
    claim(claimed, root, mine);
    assert.equal(isClaimed(claimed, root, mine), false);
    assert.equal(isClaimed(claimed, root, infohashOf('other')), true);
  });
});

describe('neighboursOf', () => {
  const neighbours = (root: string, ...torrents: readonly RtorrentTorrent[]): readonly string[] =>
    neighboursOf(viewOf(...torrents), noneManaged, asByteString(root), mine).map((one) => one.reportedName);
  const album = somebodys('album', { isMultiFile: true });

  it('are not the other single files of the same directory', () => {
    assert.deepEqual(neighbours('/downloads/film', somebodys('other'), somebodys('film 2')), []);
    assert.deepEqual(neighbours('/downloads/album', somebodys('other'), somebodys('album 2')), []);
  });

  it('are those in the very place, inside it, and around it', () => {
    const inside = somebodys('single', { reportedDirectory: asByteString('/downloads/album') });
    const below = somebodys('sub', {
      isMultiFile: true,
      reportedDirectory: asByteString('/downloads/album/sub'),
    });
    const around = somebodys('base', { isMultiFile: true, reportedDirectory: downloads });
    const beside = somebodys('albums', { isMultiFile: true });
    const names = neighbours('/downloads/album', album, inside, below, around, beside);
    assert.deepEqual([...names].sort(), ['album', 'base', 'single', 'sub']);
    assert.deepEqual(neighbours('/downloads/film', around, album), ['base']);
  });

  it('come in the same order, whatever the order in which rtorrent lists them', () => {
    const inside = ['one', 'two', 'three'].map((name) =>
      somebodys(name, { reportedDirectory: asByteString('/downloads/album') }),
    );
    const names = neighbours('/downloads/album', ...inside);
    assert.equal(names.length, 3);
    assert.deepEqual(neighbours('/downloads/album', ...inside.reverse()), names);
  });

  it('are not the torrent itself', () => {
    const itself = makeTorrent(makeMetainfo({ name: 'album', isMultiFile: true, infohash: mine }));
    assert.deepEqual(neighbours('/downloads/album', itself, album), ['album']);
  });

  it('may be torrents that rtorrent does not report clearly', () => {
    const root = bytesOfText('/downloads/🎉');
    assert.deepEqual(neighbours(root, somebodys('????')), ['????']);
    const inside = somebodys('x', { reportedDirectory: asByteString('/downloads/????') });
    assert.deepEqual(neighbours(root, inside), ['x']);
    assert.deepEqual(neighbours('/downloads/abcd', somebodys('????')), []);
  });

  it('of managed torrents go by their metainfo', () => {
    const metainfo: Metainfo = makeMetainfo({ name: bytesOfText('🎈'), isMultiFile: true });
    const managed = new Map([[metainfo.infohash, makeManaged(metainfo)]]);
    const view = viewOf(makeTorrent(metainfo, { reportedDirectory: asByteString('/downloads/????') }));
    assert.deepEqual(neighboursOf(view, managed, bytesOfText('/downloads/🎉'), mine), []);
    assert.equal(neighboursOf(view, managed, bytesOfText('/downloads/🎈'), mine).length, 1);
  });
});
