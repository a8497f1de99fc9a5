/** Metainfo: what is read of a .torrent, and which torrents are refused. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BencodeValue } from '../../../src/codec/bencode.ts';
import { encodeBencode } from '../../../src/codec/bencode.ts';
import type { ByteString } from '../../../src/core/bytes.ts';
import { parseMetainfo } from '../../../src/codec/metainfo.ts';
import { bytes, file, multiFile, sha1, singleFile, text, torrent, value } from './torrent-bytes.ts';

function refuses(torrentBytes: Uint8Array, message: string, format = 'metainfo'): void {
  assert.throws(() => parseMetainfo(torrentBytes, sha1), { name: 'CodecError', format, message });
}

function refusesFiles(files: readonly ReturnType<typeof file>[], message: string): void {
  refuses(multiFile({ files }), message);
}

describe('parseMetainfo', () => {
  it('reads a single-file torrent', () => {
    const torrentBytes = singleFile();
    const { metainfo, piecesOffset } = parseMetainfo(torrentBytes, sha1);
    const whole = text(torrentBytes);
    const info = whole.slice(whole.indexOf('4:info') + 6, -1);
    assert.deepEqual(metainfo, {
      infohash: sha1(bytes(info)).toUpperCase(),
      name: 'one.bin',
      isMultiFile: false,
      isPrivate: false,
      trackers: ['tracker.example'],
      pieceLengthBytes: 16,
      pieceCount: 3,
      totalBytes: 40,
      files: [{ index: 0, path: 'one.bin', lengthBytes: 40, offsetBytes: 0, isPadding: false }],
    });
    assert.equal(whole.slice(piecesOffset - 3, piecesOffset + 61), `60:${'h'.repeat(60)}e`);
  });

  it('reads a multi-file torrent with offsets and joined paths', () => {
    const { metainfo } = parseMetainfo(multiFile({ private: 1 }), sha1);
    assert.equal(metainfo.isMultiFile, true);
    assert.equal(metainfo.isPrivate, true);
    assert.deepEqual(metainfo.files, [
      { index: 0, path: 'a', lengthBytes: 10, offsetBytes: 0, isPadding: false },
      { index: 1, path: 'empty', lengthBytes: 0, offsetBytes: 10, isPadding: false },
      { index: 2, path: 'sub/b', lengthBytes: 30, offsetBytes: 10, isPadding: false },
    ]);
  });

  it('reads the hosts of its trackers, and nothing else of their addresses', () => {
    const info = value({ length: 1, name: 'x', 'piece length': 1, pieces: 'h'.repeat(20) });
    const announce = value('http://Tracker.example:80/secret/announce');
    const tiers = value([['udp://b.example/', 'http://tracker.example/'], ['http://c.example/']]);
    const encoded = encodeBencode(
      new Map([
        ['announce', announce],
        ['announce-list', tiers],
        ['info', info],
      ] as [ByteString, BencodeValue][]),
    );
    assert.deepEqual(parseMetainfo(encoded, sha1).metainfo.trackers, [
      'tracker.example',
      'b.example',
      'c.example',
    ]);
  });

  it('hashes the bytes of `info` as they stand in the file', () => {
    const seen: string[] = [];
    const info = `d6:lengthi1e4:name1:x12:piece lengthi1e6:pieces20:${'h'.repeat(20)}e`;
    parseMetainfo(bytes(`d4:info${info}5:nodeslee`), (infoBytes) => {
      seen.push(text(infoBytes));
      return 'a'.repeat(40);
    });
    assert.deepEqual(seen, [info]);
  });

  it('calls a sha1 function that gives no hash our own mistake', () => {
    assert.throws(() => parseMetainfo(singleFile(), () => 'no hash'), TypeError);
  });

  it('keeps names as bytes and ignores their .utf-8 variants', () => {
    const files = [{ length: 40, path: ['\xd0\xe8.mkv'], 'path.utf-8': ['other.mkv'] }];
    const { metainfo } = parseMetainfo(multiFile({ files, name: '\xc0\xff', 'name.utf-8': 'other' }), sha1);
    assert.equal(metainfo.name, '\xc0\xff');
    assert.equal(metainfo.files[0]?.path, '\xd0\xe8.mkv');
  });

  it('knows padding by BEP 47, whatever else the attributes say', () => {
    const files = [
      { attr: 'x', ...file(10, 'a') },
      { attr: 'hp', ...file(6, '.pad', '6') },
      { attr: 1, ...file(24, 'b') },
    ];
    const { metainfo } = parseMetainfo(multiFile({ files }), sha1);
    assert.deepEqual(
      metainfo.files.map(({ isPadding }) => isPadding),
      [false, true, false],
    );
  });

  it('is private for the integer 1 alone, as rtorrent is', () => {
    const isPrivate = (mark: string | number): boolean =>
      parseMetainfo(singleFile({ private: mark }), sha1).metainfo.isPrivate;
    assert.deepEqual([isPrivate(1), isPrivate(0), isPrivate(2), isPrivate('1')], [true, false, false, false]);
  });

  it('reads the v1 part of a hybrid torrent', () => {
    const tree = { a: { '': { length: 40, 'pieces root': 'r'.repeat(32) } } };
    const { metainfo } = parseMetainfo(singleFile({ 'file tree': tree, 'meta version': 2 }), sha1);
    assert.equal(metainfo.pieceCount, 3);
  });

  it('takes keys beside `info` in any order, and line ends behind the torrent', () => {
    const info = text(
      encodeBencode(value({ length: 1, name: 'x', 'piece length': 1, pieces: 'h'.repeat(20) })),
    );
    assert.equal(parseMetainfo(bytes(`d4:info${info}8:announce0:e\r\n`), sha1).metainfo.name, 'x');
    refuses(
      bytes(`d4:info${info}e\0`),
      `There is something after the torrent at byte ${info.length + 8}.`,
      'bencode',
    );
  });
});

describe('parseMetainfo refuses', () => {
  it('what is no torrent', () => {
    refuses(bytes(''), 'This is not a .torrent file: it is no bencoded dictionary.');
    refuses(bytes('<html>'), 'This is not a .torrent file: it is no bencoded dictionary.');
    refuses(bytes('de'), 'The torrent has no `info` dictionary.');
    refuses(bytes('d4:infolee'), '`info` is not a dictionary.');
    const whole = singleFile();
    refuses(whole.subarray(0, -1), `The data ends too early at byte ${whole.length - 1}.`, 'bencode');
  });

  it('two `info` dictionaries', () => {
    const once = text(singleFile()).slice(1, -1);
    refuses(bytes(`d${once}${once}e`), 'The torrent has two `info` dictionaries.');
  });

  it('an `info` whose keys are out of order, at any depth, as rtorrent does', () => {
    const message = (at: number): string => `A dictionary has its keys out of order or twice at byte ${at}.`;
    refuses(bytes('d4:infod4:name1:x6:lengthi1eee'), message(19), 'bencode');
    refuses(bytes('d4:infod4:name1:x4:name1:yee'), message(19), 'bencode');
    refuses(bytes('d4:infod5:filesld4:pathl1:ae6:lengthi1eeee'), message(30), 'bencode');
    refuses(bytes('d4:infod1:xld1:bi1e1:ai2eeee'), message(21), 'bencode');
  });

  it('a v2 torrent without a v1 part', () => {
    const info = { 'file tree': {}, 'meta version': 2, name: 'x', 'piece length': 16384 };
    refuses(torrent(info), 'This is a BitTorrent v2 torrent without a v1 part, which rtorrent cannot load.');
  });

  it('missing keys', () => {
    refuses(singleFile({ name: undefined }), 'The torrent has no `name`.');
    refuses(singleFile({ 'piece length': undefined }), 'The torrent has no `piece length`.');
    refuses(singleFile({ pieces: undefined }), 'The torrent has no `pieces`.');
    refuses(singleFile({ length: undefined }), 'The torrent has neither `length` nor `files`.');
    refuses(multiFile({ length: 40 }), 'The torrent has both `length` and `files`.');
  });

  it('values of the wrong type', () => {
    refuses(singleFile({ name: 5 }), '`name` is not a string (at byte 70).');
    refuses(singleFile({ pieces: [] }), '`pieces` is not a string.');
    refuses(singleFile({ length: '40' }), '`length` is not an integer (at byte 60).');
    refuses(multiFile({ files: {} }), '`files` is not a list.');
    refuses(multiFile({ files: [1] }), 'File 0 is not a dictionary.');
    refuses(multiFile({ files: [{ path: ['a'] }] }), 'File 0 has no `length`.');
    refuses(multiFile({ files: [{ length: 40 }] }), 'File 0 has no `path`.');
    refuses(multiFile({ files: [{ length: 40, path: 'a' }] }), 'The path of file 0 is not a list.');
    refuses(
      multiFile({ files: [{ length: 40, path: [['a']] }] }),
      'A part of the path of file 0 is not a string (at byte 80).',
    );
  });

  it('sizes that cannot be', () => {
    refuses(singleFile({ length: -1 }), '`length` is negative (at byte 60).');
    refuses(singleFile({ length: 2n ** 53n }), '`length` is more than 2^53 (at byte 60).');
    refuses(singleFile({ 'piece length': 0 }), 'The `piece length` 0 is not between 1 and 1073741824.');
    refuses(
      singleFile({ 'piece length': 2 ** 30 + 1 }),
      'The `piece length` 1073741825 is not between 1 and 1073741824.',
    );
    refuses(singleFile({ length: 0, pieces: '' }), 'The torrent has no content: all its files are empty.');
    refuses(
      multiFile({ files: [{ ...file(40, '.pad'), attr: 'p' }] }),
      'The torrent has no content: all its files are padding.',
    );
    const half = Number.MAX_SAFE_INTEGER;
    refusesFiles([file(half, 'a'), file(1, 'b')], 'The sizes of the files add up to more than 2^53 bytes.');
  });

  it('a number of hashes that does not fit the size', () => {
    refuses(singleFile({ pieces: 'h'.repeat(40) }), '`pieces` has 40 bytes where 3 pieces need 60.');
    refuses(singleFile({ pieces: 'h'.repeat(61) }), '`pieces` has 61 bytes where 3 pieces need 60.');
    refuses(singleFile({ length: 49 }), '`pieces` has 60 bytes where 4 pieces need 80.');
  });

  it('names that cannot be files', () => {
    const name = (wrong: string, problem: string): void =>
      refuses(singleFile({ name: wrong }), `\`name\` ${problem} (at byte 70).`);
    name('', 'is empty');
    name('.', 'is "."');
    name('..', 'is ".."');
    name('a/b', 'contains a "/"');
    name('a\0', 'contains a NUL byte');
    name('x'.repeat(256), 'is longer than 255 bytes');
    assert.equal(parseMetainfo(singleFile({ name: '...' }), sha1).metainfo.name, '...');
    assert.equal(parseMetainfo(singleFile({ name: 'x'.repeat(255) }), sha1).metainfo.name.length, 255);
  });

  it('paths that lead elsewhere', () => {
    refusesFiles([], 'The torrent has an empty list of `files`.');
    refusesFiles([file(40)], 'The path of file 0 is empty.');
    refusesFiles([file(40, 'a', '..', 'b')], 'A part of the path of file 0 is ".." (at byte 83).');
    refusesFiles([file(10, 'a'), file(30, '', 'b')], 'A part of the path of file 1 is empty (at byte 105).');
    refusesFiles([file(40, '/etc')], 'A part of the path of file 0 contains a "/" (at byte 80).');
  });

  it('paths that clash, of which rtorrent 0.9.8 dies', () => {
    refusesFiles([file(10, 'a', 'b'), file(20, 'c'), file(10, 'a', 'b')], 'The path "a/b" comes twice.');
    refusesFiles([file(10, 'a', 'b'), file(30, 'a')], 'The path "a" is both a file and a directory.');
    // "a!" and "a-" sort between "a" and "a/b" where the slash keeps its own place.
    const between = [file(10, 'a'), file(10, 'a!'), file(10, 'a-'), file(10, 'a', 'b', 'c')];
    refusesFiles(between, 'The path "a" is both a file and a directory.');
    const harmless = [file(10, 'a'), file(10, 'A'), file(10, 'ab'), file(10, 'b', 'a')];
    assert.equal(parseMetainfo(multiFile({ files: harmless }), sha1).metainfo.files.length, 4);
  });

  it('nesting without end', () => {
    const message = 'More than 64 lists and dictionaries are nested';
    refuses(bytes(`d1:a${'l'.repeat(100_000)}`), `${message} at byte 68.`, 'bencode');
    refuses(bytes(`d4:infod1:a${'d0:'.repeat(100_000)}`), `${message} at byte 203.`, 'bencode');
  });
});
