/** What rtorrent says of its torrents is read, and the reply that benchmarks are answered with is written as rtorrent's own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReportedTorrent } from '../../../src/adapters/rtorrent-fields.ts';
import { readTorrent, torrentOf } from '../../../src/adapters/rtorrent-fields.ts';
import { byteStringOf } from '../../../src/codec/latin1.ts';
import { parseResponse } from '../../../src/codec/scgi.ts';
import { decodeMulticall, decodeResponse } from '../../../src/codec/xmlrpc-decode.ts';
import type { XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { recorded } from '../codec/recorded.ts';
import { faultReply, observeReply, scgiReply } from './made-reply.ts';

function torrentsIn(reply: Uint8Array): readonly ReportedTorrent[] {
  const rows = decodeMulticall(decodeResponse(byteStringOf(parseResponse(reply).body))).at(-1);
  return (rows as readonly XmlRpcValue[]).map(readTorrent);
}

/** All but what numbers and strings say. */
function formOf(reply: Uint8Array): string {
  return byteStringOf(reply)
    .replace(/^(Content-Length: )\d+/m, '$1')
    .replaceAll(/(<(?:string|i[48])>)[^<]*/g, '$1');
}

const made = [1, 2, 3].map((number) => ({
  name: `b & <${number}>`,
  infohash: String(number).repeat(40),
  totalBytes: 1_000_000 * number,
}));

test('torrents that rtorrent 0.9.8 fetches are read', () => {
  const torrents = torrentsIn(recorded('observe.reply'));
  assert.deepEqual(torrents[0], {
    infohash: '81A76B0624802D896F7F43EBE85D28EABE641D62',
    reportedName: 'c',
    reportedDirectory: '/srv/seed/d/c',
    isMultiFile: true,
    isComplete: false,
    isActive: true,
    isOpen: true,
    isStarted: true,
    isHashing: false,
    isPartiallyDone: false,
    uploadedBytes: 0,
    completeSinceMs: undefined,
    completedBytes: 0,
    receivedBytes: 0,
    sizeBytes: 110_006,
    downRateBytesPerSecond: 0,
    upRateBytesPerSecond: 0,
    message: 'Tracker: [could not resolve hostname]',
    mode: '',
    loadedAtMs: 1_795_651_850_000,
    uploadedBeforeBytes: 0,
  });
  // Of the hybrid one every file ends with padding up to a piece.
  assert.deepEqual(
    torrents.map(({ sizeBytes }) => sizeBytes),
    [110_006, 110_006, 196_608],
  );
});

test('what earlier loads have uploaded counts, and rates hold from the first seconds on', () => {
  const [torrent] = torrentsIn(recorded('observe.reply'));
  const { loadedAtMs, uploadedBeforeBytes, ...plain } = torrent!;
  assert.deepEqual(torrentOf(torrent!, 1_795_651_860_000), plain);
  const busy: ReportedTorrent = {
    ...torrent!,
    uploadedBytes: 5,
    uploadedBeforeBytes: 37,
    downRateBytesPerSecond: 1_000,
    upRateBytesPerSecond: 30,
  };
  assert.deepEqual(torrentOf(busy, (loadedAtMs ?? 0) + 20_000), {
    ...plain,
    uploadedBytes: 42,
    downRateBytesPerSecond: 3_000,
    upRateBytesPerSecond: 90,
  });
});

test('the reply of the benchmarks has the very form of a recorded one, and is read as what it was made of', () => {
  const reply = scgiReply(observeReply(made, '/d'));
  assert.equal(formOf(reply), formOf(recorded('observe.reply')));
  assert.deepEqual(
    torrentsIn(reply).map(({ infohash, reportedName, reportedDirectory, sizeBytes }) => [
      infohash,
      reportedName,
      reportedDirectory,
      sizeBytes,
    ]),
    made.map(({ infohash, name, totalBytes }) => [infohash, name, `/d/${name}`, totalBytes]),
  );
  assert.equal(formOf(scgiReply(faultReply)), formOf(recorded('fault.reply')));
});
