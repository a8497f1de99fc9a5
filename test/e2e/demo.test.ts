/** The demo through a pipe: it ends well, says so in figures that hold, and leaves nothing behind, also when interrupted. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBytes } from '../../src/core/units.ts';
import { checkout } from '../support/source-tree.ts';
import { runningProcesses } from './rig/process-tree.ts';

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `scripts/demo --quick`; interrupts it as soon as its output holds `interruptAt`. */
async function runDemo(temporaryDirectory: string, interruptAt?: string): Promise<Ended> {
  const { PATH, HOME } = process.env;
  const child = spawn(join(checkout, 'scripts/demo'), ['--quick'], {
    env: { PATH, HOME, TMPDIR: temporaryDirectory, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let isInterrupted = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (interruptAt === undefined || isInterrupted || !stdout.includes(interruptAt)) return;
    isInterrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, stdout, stderr };
}

/** With a temporary directory of its own, by which everything that it started is known. */
async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'));
  try {
    await work(directory);
    assert.deepEqual(processesThatKnow(directory), []);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith('rig-')),
      [],
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** sshd hides its environment behind its title, which names its directory. */
function processesThatKnow(directory: string): readonly string[] {
  return runningProcesses()
    .filter(({ pid }) => ['environ', 'cmdline'].some((file) => textOf(pid, file).includes(directory)))
    .map(({ pid, name }) => `${pid} ${name}`);
}

function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

test('the demo rotates everything through the limit and proves it, in plain lines', async () => {
  await withDirectory(async (directory) => {
    const { exitCode, stdout, stderr } = await runDemo(directory);
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u, 'a pipe gets no control characters');
    assert.match(stdout, /^Real: rtorrent 0\.9\.8, .*sshd \d.*rsync \d/m);
    assert.match(stdout, /^✓ rotated +12 of 12 torrents/m);
    assert.match(stdout, /^✓ shipped +58\.9 MiB in 48 files, .*SHA-256/m);
    assert.match(stdout, /^✓ left here +nothing/m);
    const [, peak = '', limit = ''] =
      /^✓ peak +(\S+ MiB) allocated at the most, \d+ % of the limit of (\S+ MiB)/m.exec(stdout) ?? [];
    const peakBytes = parseBytes(peak) ?? 0;
    const limitBytes = parseBytes(limit) ?? 0;
    assert.equal(limitBytes, 13 * 1024 ** 2);
    assert.ok(peakBytes > limitBytes / 2 && peakBytes <= limitBytes, `${peak} of ${limit}`);
    assert.match(stdout, /^✓ passes +[1-9]\d* in \d+s/m);
    assert.match(stdout, /^✓ unmanaged +"family photos" is as it was/m);
    assert.match(stdout, /^✓ broken +cut-off-download\.torrent was named and left alone/m);
    assert.match(stdout, /^All of it holds\.$/m);
  });
});

test('Ctrl-C in the middle takes everything down', async () => {
  await withDirectory(async (directory) => {
    const { exitCode, stdout, stderr } = await runDemo(directory, ' shipped ');
    assert.equal(exitCode, 130, `${stdout}\n${stderr}`);
    assert.match(stdout, /^Interrupted: everything that was started has been ended\.$/m);
    assert.doesNotMatch(stdout, /All of it holds/);
  });
});
