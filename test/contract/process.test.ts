/** Programs are run within limits, and end with all that they started. */

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import type { ProgramOrder } from '../../src/adapters/process.ts';
import { describeRun, faultOfLimits, runProgram } from '../../src/adapters/process.ts';
import { until } from '../e2e/rig/until.ts';
import { commandLines } from './command-lines.ts';

let directory: string;

before(() => {
  directory = mkdtempSync(`${tmpdir()}/process-`);
});

after(() => {
  rmSync(directory, { recursive: true });
});

test('a run is told whole: command, exit code, output of both kinds', async () => {
  const run = await shell('cat; printf "\\377out"; echo complaint >&2; exit 3', {
    input: Buffer.from([0, 1, 0xfe]),
  });
  assert.deepEqual(run.stdout, Buffer.from('\0\x01\xfe\xffout', 'latin1'));
  assert.deepEqual(
    { ...run, stdout: '', durationMs: 0 },
    {
      command: `sh -c 'cat; printf "\\377out"; echo complaint >&2; exit 3'`,
      exitCode: 3,
      signal: undefined,
      limit: undefined,
      isMissing: false,
      stdout: '',
      stderr: 'complaint\n',
      durationMs: 0,
    },
  );
  assert.equal(describeRun(run), 'sh failed with exit code 3: complaint');
  assert.equal(faultOfLimits(run), undefined);
});

test('a program that a signal ended', async () => {
  const run = await shell('kill -9 $$');
  assert.deepEqual([run.exitCode, run.signal, run.limit], [undefined, 'SIGKILL', undefined]);
  assert.equal(describeRun(run), 'sh was ended by SIGKILL');
});

test('a program that is missing, one that may not be run, and a directory that is missing', async () => {
  const missing = await runProgram({ file: 'no-such-program', arguments: ['x'], timeoutMs: 10_000 });
  assert.equal(missing.isMissing, true);
  const fault = faultOfLimits(missing);
  assert.deepEqual(
    [fault?.kind, fault?.message, fault?.remedy],
    ['missing-program', 'no-such-program is not installed', 'install no-such-program'],
  );
  const file = `${directory}/no program`;
  writeFileSync(file, 'x');
  chmodSync(file, 0o644);
  const refused = await runProgram({ file, arguments: [], timeoutMs: 10_000 });
  assert.equal(refused.isMissing, false);
  assert.match(describeRun(refused), /could not be started: .*EACCES/);
  const nowhere = await shell('true', { directory: `${directory}/nowhere` });
  assert.equal(nowhere.isMissing, false);
  assert.match(describeRun(nowhere), /could not be started: .*nowhere/);
});

test('it runs where it is told to, and a leading dash or blank in an argument is nothing special', async () => {
  const run = await runProgram({
    file: 'sh',
    arguments: ['-c', 'pwd; printf "%s|" "$@"', 'sh', '-x', ' a b ', "it's"],
    directory,
    timeoutMs: 10_000,
  });
  assert.equal(run.stdout.toString(), `${directory}\n-x| a b |it's|`);
});

test('a run that takes too long ends, with all that it started', async () => {
  const run = await withChildren({ timeoutMs: 300 });
  assert.equal(run.limit, 'timeout');
  assert.match(describeRun(run), /^sh was ended after \d+ s$/);
  assert.deepEqual([faultOfLimits(run)?.kind, run.isMissing], ['limit', false]);
});

test('a run that falls silent ends, with all that it started; one that goes on writing does not', async () => {
  const run = await withChildren({ silenceMs: 300 });
  assert.equal(run.limit, 'silence');
  assert.match(describeRun(run), /nothing moved any more/);
  const slowly = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i; sleep 0.25; done';
  const [writing, complaining] = await Promise.all([
    shell(slowly, { silenceMs: 2_000 }),
    shell(`exec >&2; ${slowly}`, { silenceMs: 2_000 }),
  ]);
  assert.deepEqual([writing.limit, complaining.limit, writing.exitCode], [undefined, undefined, 0]);
});

test('a run that writes too much ends, with all that it started', async () => {
  const run = await withChildren({ outputLimitBytes: 10_000 }, 'yes');
  assert.equal(run.limit, 'output');
  assert.ok(run.stdout.length <= 10_000);
  assert.match(describeRun(run), /wrote too much/);
});

