/** Torrents for loading: what is written beside `info`, and that nothing else changes. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { piecesOf } from '../../../src/core/pieces.ts';
import { decodeBencode } from '../../../src/codec/bencode.ts';
import { parseMetainfo } from '../../../src/codec/metainfo.ts';
import type { ResumeData } from '../../../src/codec/loadable.ts';
import { loadableTorrent } from '../../../src/codec/loadable.ts';
import { bytes, dictionary, multiFile, sha1, text } from './torrent-bytes.ts';

const resume: ResumeData = {
  bitfield: piecesOf(10, [0, 9]),
  files: [
    { mtimeSeconds: -4, completed: 2, priority: 1 },
    { mtimeSeconds: -1, completed: 0, priority: 0 },
    { mtimeSeconds: 1_700_000_000, completed: 1, priority: 2 },
  ],
};

const resumeText =
  '17:libtorrent_resumed8:bitfield2:\x80\x405:files' +
  'ld9:completedi2e5:mtimei-4e8:priorityi1ee' +
  'd9:completedi0e5:mtimei-1e8:priorityi0ee' +
  'd9:completedi1e5:mtimei1700000000e8:priorityi2eeee';

describe('loadableTorrent', () => {
  it('writes bitfield, times, counts and priorities in canonical form', () => {
    assert.equal(
      text(loadableTorrent(bytes('d4:infodee'), resume)),
      `d8:encoding5:UTF-84:infode${resumeText}e`,
    );
  });

  it('keeps the infohash and every other key', () => {
    const before = multiFile();
    const after = loadableTorrent(before, resume);
    assert.deepEqual(parseMetainfo(after, sha1).metainfo, parseMetainfo(before, sha1).metainfo);
    const keys = [...dictionary(decodeBencode(after)).keys()];
    assert.deepEqual(keys, ['announce', 'encoding', 'info', 'libtorrent_resume']);
  });

  it('keeps the bytes of `info` even where they are not canonical', () => {
    const odd = 'd4:name1:x1:ai1ee';
    assert.equal(
      text(loadableTorrent(bytes(`d4:info${odd}e`), resume)),
      `d8:encoding5:UTF-84:info${odd}${resumeText}e`,
    );
  });

  it('drops older resume and session data, sorts the rest', () => {
    const old = 'd8:rtorrentd5:statei1ee17:libtorrent_resumed5:fileslee4:infode1:ai1ee';
    assert.equal(text(loadableTorrent(bytes(old), resume)), `d1:ai1e8:encoding5:UTF-84:infode${resumeText}e`);
  });

  it('ignores what stands behind the torrent', () => {
    assert.equal(
      text(loadableTorrent(bytes('d4:infodee\n'), resume)),
      `d8:encoding5:UTF-84:infode${resumeText}e`,
    );
  });

  it('leaves no resume data of others where none is given', () => {
    const old = 'd4:infode17:libtorrent_resumed8:bitfieldi3eee';
    assert.equal(text(loadableTorrent(bytes(old))), 'd8:encoding5:UTF-84:infodee');
  });

  it('names the encoding by which rtorrent takes the plain names', () => {
    const chinese = 'd8:encoding3:GBK4:infode1:zi1ee';
    assert.equal(text(loadableTorrent(bytes(chinese))), 'd8:encoding5:UTF-84:infode1:zi1ee');
  });

  it('refuses what is no torrent', () => {
    const refuses = (torrentText: string, message: string): void =>
      assert.throws(() => loadableTorrent(bytes(torrentText), resume), { name: 'CodecError', message });
    refuses('de', 'The torrent has no `info` dictionary.');
    refuses('le', 'A dictionary is missing at byte 0.');
    refuses('d4:infode', 'The data ends too early at byte 9.');
    refuses('d4:infode4:infodee', 'A dictionary has a key twice at byte 11.');
  });
});
