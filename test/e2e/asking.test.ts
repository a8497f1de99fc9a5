/** What a person asks about the present: `plan`, `why`, `problems`, of a look of their own and of a daemon at work. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { ControlClient } from '../../src/cli/control-client.ts';
import { controlSocketPath, findPlaces } from '../../src/cli/places.ts';
import { valuesIn } from '../unit/dashboard/metrics-format.ts';
import type { DriverResult, DriverRun } from './rig/driver-runs.ts';
import type { RigTorrent } from './rig/torrents.ts';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';

interface Planned {
  readonly name: string;
  readonly action?: string;
  readonly reason?: { readonly kind: string };
  readonly start?: { readonly ms: number };
}

interface Problem {
  readonly id: string;
  readonly severity: string;
  readonly kind: string;
  readonly sentence: string;
  readonly remedy?: string | undefined;
  readonly sinceMs: number;
}

const mib = 1024 ** 2;

/** With a transfer that lasts for longer than all that is asked meanwhile. */
const settings = { space_limit: 8 * mib, oversize: 'files', bandwidth_limit: '15KiB' };

let rig: Rig;
let parcel: RigTorrent;
let huge: RigTorrent;
let found: readonly Problem[];

before(async () => {
  rig = await startRig();
  rig.writeConfiguration(settings);
  const pieceLengthBytes = 65_536;
  parcel = await rig.addTorrent({ name: 'parcel.bin', bytes: 4 * mib, pieceLengthBytes });
  huge = await rig.addTorrent({ name: 'huge.bin', bytes: 20 * mib, pieceLengthBytes, seeded: false });
  writeFileSync(`${rig.managedDirectory}/broken.torrent`, 'd4:info');
});

after(() => (rig as Rig | undefined)?.stop());

async function inJson<T>(args: readonly string[], exitCode: number): Promise<T> {
  const run = await rig.drive([...args, '--json']);
  assert.equal(run.exitCode, exitCode, run.stderr);
  return JSON.parse(run.stdout) as T;
}

function kindsOf(planned: readonly Planned[]): readonly (readonly [string, string | undefined])[] {
  return planned.map(({ name, action, reason }) => [name, action ?? reason?.kind]);
}

/** Whoever answers, what is called by no name of a torrent is a mistake of the command line that says which there are. */
function expectUnknown({ exitCode, stdout, stderr }: DriverResult): void {
  assert.equal(exitCode, 64);
  assert.equal(stdout, '');
  assert.match(stderr, /no managed torrent is called so: nothing-like-it — there are: /);
  for (const { name, infohash } of [parcel, huge])
    assert.ok(stderr.includes(`${name.toString()} (${infohash.slice(0, 8).toLowerCase()})`), stderr);
}

describe('without a daemon', () => {
  test('plan tells what a pass would do, what waits and why, and what was skipped', async () => {
    const { exitCode, stdout, stderr } = await rig.drive(['plan']);
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stdout,
      /^The next pass would:\n {2}NAME +DONE IN +WHAT\n {2}parcel\.bin +- +load it whole: /m,
    );
    assert.match(stdout, /^Waiting, in the order of the queue; all is done at a time that cannot be told:$/m);
    assert.match(stdout, /^ {2}NAME +STARTS +DONE IN +WHY$/m);
    assert.match(stdout, /^ {2}huge\.bin +- +- +its file huge\.bin alone needs 20\.0 MiB/m);
    assert.match(stderr, /skipped \S+\/broken\.torrent: /);
    const { actions, waits } = await inJson<Record<'actions' | 'waits', readonly Planned[]>>(['plan'], 0);
    assert.deepEqual(kindsOf(actions), [['parcel.bin', 'load']]);
    assert.equal(actions[0]?.start?.ms, 0);
    assert.deepEqual(kindsOf(waits), [['huge.bin', 'file-too-large']]);
  });

  test('why tells it by name and by infohash, and what there is where nothing is called so', async () => {
    for (const called of ['parcel.bin', 'parc', parcel.infohash, parcel.infohash.slice(0, 8).toLowerCase()]) {
      const { exitCode, stdout, stderr } = await rig.drive(['why', called]);
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^parcel\.bin: next pass: load it whole/);
      assert.match(stdout, /^ {2}rtorrent +not loaded$/m);
      assert.match(stdout, /^ {2}proved +0 of 1 file /m);
    }
    expectUnknown(await rig.drive(['why', 'nothing-like-it']));
  });

  test('problems tells what is wrong and what to do, the worst first, and exits with 1', async () => {
    const { exitCode, stdout } = await rig.drive(['problems']);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^problem {2}huge\.bin: its file .*\n +→ give it at least 21 MiB/);
    assert.match(stdout, /^warning {2}\S+\/broken\.torrent is skipped: .*\n +→ replace it/m);
    ({ problems: found } = await inJson<{ readonly problems: readonly Problem[] }>(['problems'], 1));
    assert.deepEqual(
      found.map(({ kind, severity }) => [kind, severity]),
      [
        ['file-too-large', 'error'],
        ['rejected', 'warning'],
      ],
    );
  });
});

