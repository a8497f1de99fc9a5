/** The lock is the kernel's: one holder, told to others, and gone with its process however that ends. */

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { takeLock } from '../../src/adapters/lock.ts';
import { Fault } from '../../src/core/fault.ts';

const module = import.meta.resolve('../../src/adapters/lock.ts');

let directory: string;

before(() => {
  directory = mkdtempSync(`${tmpdir()}/lock-`);
});

after(() => {
  rmSync(directory, { recursive: true });
});

test('the second taker is told who holds it, until it is released', () => {
  const path = `${directory}/made on the way/lock`;
  const first = takeLock(path);
  assert.equal(first.kind, 'held');
  const second = takeLock(path);
  assert.equal(second.kind, 'taken');
  assert.match(
    second.holder,
    new RegExp(`^process ${process.pid}, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\n?$`),
  );
  first.release();
  const third = takeLock(path);
  assert.equal(third.kind, 'held');
  third.release();
  assert.equal(readFileSync(path, 'utf8').split('\n').length, 2);
  assert.equal(statSync(path).mode & 0o077, 0);
});

test('a holder that is killed holds it no more', async () => {
  const path = `${directory}/killed`;
  const holder = await holdElsewhere(path, 'setInterval(() => {}, 1000);');
  const taken = takeLock(path);
  assert.equal(taken.kind, 'taken');
  assert.match(taken.holder, new RegExp(`^process ${holder.process.pid},`));
  await end(holder);
  assert.equal(takeNow(path), 'held');
});

test('what the holder started does not keep it', async () => {
  const path = `${directory}/children`;
  const holder = await holdElsewhere(
    path,
    `const { spawn } = await import('node:child_process');
     const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
     console.log(child.pid);
     setInterval(() => {}, 1000);`,
  );
  const pid = Number(await holder.nextLine());
  assert.ok(pid > 0);
  try {
    await end(holder);
    process.kill(pid, 0);
    assert.equal(takeNow(path), 'held');
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('a lock that cannot be opened is a fault with a fix', () => {
  const isFault = (error: unknown): boolean =>
    error instanceof Fault && error.kind === 'refused' && (error.remedy ?? '').includes('writable');
  writeFileSync(`${directory}/file`, '');
  assert.throws(() => takeLock(`${directory}/file/below/lock`), isFault);
  assert.throws(() => takeLock(directory), isFault);
});

test('without flock it says so', () => {
  const script = `const { takeLock } = await import(${JSON.stringify(module)});
    try { takeLock(${JSON.stringify(`${directory}/none`)}); } catch (error) { console.log(error.kind, error.message); }`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: directory },
    encoding: 'utf8',
  });
  assert.equal(run.stdout, 'missing-program flock is not installed\n');
});

function takeNow(path: string): string {
  const attempt = takeLock(path);
  if (attempt.kind === 'held') attempt.release();
  return attempt.kind;
}

interface Holder {
  readonly process: ChildProcess;
  /** Resolves with the next line that it writes. */
  readonly nextLine: () => Promise<string | undefined>;
}

/** Another process that takes the lock and then runs the script. */
async function holdElsewhere(path: string, script: string): Promise<Holder> {
  const code = `const { takeLock } = await import(${JSON.stringify(module)});
    console.log(takeLock(${JSON.stringify(path)}).kind);
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | undefined> => (await lines.next()).value;
  assert.equal(await nextLine(), 'held');
  return { process: child, nextLine };
}

async function end({ process: child }: Holder): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
