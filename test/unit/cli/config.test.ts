/** The configuration: what its keys take, and every mistake with its line and its fix. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError, parseConfiguration } from '../../../src/cli/config.ts';
import type { Configuration } from '../../../src/cli/config.ts';

const good: Readonly<Record<string, string>> = {
  managed_torrents_directory: '/home/me/torrents',
  remote_host: 'bighost',
  remote_path: '/big/place',
  space_limit: '3221225472',
  required_ratio: '1.0',
  socket_url: 'scgi:///home/me/.rtorrent.sock',
};

function textOf(changes: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries({ ...good, ...changes }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} = ${value}`],
  );
  return ['[main]', ...lines].join('\n');
}

function parse(changes: Readonly<Record<string, string | undefined>> = {}): Configuration {
  return parseConfiguration(textOf(changes), 'c.cf', '/home/me');
}

function addressOf({ rtorrent }: Configuration): unknown {
  return rtorrent.kind === 'external' ? rtorrent.address : undefined;
}

function mistakesOf(text: string): readonly string[] {
  try {
    parseConfiguration(text, 'c.cf', '/home/me');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
  return [];
}

test('the predecessor’s file is understood, with the defaults of what it does not say', () => {
  assert.deepEqual(parse(), {
    file: 'c.cf',
    managedDirectory: '/home/me/torrents',
    remoteHost: 'bighost',
    remotePath: '/big/place',
    rtorrent: { kind: 'external', address: { kind: 'unix', path: '/home/me/.rtorrent.sock' } },
    dashboard: undefined,
    hooks: { command: undefined, post: undefined },
    policy: {
      spaceLimitBytes: 3221225472,
      duty: {
        requiredRatio: 1,
        requiredSeedTimeMs: 0,
        match: 'all',
        mostSeedTimeMs: 30 * 86_400_000,
        trackers: new Map(),
      },
      shipWhen: 'ratio',
      stallTimeoutMs: 3_600_000,
      mostWaitMs: 86_400_000,
      verify: 'checksum',
      maxTransfers: 2,
      bandwidthBytesPerSecond: 0,
      oversize: 'pieces',
      oversizePrivate: false,
    },
    timesOfDay: { maxTransfers: { usual: 2, times: [] }, bandwidthBytesPerSecond: { usual: 0, times: [] } },
    logLevel: 'info',
    logFormat: 'auto',
  });
});

test('~ is the home, here in local paths and there in the remote path', () => {
  const configuration = parse({
    managed_torrents_directory: '~/torrents/',
    remote_path: '~/big',
    socket_url: 'scgi://~/.rtorrent.sock',
  });
  assert.equal(configuration.managedDirectory, '/home/me/torrents');
  assert.equal(configuration.remotePath, './big');
  assert.deepEqual(addressOf(configuration), { kind: 'unix', path: '/home/me/.rtorrent.sock' });
});

test('an rtorrent of our own needs no socket, and its keys have safe defaults', () => {
  const { rtorrent } = parse({ socket_url: undefined, rtorrent: 'embedded' });
  assert.deepEqual(rtorrent, {
    kind: 'embedded',
    downloadDirectory: undefined,
    ports: { first: 6881, last: 6999 },
    bindAddress: undefined,
    dht: false,
    pex: false,
    furtherLines: undefined,
  });
  const other = parse({
    rtorrent: 'embedded',
    rtorrent_download_directory: '~/downloads/',
    rtorrent_ports: '50000',
    rtorrent_address: '10.8.0.2',
    rtorrent_dht: 'yes',
    rtorrent_pex: 'Yes',
    rtorrent_further_rc: '~/own.rc',
  });
  assert.deepEqual(other.rtorrent, {
    kind: 'embedded',
    downloadDirectory: '/home/me/downloads',
    ports: { first: 50000, last: 50000 },
    bindAddress: '10.8.0.2',
    dht: true,
    pex: true,
    furtherLines: '/home/me/own.rc',
  });
});

test('what the command line says stands in the place of what the file says', () => {
  const { rtorrent } = parseConfiguration(textOf({}), 'c.cf', '/home/me', { rtorrent: 'embedded' });
  assert.equal(rtorrent.kind, 'embedded');
});

test('keys of an rtorrent of our own beside one of the user’s are a mistake', () => {
  assert.match(
    mistakesOf(textOf({ rtorrent_dht: 'yes' }))[0] ?? '',
    /c\.cf:8: rtorrent_dht 'yes' says nothing without rtorrent = embedded; remove it/,
  );
});

test('values may hold #, ;, % and =', () => {
  const odd = '/home/me/a#b;c%d=e';
  assert.equal(parse({ managed_torrents_directory: odd }).managedDirectory, odd);
});

test('sizes, sockets, levels and rates in their forms', () => {
  assert.equal(parse({ space_limit: '3GiB' }).policy.spaceLimitBytes, 3 * 1024 ** 3);
  assert.equal(parse({ space_limit: '3 GB' }).policy.spaceLimitBytes, 3e9);
  assert.deepEqual(addressOf(parse({ socket_url: 'scgi://127.0.0.1:5000' })), {
    kind: 'tcp',
    host: '127.0.0.1',
    port: 5000,
  });
  assert.deepEqual(addressOf(parse({ socket_url: 'scgi://[::1]:5000' })), {
    kind: 'tcp',
    host: '::1',
    port: 5000,
  });
  assert.equal(parse({ log_level: 'WARNING' }).logLevel, 'warn');
  assert.equal(parse({ bandwidth_limit: '2MiB/s' }).policy.bandwidthBytesPerSecond, 2 * 1024 ** 2);
  assert.equal(parse({ required_ratio: '0' }).policy.duty.requiredRatio, 0);
});

const wrongValues: readonly (readonly [string, string, RegExp])[] = [
  ['managed_torrents_directory', 'torrents', /is no absolute path; write it from the root/],
  ['remote_host', '-oProxyCommand=evil', /is no host as ssh takes it/],
  ['remote_host', 'host:/path', /is no host as ssh takes it/],
  ['remote_path', 'big', /is no absolute path/],
  ['space_limit', '0', /must be more than 0/],
  ['space_limit', 'much', /is no size; write bytes, or a number with a unit/],
  ['space_limit', '-5', /is no size/],
  ['required_ratio', 'high', /is no ratio/],
  ['required_ratio', '-1', /is no ratio/],
  ['required_ratio', 'nan', /is no ratio/],
  ['socket_url', '/path', /is no SCGI address/],
  ['socket_url', 'scgi://host:99999', /is no SCGI address/],
  ['socket_url', 'http://host/RPC2', /is no SCGI address/],
  ['rtorrent', 'mine', /write external .* or embedded/],
  ['remote_sync_service', 'rclone', /rsync is the only service/],
  ['log_level', 'loud', /is no level; write debug, info, warning or error/],
  ['log_format', 'xml', /write human, json, or auto/],
  ['verify', 'never', /write checksum .* or size/],
  ['max_transfers', '0', /write 1 to 99/],
  ['bandwidth_limit', 'fast', /is no rate/],
  ['bandwidth_limit', '1MiB, 01:00 0', /is no rate.* or by time of day, as 2MiB, 01:00-07:00 0/],
  ['max_transfers', '2, 01:00-07:00 0', /is no number of transfers.* or by time of day/],
];

for (const [key, value, expected] of wrongValues) {
  test(`${key} = ${value} is one mistake that names the line and the fix`, () => {
    const text = textOf({ [key]: value });
    const line = text.split('\n').findIndex((one) => one.startsWith(`${key} `)) + 1;
    const [mistake, ...others] = mistakesOf(text);
    assert.deepEqual(others, []);
    assert.ok(mistake?.startsWith(`c.cf:${line}: ${key} '${value}' `), mistake);
    assert.match(mistake ?? '', expected);
  });
}

const wrongEmbeddedValues: readonly (readonly [string, string, RegExp])[] = [
  ['rtorrent_download_directory', 'here', /is no absolute path/],
  ['rtorrent_ports', '7000-6000', /is no range of ports; write the first and the last/],
  ['rtorrent_ports', '0', /is no range of ports/],
  ['rtorrent_address', 'eth0', /is no IP address/],
  ['rtorrent_dht', 'on', /is neither; write yes or no/],
];

for (const [key, value, expected] of wrongEmbeddedValues) {
  test(`${key} = ${value} is a mistake that names the fix`, () => {
    const [mistake, ...others] = mistakesOf(textOf({ rtorrent: 'embedded', [key]: value }));
    assert.deepEqual(others, []);
    assert.match(mistake ?? '', expected);
  });
}

test('an empty value is named as such', () => {
  assert.match(mistakesOf(textOf({ remote_host: '' }))[0] ?? '', /remote_host \(empty\) is no host/);
});

test('every missing key is named with an example', () => {
  const lines = mistakesOf('[main]\nverify = size');
  assert.deepEqual(
    lines.map((line) => /^c\.cf:2: (\w+) is missing; add a line, as: \1 = \S+$/.exec(line)?.[1]),
    Object.keys(good),
  );
});

test('an unknown key is named with the nearest known one, or as nothing that is known', () => {
  assert.match(mistakesOf(textOf({ required_ration: '1' }))[0] ?? '', /did you mean required_ratio\?/);
  assert.match(
    mistakesOf(textOf({ colour_of_the_sky: 'blue' }))[0] ?? '',
    /is no known key; remove the line/,
  );
});

test('both names of one key are a mistake that names both lines', () => {
  assert.match(
    mistakesOf(textOf({ rsync_host: 'other' }))[0] ?? '',
    /c\.cf:8: rsync_host says the same as remote_host in line 3; remove one of them/,
  );
});

test('another section is not known', () => {
  assert.match(
    mistakesOf(`${textOf({})}\n[other]\nverify = size`)[0] ?? '',
    /c\.cf:9: the section \[other\] is not known; put verify under \[main\]/,
  );
});

test('mistakes come in the order of their lines', () => {
  const numbers = mistakesOf(textOf({ remote_path: 'x', space_limit: 'y', verify: 'z', nonsense: '1' })).map(
    (line) => Number(line.split(':')[1]),
  );
  assert.deepEqual(numbers, [4, 5, 8, 9]);
});

test('duty in its forms, and what a tracker has of its own', () => {
  const text = [
    '[tracker Strict.Example]',
    'required_seed_time = 1d 12h',
    'duty = any',
    textOf({ required_ratio: '2', max_seed_time: 'off', ship_when: 'completed' }),
    '[tracker slow.example]',
    'max_seed_time = 90d',
  ].join('\n');
  const { policy } = parseConfiguration(text, 'c.cf', '/home/me');
  const main = {
    requiredRatio: 2,
    requiredSeedTimeMs: 0,
    match: 'all',
    mostSeedTimeMs: Number.POSITIVE_INFINITY,
  } as const;
  const trackers = new Map<string, unknown>([
    ['strict.example', { ...main, requiredSeedTimeMs: 36 * 3_600_000, match: 'any' }],
    ['slow.example', { ...main, mostSeedTimeMs: 90 * 86_400_000 }],
  ]);
  assert.deepEqual(policy.duty, { ...main, trackers });
  assert.equal(policy.shipWhen, 'completed');
});

test('mistakes about duty are told like all others', () => {
  const text = [
    textOf({ required_seed_time: '3 days', duty: 'both', max_seed_time: '0', ship_when: 'later' }),
    '[tracker a.example]',
    'required_ratio = high',
    'required_sed_time = 3d',
    'space_limit = 3GiB',
    '[tracker https://b.example/announce]',
    'duty = any',
    '[tracker]',
    'duty = any',
  ].join('\n');
  const lines = mistakesOf(text).join('\n');
  for (const expected of [
    /required_seed_time '3 days' is no time; write .*3d/,
    /duty 'both' is not known; write all/,
    /max_seed_time '0' must be more than 0; .*off/,
    /ship_when 'later' is not known; write ratio/,
    /required_ratio 'high' is no ratio/,
    /required_sed_time is no known key; did you mean required_seed_time\?/,
    /space_limit is no known key; remove the line/,
    /'https:\/\/b\.example\/announce' is no host of a tracker; write it as \[tracker tracker\.example\.org\]/,
    /the section \[tracker\] is not known; put duty under \[main\]/,
  ]) {
    assert.match(lines, expected);
  }
});
