/** The manual agrees with the program: pages, man page, help and completions say what the commands really take. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { completionFor } from '../../../src/cli/manual/completion.ts';
import { exitCodeMeanings } from '../../../src/cli/manual/exit-code-meanings.ts';
import { commandWords } from '../../../src/cli/manual/words.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { CrashRecorder } from '../../../src/cli/crash.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { describedProgram, madeManual } from './made-manual.ts';

const checkout = new URL('../../../', import.meta.url);
const program = describedProgram();

test('docs/commands and the man page are as the program makes them; `npm run manual` writes them anew', async () => {
  const manual = await madeManual();
  for (const [path, text] of manual) {
    assert.equal(readFileSync(new URL(path, checkout), 'utf8'), text, `${path} is not up to date`);
  }
  const pages = readdirSync(new URL('docs/commands/', checkout)).map((name) => `docs/commands/${name}`);
  assert.deepEqual(
    pages.filter((path) => !manual.has(path)),
    [],
    'pages of commands that are gone',
  );
});

test('every command has its words and at least one example, and no words are of a command that is gone', () => {
  assert.deepEqual(Object.keys(commandWords).sort(), program.commands.map(({ name }) => name).sort());
  for (const { name, about, examples } of program.commands) {
    assert.ok(about.length > 0 && examples.length > 0, name);
  }
});

test('every example is a command line that the program takes', () => {
  for (const [name, { examples }] of Object.entries(commandWords)) {
    for (const [line] of examples) {
      const asked = createProgram({}, new CrashRecorder(), () => undefined);
      const words = line.split(' ').filter((word) => word !== '');
      let called: string | undefined;
      for (const command of asked.commands) {
        command.action(() => {
          called = command.name();
        });
      }
      asked.parse(words, { from: 'user' });
      assert.equal(called, name, line);
    }
  }
});

test('the exit codes are all told', () => {
  const told = exitCodeMeanings.map(([code]) => code);
  for (const code of Object.values(exitCodes)) assert.ok(told.includes(String(code)), String(code));
});

test('the man page has no mistakes that its formatter would complain of', () => {
  const page = fileURLToPath(new URL('man/rtorrent-low-space-driver.1', checkout));
  for (const line of readFileSync(page, 'utf8').split('\n')) {
    if (line.startsWith('.')) assert.match(line, /^\.(?:\\"|TH|SH|SS|PP|TP|BR?)(?: |$)/, line);
    assert.ok(!line.startsWith("'"), line);
  }
});

/** What bash would offer after these words. */
function offered(words: readonly string[]): readonly string[] {
  const script = `${completionFor('bash', program)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rtorrent_low_space_driver; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = spawnSync('bash', ['-c', script, 'bash', program.name, ...words], { encoding: 'utf8' });
  assert.equal(run.stderr, '');
  return run.stdout.split('\n').filter((line) => line !== '');
}

test('bash completes commands, options of the command, choices, and nothing after a number', () => {
  assert.deepEqual(offered(['pri']), ['priority']);
  assert.ok(offered(['']).includes('status'));
  assert.deepEqual(offered(['history', '--li']), ['--limit']);
  assert.ok(offered(['status', '--']).includes('--json'), 'options of every command come after it, too');
  assert.deepEqual(offered(['--log-level', 'w']), ['warning']);
  assert.deepEqual(offered(['priority', 'album', 'h']), ['high']);
  assert.deepEqual(offered(['history', '--limit', '']), []);
  assert.deepEqual(offered(['--json', 'completion', 'f']), ['fish']);
});

test('the scripts for zsh and fish name every command and every option', () => {
  for (const shell of ['zsh', 'fish'] as const) {
    const script = completionFor(shell, program);
    for (const { name, options } of program.commands) {
      assert.ok(script.includes(name), `${shell}: ${name}`);
      for (const { long } of options) assert.ok(script.includes(long.slice(2)), `${shell}: ${long}`);
    }
    for (const { long } of program.options) assert.ok(script.includes(long.slice(2)), `${shell}: ${long}`);
  }
});
