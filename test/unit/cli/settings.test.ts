/** Flags that become a configuration: by the same checks as a file, with messages that name the flag. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError } from '../../../src/cli/config.ts';
import type { SettingFlags } from '../../../src/cli/settings.ts';
import { checkSettings, impliedRtorrent, renderSettings, settingsOf } from '../../../src/cli/settings.ts';

const good: SettingFlags = {
  torrents: 'torrents',
  to: 'bighost:/big',
  space: '10GiB',
  ratio: '1.5',
  rtorrent: 'embedded',
};

function linesOf(flags: SettingFlags): readonly string[] {
  try {
    checkSettings(settingsOf(flags, '/here'), '/state/up.cf', '/home/me');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
  return [];
}

test('flags say what a file says', () => {
  const settings = settingsOf({ ...good, set: ['max_transfers=3', 'rtorrent_ports = 7000'] }, '/here');
  assert.equal(
    renderSettings(settings),
    [
      '[main]',
      'managed_torrents_directory = /here/torrents',
      'remote_host = bighost',
      'remote_path = /big',
      'space_limit = 10GiB',
      'required_ratio = 1.5',
      'rtorrent = embedded',
      'max_transfers = 3',
      'rtorrent_ports =  7000',
      '',
    ].join('\n'),
  );
  const { managedDirectory, remoteHost, rtorrent } = checkSettings(settings, '/state/up.cf', '/home/me');
  assert.equal(managedDirectory, '/here/torrents');
  assert.equal(remoteHost, 'bighost');
  assert.equal(rtorrent.kind, 'embedded');
});

test('homes stay homes; a remote path is at home there unless it begins at the root', () => {
  const paths = (to: string): string | undefined =>
    settingsOf({ torrents: '~/t', to }, '/here').find(({ key }) => key === 'remote_path')?.value;
  assert.equal(paths('host:big/x'), '~/big/x');
  assert.equal(paths('host:'), '~');
  assert.equal(paths('host:~/x'), '~/x');
  assert.equal(paths('me@host:/x'), '/x');
  assert.equal(settingsOf({ torrents: '~/t' }, '/here')[0]?.value, '~/t');
});

test('an rtorrent of the user is named by its socket, as a path or as in socket_url', () => {
  const url = (rtorrent: string): string | undefined => settingsOf({ rtorrent }, '/here')[0]?.value;
  assert.equal(url('rt.sock'), 'scgi:///here/rt.sock');
  assert.equal(url('scgi://127.0.0.1:5000'), 'scgi://127.0.0.1:5000');
});

test('mistakes name the flag', () => {
  assert.match(linesOf({ ...good, space: 'much' }).join('\n'), /^--space 'much' is no size; write bytes/);
  assert.match(linesOf({ ...good, to: '-x:/big' }).join('\n'), /^--to '-x' is no host/);
  assert.match(
    linesOf({ ...good, to: '/big' }).join('\n'),
    /^--to '\/big' is no place on a remote; write host:path/,
  );
  assert.match(
    linesOf({ ...good, set: ['verify=never'] }).join('\n'),
    /^--set verify 'never' is no way to verify/,
  );
  assert.match(
    linesOf({ ...good, set: ['max_transfer=3'] }).join('\n'),
    /^--set max_transfer: max_transfer is no known key; did you mean max_transfers\?/,
  );
  assert.match(linesOf({ ...good, set: ['verify'] }).join('\n'), /write --set key=value/);
  assert.match(linesOf({ ...good, torrents: 'a\nb' }).join('\n'), /^--torrents holds a line break/);
  assert.deepEqual(linesOf(good), []);
});

test('what is missing is told all at once, each with its flag', () => {
  assert.deepEqual(linesOf({}), [
    '--torrents is missing; write, as: --torrents ~/torrents',
    '--to is missing; write, as: --to bighost:/home/me/big',
    '--space is missing; write, as: --space 10GiB',
    '--ratio is missing; write, as: --ratio 1.0',
    '--rtorrent is missing; write, as: --rtorrent embedded',
  ]);
});

test('where no flag says which rtorrent, the one that runs is meant, if it is alone', () => {
  assert.equal(impliedRtorrent({}, ['one']), 'one');
  assert.equal(impliedRtorrent<string>({}, []), undefined);
  assert.equal(impliedRtorrent({}, ['one', 'other']), undefined);
  assert.equal(impliedRtorrent({ rtorrent: 'embedded' }, ['one']), undefined);
  assert.equal(impliedRtorrent({ set: ['socket_url = scgi:///s'] }, ['one']), undefined);
  assert.equal(impliedRtorrent({ set: ['rtorrent_ports = 1-2'] }, ['one']), 'one');
});
