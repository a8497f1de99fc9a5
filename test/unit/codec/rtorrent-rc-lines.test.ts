/** A user's rtorrent.rc: where it has rtorrent listen, and what its version refuses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encryptionDemand,
  guardBytesOf,
  readRcLines,
  refusedLines,
  socketUrlsOf,
} from '../../../src/codec/rtorrent-rc-lines.ts';

test('lines are read with their numbers; comments, blanks and continued lines are left out', () => {
  const text = [
    '# network.scgi.open_local = /commented',
    '',
    'directory.default.set = "/data, all"',
    '  session.path.set=/session  ',
    'method.insert = one, simple, \\',
    'schedule2 = not.a.line',
    'schedule2 = watch,5,5,load.start=/w/*.torrent',
    'no line at all',
  ].join('\n');
  assert.deepEqual(readRcLines(text), [
    { line: 3, command: 'directory.default.set', value: '/data, all' },
    { line: 4, command: 'session.path.set', value: '/session' },
    { line: 5, command: 'method.insert', value: 'one, simple, \\' },
    { line: 7, command: 'schedule2', value: 'watch,5,5,load.start=/w/*.torrent' },
  ]);
});

test('sockets are found under their new and their old names', () => {
  const text = [
    'network.scgi.open_local = ~/.rtorrent.sock',
    'scgi_local = /old.sock',
    'network.scgi.open_port = 127.0.0.1:5000',
    'scgi_port = :5001',
  ].join('\n');
  assert.deepEqual(socketUrlsOf(readRcLines(text)), [
    'scgi://~/.rtorrent.sock',
    'scgi:///old.sock',
    'scgi://127.0.0.1:5000',
    'scgi://127.0.0.1:5001',
  ]);
});

test('lines that 0.16 refuses are named with what it takes instead', () => {
  const entries = readRcLines(
    'network.port_range.set = 1-2\nencoding.add = UTF-8\ndirectory.default.set = /d',
  );
  assert.deepEqual(refusedLines(entries, '0.16.20'), [
    { line: 1, command: 'network.port_range.set', replacement: 'network.listen.port.range.set' },
    { line: 2, command: 'encoding.add', replacement: '' },
  ]);
  assert.deepEqual(refusedLines(entries, '0.9.8'), []);
});

test('lines of 0.16 that 0.9.8 refuses are named as well; what both know is fine', () => {
  const entries = readRcLines('network.listen.port.range.set = 1-2\nschedule = a,1,1,b\nexecute = c');
  assert.deepEqual(refusedLines(entries, '0.9.8'), [
    { line: 1, command: 'network.listen.port.range.set', replacement: 'network.port_range.set' },
  ]);
});

test('the low-diskspace guard is read in its forms; the last line counts', () => {
  const guard = (text: string): number | undefined => guardBytesOf(readRcLines(text));
  assert.equal(guard('schedule2 = low_diskspace,5,60,((close_low_diskspace,50M))'), 50 * 1024 ** 2);
  assert.equal(guard('schedule = low_diskspace, 5, 60, close_low_diskspace=1G'), 1024 ** 3);
  assert.equal(guard('schedule2 = low_diskspace,5,60,((close_low_diskspace,1000))'), 1000);
  assert.equal(guard('schedule_remove2 = low_diskspace'), 0);
  assert.equal(guard('schedule.remove = low_diskspace'), 0);
  assert.equal(guard('schedule2 = watch,5,5,load.start=/w'), undefined);
});

test('a demand for encryption is found; a mere wish is none', () => {
  const demand = (text: string) => encryptionDemand(readRcLines(text))?.line;
  assert.equal(demand('\nprotocol.encryption.set = allow_incoming,require,require_rc4'), 2);
  assert.equal(demand('encryption = require'), 1);
  assert.equal(
    demand('protocol.encryption.set = require\nprotocol.encryption.set = allow_incoming'),
    undefined,
  );
  assert.equal(demand('protocol.encryption.set = allow_incoming,try_outgoing'), undefined);
});