test('a run that is cancelled ends, with all that it started', async () => {
  const controller = new AbortController();
  const running = withChildren({ signal: controller.signal }, 'echo begun; sleep 60', () => {
    controller.abort();
  });
  assert.equal((await running).limit, 'cancelled');
  const before = await shell('sleep 60', { signal: AbortSignal.abort() });
  assert.equal(before.limit, 'cancelled');
});

test('what ignores the polite signal ends nevertheless', async () => {
  const run = await withChildren({ timeoutMs: 300 }, 'trap "" TERM; sleep 60; sleep 60');
  assert.deepEqual([run.limit, run.signal], ['timeout', 'SIGKILL']);
});

test('a pipe that another process holds open is not waited for', async () => {
  const run = await shell('sleep 60 & echo $!; echo complaint >&2; exit 3');
  process.kill(Number(run.stdout.toString()), 'SIGKILL');
  assert.deepEqual([run.exitCode, run.limit, run.stderr], [3, undefined, 'complaint\n']);
});

test('much is written to standard error: the end of it is kept', async () => {
  const run = await shell('yes complaint | head -c 300000 >&2; echo the end >&2');
  assert.ok(run.stderr.length <= 64 * 1024);
  assert.match(run.stderr, /the end\n$/);
});

test('output that is handed on as it comes is not collected as well', async () => {
  const chunks: Uint8Array[] = [];
  const run = await shell('echo one; echo two', { onOutput: (chunk) => chunks.push(chunk) });
  assert.equal(Buffer.concat(chunks).toString(), 'one\ntwo\n');
  assert.equal(run.stdout.length, 0);
});

test('input that nobody reads is no failure', async () => {
  const run = await shell('exit 0', { input: Buffer.alloc(1_000_000) });
  assert.deepEqual([run.exitCode, run.limit], [0, undefined]);
});

function shell(script: string, changes: Partial<ProgramOrder> = {}) {
  return runProgram({ file: 'sh', arguments: ['-c', script], timeoutMs: 30_000, ...changes });
}

/** How long the children sleep: tells them from those of another run of this file. */
let mark = process.pid * 100;

/** The run starts two children besides, one of which holds no pipe of it and ignores the polite signal. */
async function withChildren(changes: Partial<ProgramOrder>, script = 'sleep 60', onBegun?: () => void) {
  mark += 2;
  const children = `sleep ${mark} & (trap "" TERM; exec sleep ${mark + 1}) >/dev/null 2>&1 </dev/null &`;
  const running = shell(`${children} ${script}`, changes);
  if (onBegun !== undefined) {
    await until('the children run', () => sleepers() === 2, 10_000);
    onBegun();
  }
  const run = await running;
  await until('the children are gone', () => sleepers() === 0, 2_000);
  return run;
}

function sleepers(): number {
  const wanted = [`sleep\0${mark}\0`, `sleep\0${mark + 1}\0`];
  return commandLines().filter((line) => wanted.includes(line)).length;
}

test('input in chunks is taken as the program takes it, and each is a sign of life', async () => {
  let given = 0;
  const chunks = function* (): Generator<Uint8Array> {
    for (; given < 8; given += 1) yield Buffer.alloc(64 * 1024, given);
  };
  const slow =
    'for i in 1 2 3 4 5 6 7 8; do sleep 0.2; dd bs=65536 count=1 2>/dev/null; done >/dev/null; cat; echo end';
  const run = await shell(slow, { input: chunks(), silenceMs: 1_000 });
  assert.deepEqual([run.exitCode, run.limit, run.stdout.toString().slice(-4)], [0, undefined, 'end\n']);
  assert.equal(given, 8);
});

test('a program that takes none of its input, or ends in the middle of it, is told like any other', async () => {
  const endless = function* (): Generator<Uint8Array> {
    for (;;) yield Buffer.alloc(64 * 1024);
  };
  const early = await shell('exit 3', { input: endless() });
  assert.deepEqual([early.exitCode, early.limit], [3, undefined]);
  const deaf = await shell('sleep 30', { input: endless(), silenceMs: 300 });
  assert.equal(deaf.limit, 'silence');
});
