/** The launcher takes a Node that is new enough, wherever it is, and says in one sentence what to do where there is none. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkout } from './support/source-tree.ts';

interface Installation {
  /** Version of the machine's Node. */
  readonly machine?: string;
  /** Version of the Node in node_modules. */
  readonly bundled?: string;
  readonly isBuilt?: boolean;
}

/** Starts the launcher, through a symlink, in a made-up checkout whose Nodes only say who they are. */
async function launch(
  installation: Installation,
  words: readonly string[] = ['daemon', 'a b'],
): Promise<{ shown: string; exitCode: number }> {
  const root = await mkdtemp(join(tmpdir(), 'launcher-'));
  try {
    const launcher = join(root, 'checkout/bin/rtorrent-low-space-driver');
    await place(launcher, '');
    await copyFile(join(checkout, 'bin/rtorrent-low-space-driver'), launcher);
    if (installation.isBuilt !== false) await place(join(root, 'checkout/dist/cli/main.js'), '');
    if (installation.machine !== undefined) {
      await place(join(root, 'path/node'), fakeNode('machine', installation.machine));
    }
    if (installation.bundled !== undefined) {
      await place(join(root, 'checkout/node_modules/.bin/node'), fakeNode('bundled', installation.bundled));
    }
    await mkdir(join(root, 'path'), { recursive: true });
    await symlink('/usr/bin/readlink', join(root, 'path/readlink'));
    await symlink(launcher, join(root, 'path/driver'));
    return await new Promise((resolve) => {
      const environment = { PATH: join(root, 'path') };
      const options = { env: environment };
      execFile(join(root, 'path/driver'), [...words], options, (error, output, errorOutput) => {
        const shown = `${output}${errorOutput}`.replaceAll(root, '');
        resolve({ shown, exitCode: error === null ? 0 : Number(error.code) });
      });
    });
  } finally {
    await rm(root, { recursive: true });
  }
}

async function place(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o755 });
}

function fakeNode(name: string, version: string): string {
  return `#!/bin/sh\nif [ "$1" = --version ]; then echo "${version}"; else echo "${name}: $* ($MALLOC_ARENA_MAX $MALLOC_MMAP_THRESHOLD_)"; fi\n`;
}

const leastMemory =
  '--optimize-for-size --no-maglev --no-opt --max-semi-space-size=1 --heap-growing-percent=15';
const started = `--disable-warning=ExperimentalWarning ${leastMemory} /checkout/dist/cli/main.js daemon a b (1 131072)\n`;

test("the machine's Node is taken from 22.18 on", async () => {
  for (const machine of ['v22.18.0', 'v23.0.0', 'v24.1.0', 'v100.0.0-nightly']) {
    assert.equal((await launch({ machine, bundled: 'v24.0.0' })).shown, `machine: ${started}`, machine);
  }
});

test('the Node beside the program is taken where the machine has none, or an old or odd one', async () => {
  for (const machine of [undefined, 'v22.17.9', 'v20.20.2', 'v8.18.0', 'nonsense']) {
    const installation = machine === undefined ? {} : { machine };
    assert.equal(
      (await launch({ ...installation, bundled: 'v24.0.0' })).shown,
      `bundled: ${started}`,
      machine,
    );
  }
});

test('a single pass reads thousands of .torrent files by all compilers', async () => {
  const { shown } = await launch({ machine: 'v24.0.0' }, ['run']);
  const options = '--disable-warning=ExperimentalWarning --max-semi-space-size=4 --heap-growing-percent=15';
  assert.equal(shown, `machine: ${options} /checkout/dist/cli/main.js run (1 131072)\n`);
});

test('what a person waits for is not slowed down to save memory', async () => {
  for (const words of [
    ['--json', 'status'],
    ['why', 'a b'],
  ]) {
    const { shown } = await launch({ machine: 'v24.0.0' }, words);
    const expected = `--disable-warning=ExperimentalWarning /checkout/dist/cli/main.js ${words.join(' ')}`;
    assert.equal(shown, `machine: ${expected} (1 131072)\n`);
  }
});

test('without a Node that is new enough it says what to do', async () => {
  const { shown, exitCode } = await launch({ machine: 'v20.20.2' });
  assert.match(shown, /^rtorrent-low-space-driver: it needs Node 22\.18 or newer: .*npm ci.*\n$/);
  assert.equal(exitCode, 69);
});

test('before it is built it says how to build it', async () => {
  const { shown, exitCode } = await launch({ machine: 'v24.0.0', isBuilt: false });
  assert.match(
    shown,
    /^rtorrent-low-space-driver: it is not built yet: run `npm ci && npm run build` in \/checkout\n$/,
  );
  assert.equal(exitCode, 69);
});
