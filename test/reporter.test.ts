/** The reporter counts leaf tests, shows failures in full, and ends with the line that others parse. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkout } from './support/source-tree.ts';

/** Runs test files under the reporter, in a process of its own. */
async function run(files: Readonly<Record<string, string>>): Promise<{ output: string; exitCode: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'reporter-'));
  const paths = Object.keys(files).map((name) => join(directory, name));
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(
        join(directory, name),
        `import { before, describe, test } from 'node:test';\n${text}\n`,
      );
    }
    const reporter = join(checkout, 'test/support/reporter.ts');
    const options = ['--test', `--test-reporter=${reporter}`, ...paths];
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    return await new Promise((resolve) => {
      execFile(process.execPath, options, { env: environment }, (error, output) => {
        resolve({ output, exitCode: error === null ? 0 : Number(error.code) });
      });
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

function lastLine(output: string): string | undefined {
  return output.split('\n').at(-2);
}

test('suites and tests with subtests are no tests of their own', async () => {
  const { output, exitCode } = await run({
    'a.test.mjs': `
      describe('suite', () => { test('one', () => {}); describe('inner', () => { test('two', () => {}); }); });
      test('parent', async (t) => { await t.test('three', () => {}); });
      test('leaf after a parent', () => {});`,
    'b.test.mjs': "test('five', () => {});",
  });
  assert.equal(lastLine(output), '5 passed, 0 failed');
  assert.match(output, /^ok +.*a\.test\.mjs: 4 passed, 0 failed \(\d+ ms\)$/m);
  assert.equal(exitCode, 0);
});

test('a failure is shown with its cause and with what its file printed', async () => {
  const { output, exitCode } = await run({
    'a.test.mjs': `
      console.log('seed 42');
      describe('suite', () => { test('breaks', () => { throw new Error('the cause'); }); test('fine', () => {}); });`,
  });
  assert.match(output, /✖ breaks \(.*a\.test\.mjs:\d+\)\n +Error: the cause/);
  assert.match(output, /seed 42/);
  assert.equal(lastLine(output), '1 passed, 1 failed');
  assert.equal(exitCode, 1);
});

test('a parent that fails by itself counts: in its own body, or in a hook', async () => {
  const body = await run({
    'a.test.mjs': "test('p', async (t) => { await t.test('c', () => {}); throw new Error('own'); });",
  });
  assert.equal(lastLine(body.output), '1 passed, 1 failed');
  const hook = await run({
    'a.test.mjs':
      "describe('s', () => { before(() => { throw new Error('hook'); }); test('c', () => {}); });",
  });
  assert.match(hook.output, /Error: hook/);
  assert.equal(lastLine(hook.output), '0 passed, 2 failed');
});

test('a skipped test is named in the total', async () => {
  const { output } = await run({ 'a.test.mjs': "test.skip('a', () => {}); test('b', () => {});" });
  assert.equal(lastLine(output), '1 passed, 0 failed, 1 skipped');
});

test('a file that crashes, leaves early, or has no tests fails', async () => {
  const { output, exitCode } = await run({
    'crash.test.mjs': "throw new Error('while loading');",
    'early.test.mjs': "test('a', () => { process.exit(0); });",
    'empty.test.mjs': '',
  });
  assert.match(output, /Error: while loading/);
  assert.equal(lastLine(output), '0 passed, 3 failed');
  assert.equal(exitCode, 1);
});
