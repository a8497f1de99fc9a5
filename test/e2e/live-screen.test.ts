/** The live screen as a person has it before them: in a real terminal of 80 by 24, with keys, and given back afterwards. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Rig } from './rig.ts';
import { startRig } from './rig.ts';
import type { Tmux } from './rig/tmux.ts';
import { startTmux } from './rig/tmux.ts';

const program = fileURLToPath(new URL('../../bin/rtorrent-low-space-driver', import.meta.url));

let rig: Rig;
let tmux: Tmux;

before(async () => {
  rig = await startRig();
  await rig.addTorrent({ name: 'small.bin', bytes: 200_000, pieceLengthBytes: 32_768 });
  await rig.addTorrent({ name: 'larger.bin', bytes: 900_000, pieceLengthBytes: 32_768 });
  tmux = startTmux(join(rig.directory, 'tmux'), { ...rig.environment, LANG: 'C.UTF-8' }, 80, 24);
});

after(async () => {
  (tmux as Tmux | undefined)?.stop();
  await (rig as Rig | undefined)?.stop();
});

async function start(): Promise<void> {
  tmux.type(`clear; echo here before; ${program} top`);
  await tmux.untilShown(/\? help {2}q quit/);
}

async function expectGivenBack(): Promise<void> {
  await tmux.untilShown(/^here before$/m);
  assert.equal(tmux.ask('#{alternate_on} #{cursor_flag}'), '0 1', 'the old screen, with a cursor');
  tmux.type('stty -a');
  await tmux.untilShown(/(?<!-)\bicanon\b/);
  assert.match(tmux.lines().join('\n'), /(?<!-)\becho\b/);
}

test('it shows the space, the links and every torrent, and fits the screen as that changes', async () => {
  await start();
  const lines = tmux.lines();
  assert.equal(lines.length, 24);
  assert.match(
    lines[0] ?? '',
    /^rtorrent-low-space-driver {2}no daemon {2}rtorrent 0\.9\.8 .*\d\d:\d\d:\d\d$/,
  );
  assert.match(lines[2] ?? '', /^█ allocated .* ▒ reserved .* · free .* │ limit/);
  assert.match(lines[3] ?? '', /^down 0 B\/s {2}up 0 B\/s {2}ship 0 B\/s/);
  assert.match(lines.join('\n'), /^▸ small\.bin .*waiting/m);
  assert.match(lines.join('\n'), /^ {2}larger\.bin .*waiting/m);
  tmux.resize(44, 12);
  await tmux.untilShown(/^(?:.*\n){11}enter why {2}p pause/);
  assert.ok(tmux.lines().every((line) => line.length <= 44));
  tmux.resize(80, 24);
  await tmux.untilShown(/up\/down {2}enter why/);
});

test('keys choose a torrent and pause it, and the driver heeds that', async () => {
  tmux.press('Down');
  await tmux.untilShown(/^▸ larger\.bin/m);
  tmux.press('p');
  await tmux.untilShown(/^larger\.bin: paused/m);
  await tmux.untilShown(/larger\.bin .*paused/);
  tmux.press('?');
  await tmux.untilShown(/pause everything, or resume it/);
  tmux.press('Escape');
  await tmux.untilShown(/^▸ larger\.bin/m);
  const { stdout } = await rig.drive(['status', '--json']);
  const { torrents } = JSON.parse(stdout) as { torrents: readonly { name: string; isPaused: boolean }[] };
  assert.deepEqual(
    torrents.map(({ name, isPaused }) => [name, isPaused]),
    [
      ['small.bin', false],
      ['larger.bin', true],
    ],
  );
});

test('Enter shows why, with the facts that led to it', async () => {
  tmux.press('Enter');
  await tmux.untilShown(/^larger\.bin: paused by command/m);
  const shown = tmux.lines().join('\n');
  assert.match(shown, /^torrent {2,}879 KiB, 1 file/m);
  assert.match(shown, /^space {2,}limit /m);
  tmux.press('Escape');
  await tmux.untilShown(/^▸ larger\.bin/m);
});

test('it hears of the daemon when one begins, of what is told to it elsewhere, and of its end', async () => {
  const run = rig.startDriver(['daemon']);
  await tmux.untilShown(/daemon for/);
  const { exitCode, stderr } = await rig.drive(['priority', 'larger.bin', 'high']);
  assert.equal(exitCode, 0, stderr);
  await tmux.untilShown(/larger\.bin .*first: paused/);
  tmux.press('Enter');
  await tmux.untilShown(/^managed {2,}for .*priority high, paused/m);
  await rig.drive(['priority', 'larger.bin', 'low']);
  await tmux.untilShown(/^managed {2,}for .*priority low, paused/m);
  tmux.press('Escape');
  run.signal('SIGTERM');
  assert.equal((await run.finished).exitCode, 0);
  await tmux.untilShown(/no daemon/);
});

test('q gives the terminal back as it was', async () => {
  tmux.press('q');
  await expectGivenBack();
});

test('so does Ctrl-C, and a kill from elsewhere', async () => {
  await start();
  tmux.press('C-c');
  await expectGivenBack();
  await start();
  tmux.press('C-z');
  await expectGivenBack();
  tmux.type('clear; kill -TERM %1; fg');
  await tmux.untilShown(/^\$ $|^\$$/m);
  tmux.type('clear; echo here before');
  await expectGivenBack();
});

test('without colour nothing is coloured, and without UTF-8 all is ASCII', async () => {
  tmux.type(`clear; NO_COLOR=1 LC_ALL=C ${program} top`);
  await tmux.untilShown(/^> larger\.bin/m);
  const shown = tmux.styledLines().join('\n');
  assert.doesNotMatch(shown, /\u001B/);
  assert.match(shown, /^[ -~\n]*$/);
  tmux.press('q');
  await tmux.untilShown(/^\$ *$/m);
});

test('a terminal that can only print lines is told what to use instead', async () => {
  tmux.type(`clear; TERM=dumb ${program} top; echo "ended with $?"`);
  await tmux.untilShown(/^ended with 64/m);
  // The terminal breaks it wherever its last column is.
  const shown = tmux.lines().join('').replaceAll(' ', '');
  assert.match(shown, /TERMisdumb.*usestatus/);
});

test('where there is no terminal it says what to use instead', async () => {
  const { exitCode, stderr } = await rig.drive(['top']);
  assert.equal(exitCode, 64);
  assert.match(stderr, /top needs a terminal/);
  assert.match(stderr, /use status/);
});
