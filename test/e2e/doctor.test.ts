/** What the doctor says of rtorrent: who else can command it, what its rc file does, and one of ours. */

import assert from 'node:assert/strict';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});

afterEach(() => {
  rig.writeConfiguration();
  rmSync(join(rig.directory, 'home', '.rtorrent.rc'), { force: true });
});

after(() => (rig as Rig | undefined)?.stop());

function writeRc(...lines: readonly string[]): void {
  writeFileSync(join(rig.directory, 'home', '.rtorrent.rc'), lines.join('\n'));
}

test('a socket that every user may write to is a warning, its port for peers is none', async () => {
  assert.doesNotMatch((await rig.drive(['doctor'])).stdout, /rtorrent's socket/);
  chmodSync(rig.client.socketPath, 0o777);
  chmodSync(rig.client.directory, 0o755);
  chmodSync(rig.directory, 0o755);
  const { stdout } = await rig.drive(['doctor']);
  assert.match(stdout, /warning +rtorrent's socket +every user of this host may write to .*socket/);
  chmodSync(rig.client.socketPath, 0o700);
});

test('lines that the installed rtorrent refuses are named, with what it takes instead', async () => {
  writeRc('network.scgi.open_local = /s', 'network.listen.port.range.set = 1-2');
  const { stdout } = await rig.drive(['doctor']);
  assert.match(stdout, /rtorrent\.rc:2: rtorrent 0\.9\.8 does not know network\.listen\.port\.range\.set/);
  assert.match(stdout, /→ write network\.port_range\.set/);
});

test('what the rc file says of the guard counts, and encryption that keeps pieces out is named', async () => {
  writeRc(
    'schedule2 = low_diskspace,5,60,((close_low_diskspace,1K))',
    'protocol.encryption.set = allow_incoming,require',
  );
  const { stdout } = await rig.drive(['doctor']);
  assert.match(stdout, /ok +low-diskspace guard .* rtorrent\.rc asks for 1\.0 KiB/);
  assert.match(stdout, /rtorrent\.rc:2: with encryption required/);
  writeRc('schedule2 = low_diskspace,5,60,((close_low_diskspace,900000G))');
  assert.match((await rig.drive(['doctor'])).stdout, /warning +low-diskspace guard .*by rtorrent\.rc/);
});

test('an embedded rtorrent that does not run is a warning with the fix; run refuses to work without', async () => {
  rig.writeConfiguration({ socket_url: undefined, rtorrent: 'embedded' });
  const { exitCode, stdout } = await rig.drive(['doctor']);
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /warning +rtorrent +the embedded rtorrent does not run\n.*start .*daemon/);
  assert.match(stdout, /ok +embedded rtorrent +version 0\.9\.8 is installed/);
  assert.match(stdout, /ok +its directories/);
  assert.match(stdout, /ok +its port for peers +\d+ is free/);
  const run = await rig.drive(['run']);
  assert.equal(run.exitCode, 64);
  assert.match(run.stderr, /start `rtorrent-low-space-driver daemon`/);
  const status = await rig.drive(['status']);
  assert.equal(status.exitCode, 69);
  assert.match(status.stderr + status.stdout, /the embedded rtorrent does not run/);
});

test('what an embedded rtorrent will not find when it starts is a problem with the fix', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => {
    taken.listen({ port: 0, host: rig.client.address }, resolve);
  });
  const { port } = taken.address() as AddressInfo;
  const embedded = { socket_url: undefined, rtorrent: 'embedded' };
  const file = join(rig.directory, 'no-directory');
  writeFileSync(file, '');
  rig.writeConfiguration({
    ...embedded,
    rtorrent_ports: String(port),
    rtorrent_address: rig.client.address,
    rtorrent_download_directory: join(file, 'downloads'),
    rtorrent_further_rc: join(rig.directory, 'none.rc'),
  });
  const { exitCode, stdout } = await rig.drive(['doctor']);
  taken.close();
  assert.equal(exitCode, 1, stdout);
  assert.match(
    stdout,
    new RegExp(`problem +its port for peers +no port of ${port} is free\\n.*rtorrent_ports`),
  );
  assert.match(
    stdout,
    /problem +its directories +.*downloads cannot be made: .*no-directory is no directory/,
  );
  assert.match(stdout, /problem +its further lines +.*none\.rc does not exist\n.*rtorrent_further_rc/);
  // RFC 5737: an address of documentation alone.
  rig.writeConfiguration({ ...embedded, rtorrent_address: '192.0.2.1' });
  const other = await rig.drive(['doctor']);
  assert.match(
    other.stdout,
    /problem +its port for peers +192\.0\.2\.1 is no address .*\n.*rtorrent_address/,
  );
});
