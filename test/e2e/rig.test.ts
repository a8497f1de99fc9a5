/** The rig itself: its world works, with hostile names, after kill -9, and leaves nothing behind. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Rig } from './rig.ts';
import { hosts, startRig } from './rig.ts';
import { reserveAddresses } from './rig/addresses.ts';
import { runningProcesses } from './rig/process-tree.ts';
import type { RigTorrent } from './rig/torrents.ts';

const run = promisify(execFile);

let rig: Rig;
let torrent: RigTorrent;

before(async () => {
  rig = await startRig({ remote: { rateKiB: 0 } });
});

after(() => (rig as Rig | undefined)?.stop());

test('a torrent with hostile names downloads from the seed', async () => {
  torrent = await rig.addTorrent({
    name: '-rf "quoted"\n\u{1f980}',
    pieceLengthBytes: 32_768,
    files: [
      { path: ["it's here", Buffer.from([0x66, 0xff, 0xfe])], bytes: 100_001 },
      { path: ['--delete'], bytes: 1 },
      { path: ['nothing'], bytes: 0 },
      { path: ['host:path \\ * $(true)'], bytes: 300_000 },
      { path: ['.pad', '1'], bytes: 5_000, padding: true },
    ],
  });
  assert.deepEqual(readFileSync(torrent.torrentPath), torrent.metainfo);

  await rig.client.call('load.raw_start', '', torrent.metainfo);
  await rig.until('the client has all of it', isComplete);

  const [listed] = (await rig.client.call(
    'd.multicall2',
    '',
    'main',
    'd.hash=',
    'd.size_files=',
  )) as unknown[];
  assert.deepEqual(listed, [torrent.infohash, 5]);
  assert.ok(rig.allocatedBytes() >= 400_002);
});

test('rsync reaches the remote through the ssh wrapper, and what is missing or left over is told', async () => {
  await assert.rejects(rig.expectShipped(torrent), /missing: .*--delete/);
  await ship();
  await rig.expectShipped(torrent);
  assert.equal((await rig.remoteFiles()).size, 5);

  const name = torrent.name.toString('latin1');
  await run(
    'ssh',
    ['bighost', `cd '${rig.remote.path}'/*/ && printf x > .--delete.AbCdEf && printf y > ./--delete`],
    {
      env: rig.environment,
    },
  );
  await assert.rejects(rig.expectShipped(torrent), (error: Error) => {
    assert.match(error.message, /wrong content: .*--delete", 1 bytes/);
    assert.match(error.message, /left over: .*\.--delete\.AbCdEf", 1 bytes/);
    return true;
  });
  assert.ok((await rig.remoteFiles()).has(`${name}/.--delete.AbCdEf`));
});

test('a connection is cut, the host hangs, goes away and comes back', async () => {
  const sleeping = run('ssh', ['bighost', 'echo up; sleep 60'], { env: rig.environment });
  sleeping.child.stdout?.once('data', () => rig.remote.cut());
  await assert.rejects(sleeping, { code: 255 });

  rig.remote.freeze();
  await assert.rejects(run('ssh', ['-o', 'ConnectTimeout=1', 'bighost', 'true'], { env: rig.environment }), {
    code: 255,
  });
  rig.remote.thaw();
  await rig.remote.stop();
  await assert.rejects(run('ssh', ['bighost', 'true'], { env: rig.environment }), { code: 255 });
  await rig.remote.start();
  await run('ssh', ['bighost', 'true'], { env: rig.environment });
});

test('a slow seed keeps a torrent incomplete, and kill -9 loses no session', async () => {
  await rig.seeder.setRateKiB(200);
  const slow = await rig.addTorrent({
    name: 'slow',
    bytes: 20_000_000,
    pieceLengthBytes: 65_536,
    managed: false,
  });
  assert.ok(!readdirSync(rig.managedDirectory).includes('slow.torrent'));
  const sampling = rig.sampleAllocation();
  await rig.client.call('load.raw_start', '', slow.metainfo);
  await rig.until('some of it is here', async () =>
    Number(await rig.client.call('d.completed_bytes', slow.infohash)),
  );
  assert.equal(Number(await rig.client.call('d.complete', slow.infohash)), 0);
  assert.ok(sampling.stop().peakBytes > 465_000);

  const before = rig.client.pid;
  await rig.client.restart({ kill: true });
  assert.notEqual(rig.client.pid, before);
  const hashes = (await rig.client.call('download_list', '')) as string[];
  assert.deepEqual(hashes.sort(), [slow.infohash, torrent.infohash].sort());

  await rig.seeder.setRateKiB(0);
  await rig.until(
    'the rest arrives',
    async () => Number(await rig.client.call('d.complete', slow.infohash)) === 1,
  );
  await rig.client.restart({ kill: false });
  assert.equal(Number(await rig.client.call('d.complete', slow.infohash)), 1);
});

test('a leecher downloads from the client when the seed has left', async () => {
  await rig.seeder.pause(torrent);
  await rig.until('the seed has left', () =>
    rig.tracker.peersOf(torrent.infohash).every((peer) => peer.address !== rig.seeder.address),
  );
  const leecher = await rig.startLeecher();
  await leecher.download(torrent);
  await rig.until(
    'the leecher has it',
    async () => (await leecher.completedBytes(torrent)) === torrent.totalBytes,
  );
  await rig.until(
    'the client counts its uploads',
    async () => Number(await rig.client.call('d.up.total', torrent.infohash)) >= torrent.totalBytes,
  );
});

test('a leecher counts the bytes that failed their hash', async () => {
  const bad = await rig.addTorrent({
    name: 'bad',
    bytes: 1_000_000,
    pieceLengthBytes: 65_536,
    managed: false,
  });
  const path = (await rig.seeder.call('d.base_path', bad.infohash)) as string;
  writeFileSync(path, Buffer.alloc(500_000), { flag: 'r+' });
  const leecher = await rig.startLeecher();
  await leecher.download(bad);
  await rig.until('bad pieces are counted', async () => (await leecher.badBytes(bad)) >= 65_536);
});

test('what did not happen is told with the log of the client', async () => {
  await assert.rejects(
    rig.until('pigs fly', () => false, 30),
    /not within 30 ms: pigs fly; the condition stayed false\nrtorrent in .* runs as process \d+[^]*Starting thread/,
  );
});

test('the configuration file names the rig', () => {
  rig.writeConfiguration({ required_ratio: 2, remote_path: undefined });
  const text = readFileSync(rig.configurationPath, 'utf8');
  assert.match(text, /^\[main\]\nmanaged_torrents_directory = \/.*\nremote_host = bighost\nspace_limit = /);
  assert.match(text, /required_ratio = 2\nsocket_url = scgi:\/\/\/.*\/socket\nlog_format = human\n$/);
});

test('a program runs as the user of the rig, to its end or to its limit', async () => {
  const sh = (script: string, limitMs = 10_000) => rig.drive(['-c', script], { program: '/bin/sh', limitMs });
  const result = await sh('command -v ssh; echo "$HOME" >&2; test -z "$XDG_RUNTIME_DIR" && exit 3');
  assert.deepEqual(result, {
    exitCode: 3,
    signal: null,
    stdout: `${rig.directory}/bin/ssh\n`,
    stderr: `${rig.directory}/home\n`,
  });
  await assert.rejects(sh('echo so far; sleep 60', 300), /still running after 300 ms\nstdout:\nso far/);
  const left = rig.startDriver(['-c', 'exec sleep 60'], { program: '/bin/sh' });
  assert.ok(rig.processIds().includes(left.pid));
  left.signal('SIGTERM');
  assert.equal((await left.finished).signal, 'SIGTERM');
});

test('an rtorrent that does not start is told at once, with what it wrote', async () => {
  await assert.rejects(
    startRig({ client: { extraLines: ['no.such.command = 1'] } }),
    /rtorrent does not start\nrtorrent in .* ended by itself[^]*no\.such\.command/,
  );
});

test('a program is started through the words of its host, and what goes to the remote is counted', async () => {
  const reserved = await reserveAddresses();
  const addresses = {
    ...reserved,
    enter: (host: number) => (host === hosts.seeder ? ['env', 'STARTED_ON=seeder'] : []),
  };
  const other = await startRig({ addresses, remote: { rateKiB: 0 } });
  try {
    const environmentOf = (pid: number | undefined): string =>
      readFileSync(`/proc/${pid ?? 0}/environ`, 'latin1');
    assert.match(environmentOf(other.seeder.pid), /STARTED_ON=seeder/);
    assert.doesNotMatch(environmentOf(other.client.pid), /STARTED_ON/);
    const sending = run('ssh', ['bighost', 'cat >/dev/null'], { env: other.environment });
    sending.child.stdin?.end(Buffer.alloc(1_000_000));
    await sending;
    const sentBytes = other.remote.sentBytes();
    assert.ok(sentBytes > 1_000_000 && sentBytes < 1_100_000, String(sentBytes));
  } finally {
    await other.stop();
  }
});

test('two rigs at once do not meet; a stop leaves no process and no file, a second stop is no harm', async () => {
  const other = await startRig();
  assert.notEqual(other.client.address, rig.client.address);
  assert.ok(other.processIds().length >= 3);
  await other.stop();
  await other.stop();
  assert.deepEqual(other.processIds(), []);
  assert.equal(existsSync(other.directory), false);
  assert.ok(rig.processIds().length >= 3);
});

test('a rig whose test process is killed ends as well', async () => {
  const script = `const { startRig } = await import(${JSON.stringify(import.meta.resolve('./rig.ts'))});
    const rig = await startRig();
    console.log(JSON.stringify({ directory: rig.directory, pids: rig.processIds() }));
    setTimeout(() => {}, 60_000);`;
  const victim = run(process.execPath, ['--input-type=module', '--eval', script]);
  const line = await new Promise<string>((resolve, reject) => {
    victim.child.stdout?.once('data', (chunk: string) => resolve(chunk));
    victim.catch(reject);
  });
  const { directory, pids } = JSON.parse(line) as { directory: string; pids: number[] };
  assert.ok(pids.length >= 3);
  victim.child.kill('SIGKILL');
  await rig.until('its processes are gone', () => runningProcesses().every(({ pid }) => !pids.includes(pid)));
  await rig.until('its directory is gone', () => !existsSync(directory));
});

async function isComplete(): Promise<boolean> {
  return Number(await rig.client.call('d.complete', torrent.infohash)) === 1;
}

/** Ships all of the download directory; names need no quoting that way. */
async function ship(): Promise<void> {
  await run(
    'rsync',
    ['--recursive', '--times', `${rig.client.downloadDirectory}/`, `bighost:${rig.remote.path}/`],
    {
      env: rig.environment,
    },
  );
}
