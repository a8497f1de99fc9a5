/** The first set-up: by flags, by questions in a terminal, and what it never does. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DriverResult, DriverRun } from './rig/driver-runs.ts';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';

const launcher = fileURLToPath(new URL('../../bin/rtorrent-low-space-driver', import.meta.url));

let rig: Rig;
let home: string;
let file: string;
let flags: readonly string[];

before(async () => {
  rig = await startRig();
  home = join(rig.directory, 'home');
  file = rig.configurationPath;
});

after(() => (rig as Rig | undefined)?.stop());

beforeEach(() => {
  rmSync(file, { force: true });
  flags = [
    ...['--torrents', join(home, 'torrents'), '--to', `${rig.remote.host}:${rig.remote.path}`],
    ...['--space', '1MiB', '--ratio', '0', '--rtorrent', rig.client.socketPath],
  ];
});

function init(...more: readonly string[]): Promise<DriverResult> {
  return rig.drive(['init', ...flags, ...more]);
}

/** Puts a program before all others of its name; it can keep things in the rig's directory. */
function pretend(name: string, script: string): void {
  writeFileSync(join(rig.directory, 'bin', name), `#!/bin/sh\ncd '${rig.directory}'\n${script}\n`, {
    mode: 0o755,
  });
}

test('with all flags it checks, asks nothing, and writes a configuration that works, for its owner alone', async () => {
  const { exitCode, stdout, stderr } = await init();
  assert.equal(exitCode, 0, stderr);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(stdout, /ok +ssh login/);
  assert.match(stdout, /ok +managed directory +.*torrents will be made/);
  assert.match(stdout, /Lines for rtorrent\.rc/);
  assert.match(stdout, /schedule2 = low_diskspace/);
  assert.ok(statSync(join(home, 'torrents')).isDirectory());
  const doctor = await rig.drive(['doctor']);
  assert.doesNotMatch(doctor.stdout, /^problem/m);
});

test('what is there is not overwritten, unless it says the same or force is given', async () => {
  await init();
  assert.equal((await init()).exitCode, 0, 'the same again');
  const written = readFileSync(file, 'utf8');
  const refused = await init('--set', 'max_transfers=5');
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /Nothing was written: .*\.cf would be changed\. --force does so/);
  assert.equal(readFileSync(file, 'utf8'), written);
  assert.equal((await init('--set', 'max_transfers=5', '--force')).exitCode, 0);
  assert.match(readFileSync(file, 'utf8'), /^max_transfers = 5$/m);
});

test('a dry run writes nothing; neither does one with a problem, unless forced', async () => {
  const dry = await init('--dry-run');
  assert.equal(dry.exitCode, 0, dry.stderr);
  assert.match(dry.stdout, /remote_host = bighost/);
  flags = [...flags, '--to', 'nowhere.invalid:/big'];
  const { exitCode, stdout, stderr } = await init();
  assert.equal(exitCode, 1);
  assert.match(stdout, /problem +ssh login/);
  assert.match(stderr, /Nothing was written/);
  assert.equal(existsSync(file), false);
  assert.equal((await init('--force')).exitCode, 0);
  assert.ok(existsSync(file));
});

test('without a terminal, what is missing is a mistake of the command line that names each flag', async () => {
  const { exitCode, stderr } = await rig.drive(['init', '--space', 'much']);
  assert.equal(exitCode, 64);
  assert.match(stderr, /--torrents is missing; write, as: --torrents/);
  assert.match(stderr, /--to is missing/);
  assert.match(stderr, /--space 'much' is no size/);
  assert.equal(existsSync(file), false);
});

test('a line is added to the crontab once, and every other byte of it stays', async () => {
  const crontab = join(rig.directory, 'crontab');
  pretend(
    'crontab',
    'case $1 in -l) [ -e crontab ] || { echo "no crontab for me" >&2; exit 1; }; cat crontab;; -) cat >crontab;; esac',
  );
  assert.equal((await init('--schedule', 'cron')).exitCode, 0);
  assert.equal(readFileSync(crontab, 'utf8'), `0 * * * * ${launcher}\n`);
  const others = Buffer.from('# mine \xff\n\n5 4 * * * echo 100\\%  # no end of line', 'latin1');
  writeFileSync(crontab, others);
  assert.equal((await init('--schedule', 'cron')).exitCode, 0);
  assert.equal((await init('--schedule', 'cron')).exitCode, 0);
  assert.deepEqual(readFileSync(crontab), Buffer.concat([others, Buffer.from(`\n0 * * * * ${launcher}\n`)]));
  writeFileSync(crontab, `@hourly lckdo /tmp/x ${launcher}\n`);
  const refused = await init('--schedule', 'cron');
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /crontab \(@hourly lckdo .*\) would be changed/);
});

