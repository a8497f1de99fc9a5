/** The rc files that are written: for each generation of command names, and with what a version complains of. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RcSettings } from '../../../src/codec/rtorrent-rc.ts';
import {
  guardLine,
  renderRc,
  unknownCommandOf,
  unknownTo,
  userRcLines,
  versionOfHelp,
} from '../../../src/codec/rtorrent-rc.ts';

const settings: RcSettings = {
  socketPath: '/s/socket',
  sessionDirectory: '/s/session',
  downloadDirectory: '/d',
  logPath: '/s/log',
  ports: { first: 6900, last: 6910 },
  bindAddress: undefined,
  dht: false,
  pex: false,
  guardBytes: 5_000_000,
  furtherLines: undefined,
};

function linesFor(
  version: string,
  changes: Partial<RcSettings> = {},
  told: readonly string[] = [],
): string[] {
  const rc = renderRc({ ...settings, ...changes }, { guessed: unknownTo(version), told: new Set(told) });
  assert.ok('text' in rc);
  return rc.text.trimEnd().split('\n');
}

test('the version is read from the help of 0.9.8 and of later ones', () => {
  assert.equal(versionOfHelp("Rakshasa's BitTorrent client version 0.9.8.\n\nAll value"), '0.9.8');
  assert.equal(versionOfHelp("Rakshasa's BitTorrent client version 0.16.20."), '0.16.20');
  assert.equal(versionOfHelp('usage: something else'), undefined);
});

test('0.9.8 gets the names that it knows', () => {
  assert.deepEqual(linesFor('0.9.8'), [
    'system.daemon.set = true',
    'session.path.set = "/s/session"',
    'directory.default.set = "/d"',
    'encoding.add = UTF-8',
    'network.port_range.set = 6900-6910',
    'network.port_random.set = no',
    'dht.mode.set = disable',
    'protocol.pex.set = no',
    'pieces.hash.on_completion.set = no',
    'log.open_file = "driver", "/s/log"',
    'log.add_output = "notice", "driver"',
    'schedule2 = low_diskspace,5,60,((close_low_diskspace,5000000))',
    'schedule2 = session_save,300,300,((session.save))',
    'method.set_key = event.download.inserted_session, 0_driver, "branch=\\"equal=d.custom=drv.mode,cat=stream\\",d.state.set=0"',
    'network.scgi.open_local = "/s/socket"',
  ]);
});

test('0.16.20 gets the new names, and nothing that it has no name for', () => {
  const lines = linesFor('0.16.20');
  assert.ok(lines.includes('network.listen.port.range.set = 6900-6910'));
  assert.ok(lines.includes('network.listen.port.random.set = no'));
  assert.ok(lines.some((line) => line.startsWith('schedule = low_diskspace')));
  assert.ok(!lines.some((line) => /encoding|schedule2|port_range/.test(line)));
});

test('what a version complains of wins over what was thought of it', () => {
  const corrected = linesFor('0.16.20', {}, ['network.listen.port.range.set']);
  assert.ok(corrected.includes('network.port_range.set = 6900-6910'));
  assert.ok(corrected.includes('network.listen.port.random.set = no'));
  const without = linesFor('0.9.8', {}, ['encoding.add', 'pieces.hash.on_completion.set']);
  assert.ok(!without.some((line) => /encoding|on_completion/.test(line)));
});

test('a command that cannot be done without, and has no name left, is named', () => {
  const told = new Set(['network.port_range.set', 'network.listen.port.range.set']);
  assert.deepEqual(renderRc(settings, { guessed: new Set(), told }), { missing: 'network.port_range.set' });
});

test('what the user says is there, and further lines come before the socket', () => {
  const lines = linesFor('0.9.8', { bindAddress: '10.8.0.2', dht: true, pex: true, furtherLines: '/own.rc' });
  assert.ok(lines.includes('network.bind_address.set = "10.8.0.2"'));
  assert.ok(lines.includes('dht.mode.set = auto'));
  assert.ok(lines.includes('protocol.pex.set = yes'));
  assert.deepEqual(lines.slice(-2), ['import = "/own.rc"', 'network.scgi.open_local = "/s/socket"']);
});

test('quotes and backslashes of a path are escaped', () => {
  assert.ok(
    linesFor('0.9.8', { downloadDirectory: '/a "b" \\c' }).includes(
      'directory.default.set = "/a \\"b\\" \\\\c"',
    ),
  );
});

test('the lines for a user’s own rc file follow the version', () => {
  assert.deepEqual(userRcLines('0.9.8', '/home/me/.rtorrent.sock', 50 * 1024 ** 2).slice(0, 3), [
    'network.scgi.open_local = /home/me/.rtorrent.sock',
    'encoding.add = UTF-8',
    'schedule2 = low_diskspace,5,60,((close_low_diskspace,50M))',
  ]);
  assert.equal(guardLine('0.16.20', 1), 'schedule = low_diskspace,5,60,((close_low_diskspace,1M))');
});

test('names changed with 0.16.14', () => {
  for (const version of ['0.9.8', '0.15.4', '0.16.13']) assert.equal(unknownTo(version).size, 0, version);
  for (const version of ['0.16.14', '0.17.0', '1.0']) assert.ok(unknownTo(version).has('schedule2'), version);
});

test('the complaint of an unknown command is understood', () => {
  const words = 'rtorrent: Error in option file: /x/rc:6: Command "log.append_file" does not exist.';
  assert.equal(unknownCommandOf(words), 'log.append_file');
  assert.equal(unknownCommandOf('rtorrent: Could not lock session directory'), undefined);
});