describe('with a daemon', () => {
  let daemon: DriverRun;

  before(async () => {
    const news = { on_event: `cat >>'${rig.directory}/news'`, on_event_kinds: 'problem' };
    rig.writeConfiguration({ ...settings, ...news });
    daemon = rig.startDriver(['daemon']);
    await rig.until('it ships', async () => (await rig.remoteFiles()).size > 0, 60_000);
    await rig.until('it says so', async () => {
      const { waits } = await inJson<{ readonly waits: readonly Planned[] }>(['plan'], 0);
      return waits.some(({ reason }) => reason?.kind === 'job');
    });
  });

  test('plan shows what is under way, and when it is done', async () => {
    const { exitCode, stdout, stderr } = await rig.drive(['plan']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^Nothing can be done now\.$/m);
    assert.match(stdout, /^ {2}parcel\.bin +now +\S.* being shipped: \d+ % of 4\.0 MiB$/m);
    assert.match(stderr, /skipped \S+\/broken\.torrent: /);
    const { waits } = await inJson<{ readonly waits: readonly Planned[] }>(['plan'], 0);
    assert.deepEqual(kindsOf(waits), [
      ['parcel.bin', 'job'],
      ['huge.bin', 'file-too-large'],
    ]);
  });

  test('why shows the transfer among its facts, by name and by infohash', async () => {
    for (const called of ['parcel.bin', parcel.infohash]) {
      const { exitCode, stdout, stderr } = await rig.drive(['why', called]);
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^parcel\.bin: being shipped: \d+ % of 4\.0 MiB$/m);
      assert.match(stdout, /^ {2}under way +ship, \S+ \S+ of 4\.0 MiB, for /m);
    }
    const facts = await inJson<{ readonly infohash: string; readonly facts: readonly unknown[] }>(
      ['why', 'parcel'],
      0,
    );
    assert.equal(facts.infohash, parcel.infohash);
    assert.ok(facts.facts.length > 5);
    expectUnknown(await rig.drive(['why', 'nothing-like-it']));
  });

  test('problems are one list, whoever tells them: what, how bad, since when, and what to do', async () => {
    const { problems } = await inJson<{ readonly problems: readonly Problem[] }>(['problems'], 1);
    const withoutTime = (all: readonly Problem[]) => all.map(({ sinceMs: _, ...problem }) => problem);
    assert.deepEqual(withoutTime(problems), withoutTime(found), 'as a look without a daemon has it');
    const status = await inJson<Told & { readonly driver: { readonly kind: string } }>(['status'], 0);
    assert.equal(status.driver.kind, 'daemon', 'it was the daemon that answered');
    assert.deepEqual(status.problems, problems);
    const doctor = await inJson<Told>(['doctor'], 1);
    assert.deepEqual(doctor.problems, problems);
    assert.deepEqual((await pageMessage()).problems, problems);
    for (const { sentence } of problems) {
      await rig.until(
        'the log tells it',
        () => daemon.output().stderr.includes(`problem: ${sentence}`),
        20_000,
      );
    }
    const values = valuesIn(await overSocket('/metrics'));
    for (const { severity, kind, sinceMs } of problems) {
      const metric = `low_space_driver_problem_start_time_seconds{severity="${severity}",kind="${kind}"}`;
      assert.equal(values.get(metric), sinceMs / 1000);
      assert.equal(values.get(`low_space_driver_problems{severity="${severity}"}`), 1);
    }
    const newsOf = (): readonly string[] => readFileSync(`${rig.directory}/news`, 'utf8').trim().split('\n');
    await rig.until('the hook has heard', () => newsOf().length >= problems.length);
    assert.deepEqual(
      newsOf().map((line) => {
        const { severity, sentence, remedy, atMs } = JSON.parse(line) as Problem & { readonly atMs: number };
        return { severity, sentence, remedy, sinceMs: atMs };
      }),
      problems.map(({ severity, sentence, remedy, sinceMs }) => ({ severity, sentence, remedy, sinceMs })),
    );
  });

  test('what began under a daemon is known to last when it is gone', async () => {
    const { problems } = await inJson<Told>(['problems'], 1);
    daemon.signal('SIGTERM');
    assert.equal((await daemon.finished).exitCode, 0);
    const status = await inJson<Told & { readonly driver: { readonly kind: string } }>(['status'], 0);
    assert.equal(status.driver.kind, 'look');
    assert.deepEqual(status.problems, problems);
    const { stdout } = await rig.drive(['status']);
    assert.match(stdout, /^problem {2}huge\.bin: its file huge\.bin .* \(for \d+\w.*\)$/m);
  });
});

interface Told {
  readonly problems: readonly Problem[];
}

function socketPath(): string {
  return controlSocketPath(findPlaces(rig.environment), rig.managedDirectory);
}

/** The first message that the page gets. */
async function pageMessage(): Promise<Told> {
  const leave = new AbortController();
  let report: Told | undefined;
  await new ControlClient(socketPath()).watch((message) => {
    if (message.kind === 'report') ({ report } = message);
    leave.abort();
  }, leave.signal);
  assert.ok(report !== undefined);
  return report;
}

async function overSocket(path: string): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const asking = request({ socketPath: socketPath(), path, headers: { host: 'localhost' } }, (response) => {
      text(response).then(resolve, reject);
    });
    asking.once('error', reject).end();
  });
}