test('an embedded rtorrent is started by cron with the machine, or kept by a unit of systemd', async () => {
  const crontab = join(rig.directory, 'crontab');
  rmSync(crontab, { force: true });
  pretend(
    'crontab',
    'case $1 in -l) cat crontab 2>/dev/null || { echo "no crontab for me" >&2; exit 1; };; -) cat >crontab;; esac',
  );
  flags = [...flags, '--rtorrent', 'embedded'];
  const cron = await init('--schedule', 'cron');
  assert.equal(cron.exitCode, 0, cron.stderr);
  assert.equal(readFileSync(crontab, 'utf8'), `@reboot ${launcher} daemon\n`);
  assert.doesNotMatch(cron.stdout, /Lines for rtorrent\.rc/);

  pretend('systemctl', 'echo "$@" >>systemctl.log');
  assert.equal((await init('--schedule', 'systemd')).exitCode, 0);
  const unit = join(home, '.config/systemd/user/rtorrent-low-space-driver.service');
  assert.ok(readFileSync(unit, 'utf8').includes(`ExecStart=${launcher} daemon\n`));
  assert.equal(
    readFileSync(join(rig.directory, 'systemctl.log'), 'utf8'),
    '--user daemon-reload\n--user enable --now rtorrent-low-space-driver.service\n',
  );
  pretend('systemctl', 'echo "Failed to connect to bus" >&2; exit 1');
  rmSync(unit);
  const deaf = await init('--schedule', 'systemd');
  assert.equal(deaf.exitCode, 75);
  assert.match(
    deaf.stderr,
    /service is written, but .*Failed to connect to bus[^]*by ssh, not by su.*--schedule cron/,
  );
  writeFileSync(unit, '# mine\n');
  assert.equal((await init('--schedule', 'systemd')).exitCode, 1);
  assert.equal(readFileSync(unit, 'utf8'), '# mine\n');
});

/** In a terminal of its own; what is typed goes into `keys`. */
function inTerminal(args: readonly string[]): { run: DriverRun; type(text: string): void } {
  const keys = join(rig.directory, `keys-${Math.random()}`);
  writeFileSync(keys, '');
  const command = `stty cols 100 rows 40; exec ${[launcher, ...args].join(' ')}`;
  // `tail` ends with `script`, which ends with the program.
  const line = `tail -n +1 --pid=$$ -f '${keys}' | script -qefc '${command}' /dev/null`;
  const run = rig.startDriver(['-c', line], { program: '/bin/sh', environment: { TERM: 'xterm' } });
  return { run, type: (text) => writeFileSync(keys, text, { flag: 'a' }) };
}

test('in a terminal it asks, checks each answer at once, and writes only when told to', async () => {
  const { run, type } = inTerminal(['init']);
  const sees = (words: RegExp) =>
    rig
      .until(`it says ${words.source}`, () => words.test(run.output().stdout))
      .catch((error: unknown) => {
        throw new Error(`${String(error)}\n${run.output().stdout}`);
      });
  await sees(/Which directory will hold/);
  // What is typed takes the place of what is suggested.
  type(`${home}/torrents\r`);
  await sees(/Where shall finished torrents go/);
  type('nonsense\r');
  await sees(/is no place on a remote/);
  type(`\u0015bighost:${rig.remote.path}\r`);
  await sees(/ssh login: bighost, without a password/);
  await sees(/rsync there: version \d/);
  await sees(/How much of this disk/);
  type('many\r');
  await sees(/is no size/);
  type('\u00151MiB\r');
  await sees(/Which ratio/);
  type('\r');
  await sees(/Which rtorrent\?/);
  await sees(/the one that runs at/);
  // Up, to the last one: the first may be that of another test. An arrow's escape that comes in two parts would break off.
  type('k\r');
  await sees(/Its socket/);
  type(`\u0015${rig.client.socketPath}\r`);
  await sees(/How shall it be started/);
  type('k\r');
  await sees(/Write this\?/);
  assert.equal(existsSync(file), false, 'nothing is written before that');
  type('\r');
  await rig.until('it is written', () => existsSync(file));
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^required_ratio = 1\.0$/m);
  assert.ok(text.includes(`\nsocket_url = scgi://${rig.client.socketPath}\n`), text);
  run.signal('SIGTERM');
  await run.finished;
});

test('Ctrl-C leaves nothing behind', async () => {
  const { run, type } = inTerminal(['init', '--torrents', `${home}/other`, '--space', '1MiB']);
  await rig.until('it asks', () => run.output().stdout.includes('Where shall finished torrents go'));
  type('\u0003');
  const { exitCode } = await run.finished;
  assert.equal(exitCode, 130);
  assert.equal(existsSync(file), false);
  assert.equal(existsSync(`${home}/other`), false);
});
