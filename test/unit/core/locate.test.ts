/** Where files are: with plain reports, moved directories, and reports of rtorrent 0.9.8 that have lost bytes. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ByteString } from '../../../src/core/bytes.ts';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';
import { expectedDirectory, fitsReport, locate } from '../../../src/core/locate.ts';
import { downloads, makeMetainfo, makeTorrent } from '../../support/world.ts';

/** What rtorrent 0.9.8 makes of a string with an emoji, or that is not UTF-8. */
function mangled(path: string): ByteString {
  return asByteString(path.replaceAll(/[\x80-\xff]/g, '?'));
}

function located(
  name: string,
  isMultiFile: boolean,
  reported: string,
  parent = downloads,
): string | undefined {
  const metainfo = makeMetainfo({ name, isMultiFile });
  const torrent = makeTorrent(metainfo, { reportedDirectory: asByteString(reported) });
  return locate(metainfo, torrent, parent);
}

describe('expectedDirectory', () => {
  it("is the torrent's own directory, or the one its single file lies in", () => {
    assert.equal(
      expectedDirectory(makeMetainfo({ name: 'a', isMultiFile: true }), downloads),
      '/downloads/a',
    );
    assert.equal(expectedDirectory(makeMetainfo({ name: 'a' }), downloads), '/downloads');
  });

  it('does not mind a slash at the end of the default directory', () => {
    const withSlash = asByteString('/downloads/');
    assert.equal(
      expectedDirectory(makeMetainfo({ name: 'a', isMultiFile: true }), withSlash),
      '/downloads/a',
    );
    assert.equal(expectedDirectory(makeMetainfo({ name: 'a' }), withSlash), '/downloads');
  });

  it('is another one as soon as the default directory is, as long or not', () => {
    const metainfo = makeMetainfo({ name: 'a', isMultiFile: true });
    for (const parent of ['/one', '/two', '/one', '/three', '/', '/one/']) {
      assert.equal(expectedDirectory(metainfo, asByteString(parent)), `${parent}/a`.replaceAll('//', '/'));
    }
  });

  it('has one slash in it where the default directory is the root', () => {
    const root = asByteString('/');
    assert.equal(expectedDirectory(makeMetainfo({ name: 'a', isMultiFile: true }), root), '/a');
    assert.equal(expectedDirectory(makeMetainfo({ name: 'a' }), root), '/');
  });
});

describe('locate', () => {
  it('expects what is not loaded in the default directory', () => {
    assert.equal(
      locate(makeMetainfo({ name: 'a', isMultiFile: true }), undefined, downloads),
      '/downloads/a',
    );
  });

  it('takes plain reports at their word, moved or not', () => {
    assert.equal(located('a', true, '/downloads/a'), '/downloads/a');
    assert.equal(located('a', true, '/downloads/a/'), '/downloads/a');
    assert.equal(located('a', true, '/elsewhere/a'), '/elsewhere/a');
    assert.equal(located('a', true, '/elsewhere/b/'), '/elsewhere/b');
    assert.equal(located('a.iso', false, '/downloads/'), '/downloads');
    assert.equal(located('a.iso', false, '/elsewhere'), '/elsewhere');
  });

  it('finds the true bytes of an emoji and of what is not UTF-8', () => {
    for (const name of [bytesOfText('🎉 party'), 'caf\xe9', bytesOfText('Größe 🎉'), '\xff\xfe']) {
      assert.equal(located(name, true, mangled(`/downloads/${name}`)), `/downloads/${name}`);
      assert.equal(located(name, true, mangled(`/downloads/${name}/`)), `/downloads/${name}`);
    }
  });

  it('finds them in a default directory with letters, which an emoji in the name makes unreadable too', () => {
    const parent = bytesOfText('/größe');
    const name = bytesOfText('🎉');
    assert.equal(located(name, true, mangled(`${parent}/${name}`), parent), `${parent}/${name}`);
    assert.equal(located('a.iso', false, parent, parent), parent);
  });

  it('finds them beside the default directory, where the torrent was moved with its name', () => {
    const name = bytesOfText('🎉 party');
    assert.equal(located(name, true, mangled(`/elsewhere/${name}`)), `/elsewhere/${name}`);
  });

  it('says that it does not know where the bytes that are lost are not those of the name', () => {
    const name = bytesOfText('🎉');
    assert.equal(located('a', true, '/elsewh?re/a'), undefined);
    assert.equal(located('a.iso', false, '/elsewh?re'), undefined);
    assert.equal(located(name, true, mangled(bytesOfText(`/größe/🎉`))), undefined);
    assert.equal(located(name, true, '/elsewhere/?????'), undefined);
    assert.equal(located('a', true, ''), undefined);
  });

  it('knows no place in a default directory that has lost bytes itself', () => {
    const lost = asByteString('/data/????');
    assert.equal(locate(makeMetainfo({ name: 'a', isMultiFile: true }), undefined, lost), undefined);
    assert.equal(located('a', true, '/data/????/a', lost), undefined);
    assert.equal(located('a', true, '/elsewhere/a', lost), '/elsewhere/a');
  });

  it('does not take a true question mark in the name for a lost byte', () => {
    assert.equal(located('why?', true, '/downloads/why?'), '/downloads/why?');
    assert.equal(located('why?', true, '/elsewhere/why?'), '/elsewhere/why?');
  });

  it('finds every torrent in the default directory, whatever its name, mangled or not', () => {
    const nameBytes = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll(/[/\0]/g, '_'));
    fc.assert(
      fc.property(nameBytes, fc.boolean(), (name, isMangled) => {
        const true_ = `/downloads/${name}`;
        assert.equal(located(name, true, isMangled ? mangled(true_) : true_), true_);
      }),
    );
  });
});

describe('fitsReport', () => {
  it('takes a question mark for a byte beyond ASCII, and for nothing else', () => {
    const fits = (path: string, reported: string): boolean =>
      fitsReport(asByteString(path), asByteString(reported));
    assert.equal(fits('a\xe9b', 'a?b'), true);
    assert.equal(fits('a\xe9b', 'a\xe9b'), true);
    assert.equal(fits('aeb', 'a?b'), false);
    assert.equal(fits('a?b', 'a\xe9b'), false);
    assert.equal(fits('a\xe9', 'a??'), false);
  });
});

describe('locate, after a step that was begun', () => {
  const metainfo = makeMetainfo({ name: 'a', isMultiFile: true });
  const intent = {
    step: 'purge',
    directory: asByteString('/elsewhere/a'),
    atMs: 1,
    uploadedBytes: 0,
  } as const;

  it('is where that step has left it, while rtorrent does not hold it', () => {
    assert.equal(locate(metainfo, undefined, downloads, intent), '/elsewhere/a');
  });

  it('is where rtorrent has it, once it is loaded again', () => {
    assert.equal(locate(metainfo, makeTorrent(metainfo), downloads, intent), '/downloads/a');
  });
});
