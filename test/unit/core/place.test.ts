/** Places on the remote: at the torrent's name, or at one of its own that can be foretold. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asByteString, bytesOfText, textOfBytes } from '../../../src/core/bytes.ts';
import type { Metainfo } from '../../../src/core/metainfo.ts';
import type { Placements } from '../../../src/core/place.ts';
import { ownPlace, remoteDirectoryOf, remotePathOf } from '../../../src/core/place.ts';
import { infohashOf, makeMetainfo } from '../../support/world.ts';

const album = makeMetainfo({ name: 'album', files: [{ path: 'disc 1/01.flac', lengthBytes: 1 }, 2] });
const film = makeMetainfo({ name: 'film.mkv', files: [5] });
const lonely = makeMetainfo({ name: 'dir', isMultiFile: true, files: [5] });

function pathsOf(metainfo: Metainfo, placements: Placements = new Map()): readonly string[] {
  return metainfo.files.map((file) => remotePathOf(metainfo, file, placements));
}

describe('remotePathOf and remoteDirectoryOf', () => {
  it("put a torrent's files below its name, and a single file at the root", () => {
    assert.deepEqual(pathsOf(album), ['album/disc 1/01.flac', 'album/file-1']);
    assert.deepEqual(pathsOf(film), ['film.mkv']);
    assert.deepEqual(pathsOf(lonely), ['dir/file-0']);
    const directories = [album, film, lonely].map((metainfo) => remoteDirectoryOf(metainfo, new Map()));
    assert.deepEqual(directories, ['album', '', 'dir']);
  });

  it('put them below the place of their own, where they have one', () => {
    const placements = new Map(
      [album, film].map((metainfo) => [metainfo.infohash, asByteString(`elsewhere of ${metainfo.name}`)]),
    );
    assert.deepEqual(pathsOf(album, placements), [
      'elsewhere of album/disc 1/01.flac',
      'elsewhere of album/file-1',
    ]);
    assert.deepEqual(pathsOf(film, placements), ['elsewhere of film.mkv/film.mkv']);
    assert.deepEqual(pathsOf(lonely, placements), ['dir/file-0']);
  });
});

describe('ownPlace', () => {
  it('is the name and the first digits of the infohash', () => {
    const digits = film.infohash.slice(0, 8).toLowerCase();
    assert.equal(ownPlace(film), `film.mkv.${digits}`);
  });

  it('is the infohash alone where the name is not UTF-8', () => {
    const metainfo = makeMetainfo({ name: 'caf\xe9' });
    assert.equal(ownPlace(metainfo), metainfo.infohash.toLowerCase());
  });

  it('differs between torrents of one name', () => {
    const twin = makeMetainfo({ name: 'album', infohash: infohashOf('twin') });
    assert.notEqual(ownPlace(twin), ownPlace(album));
  });

  it('is a name that a filesystem takes, in whole characters, and tells the torrent', () => {
    const character = fc.constantFrom('a', 'ß', '語', '🎉');
    const name = fc
      .array(character, { minLength: 1, maxLength: 255 })
      .map((list) => bytesOfText(list.join('')));
    fc.assert(
      fc.property(name, (bytes) => {
        const place = ownPlace(makeMetainfo({ name: bytes.slice(0, 1024) }));
        assert.ok(place.length <= 255);
        const isText = textOfBytes(asByteString(bytes.slice(0, 1024))) !== undefined;
        assert.ok(textOfBytes(place) !== undefined);
        if (isText && bytes.length <= 246) assert.ok(place.startsWith(bytes));
      }),
    );
  });
});
