/** The decoders read what other programs really write. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseMetainfo } from '../../../src/codec/metainfo.ts';
import { parseResponse } from '../../../src/codec/scgi.ts';
import { decodeMulticall, decodeResponse } from '../../../src/codec/xmlrpc-decode.ts';
import type { XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../../../src/codec/xmlrpc-value.ts';
import { byteStringOf } from '../../../src/codec/latin1.ts';
import { displayText } from '../../../src/core/bytes.ts';
import { recorded } from './recorded.ts';
import { sha1 } from './torrent-bytes.ts';

function filesOf(name: string): readonly string[] {
  const { metainfo } = parseMetainfo(recorded(name), sha1);
  return metainfo.files.map(
    ({ path, lengthBytes, isPadding }) =>
      `${displayText(path)}: ${isPadding ? 'padding ' : ''}${lengthBytes}`,
  );
}

function answerOf(name: string): XmlRpcValue {
  return decodeResponse(byteStringOf(parseResponse(recorded(name)).body));
}

const content = ['sub/ 世界🎈.txt: 5', 'sub/b é.bin: 40001'];

it('torrents of mktorrent', () => {
  assert.deepEqual(filesOf('mktorrent.torrent'), ['a.bin: 70000', 'empty: 0', ...content]);
});

it('torrents of transmission', () => {
  assert.deepEqual(filesOf('transmission.torrent'), ['a.bin: 70000', ...content]);
});

it('hybrid torrents of libtorrent, padded', () => {
  assert.deepEqual(filesOf('libtorrent-hybrid.torrent'), [
    'a.bin: 70000',
    '.pad/28304: padding 28304',
    'empty: 0',
    'sub/ 世界🎈.txt: 5',
    '.pad/32763: padding 32763',
    'sub/b é.bin: 40001',
    '.pad/25535: padding 25535',
  ]);
});

it('a look at rtorrent 0.9.8', () => {
  const [version, , cwd, directory, rows] = decodeMulticall(answerOf('observe.reply'));
  assert.deepEqual([version, cwd, directory], ['0.9.8', '/srv/seed', '/srv/seed/d']);
  assert.equal((rows as readonly XmlRpcValue[]).length, 3);
});

it('details of torrents of rtorrent 0.9.8, one of which is gone', () => {
  const answers = decodeMulticall(answerOf('details.reply'));
  assert.equal(answers.length, 9);
  const [count, bits, files] = answers;
  assert.deepEqual([count, bits], [4, '00']);
  assert.deepEqual((files as readonly XmlRpcValue[])[0], ['a.bin', 1]);
  assert.equal(
    answers.slice(6).every((answer) => answer instanceof XmlRpcFault),
    true,
  );
});

it('a fault of rtorrent 0.9.8', () => {
  assert.throws(() => answerOf('fault.reply'), XmlRpcFault);
});
