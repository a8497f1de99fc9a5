/** The demo: the real program in a small real world, watched as it works, and judged at the end. */

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Terminal } from '../src/cli/report/terminal.ts';
import { untilSignalled } from '../src/cli/signals.ts';
import type { Rig } from '../test/e2e/rig.ts';
import type { Scale } from './collection.ts';
import { brokenFile, quickScale, wholeScale } from './collection.ts';
import { DemoFailure } from './failure.ts';
import { Rotation } from './rotation.ts';
import type { Show } from './show.ts';
import { showOn } from './show.ts';
import type { Check } from './verdict.ts';
import { describeUnmanaged, judge } from './verdict.ts';
import { Watch } from './watch.ts';
import type { World } from './world.ts';
import { fill, openRig } from './world.ts';

const usage = `usage: npm run demo [-- OPTIONS]

Rotates about 300 MiB of torrents through a disk limit of 64 MiB with the real rtorrent, sshd and rsync, on loopback
and in a temporary directory, and checks every byte at the end. It takes about a minute.

  --quick   60 MiB through 13 MiB, in about ten seconds
  --keep    keep the temporary directory, with all that was downloaded, shipped and logged
  --help    show this help

Exit codes: 0 all holds, 1 something does not, 64 command line, 130 interrupted`;

const redrawEveryMs = 200;

interface Options {
  readonly scale: Scale;
  readonly keep: boolean;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const terminal = new Terminal(process.stdout, process.env);
  // Whoever read the output has gone: nobody is left to show it to. What runs is ended by the rig's watchdog.
  process.stdout.on('error', () => process.exit(1));
  const show = showOn(process.stdout, terminal, process.env['TERM'] === 'dumb');
  const signals = untilSignalled({ onFirst: () => undefined });
  try {
    const exitCode = await runDemo(options, terminal, show, signals.signal);
    return signals.exitCode() ?? exitCode;
  } catch (error) {
    show.close();
    const interrupted = signals.exitCode();
    if (interrupted !== undefined) {
      terminal.line('Interrupted: everything that was started has been ended.');
      return interrupted;
    }
    if (!(error instanceof DemoFailure)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    signals.end();
  }
}

/** The options, or the exit code where there is nothing to run. */
function readOptions(): Options | number {
  try {
    const { values } = parseArgs({
      options: { quick: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values.help !== true) {
      return { scale: values.quick === true ? quickScale : wholeScale, keep: values.keep === true };
    }
    console.log(usage);
    return 0;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 64;
  }
}

async function runDemo(
  { scale, keep }: Options,
  terminal: Terminal,
  show: Show,
  signal: AbortSignal,
): Promise<number> {
  show.preparing('starting rtorrent, a seed, a tracker and sshd, and making the torrents …');
  const rig = await openRig(scale, keep);
  try {
    signal.throwIfAborted();
    const world = await fill(rig, scale, signal, (sentence) => {
      show.preparing(sentence);
    });
    const checks = await rotateAndJudge(world, show, signal);
    show.close();
    return summarize(terminal, checks);
  } finally {
    show.close();
    await rig.stop();
    if (keep) tellPlaces(terminal, rig);
  }
}

async function rotateAndJudge(world: World, show: Show, signal: AbortSignal): Promise<readonly Check[]> {
  const unmanagedBefore = await describeUnmanaged(world);
  show.open(world.facts);
  const startedAtMs = performance.now();
  const shown: string[] = [];
  const rotation = new Rotation(world, (line) => {
    // Every pass names the broken file; a person needs it once.
    const isKnown = line.includes(brokenFile.name) && shown.some((one) => one.includes(brokenFile.name));
    if (isKnown) return;
    shown.push(line);
    show.logged(line);
  });
  const watch = new Watch(world);
  const { facts, totalBytes, scale } = world;
  const look = async () => {
    const view = await watch.look();
    const elapsedMs = performance.now() - startedAtMs;
    const passes = rotation.begun;
    show.update({ facts, view, limitBytes: scale.limitBytes, totalBytes, passes, elapsedMs, log: shown });
    return { view, elapsedMs };
  };
  const over = new AbortController();
  const stop = (): void => {
    over.abort();
  };
  const ending = AbortSignal.any([signal, over.signal]);
  const keepLooking = async (): Promise<void> => {
    while (!ending.aborted) {
      await look();
      await delay(redrawEveryMs, undefined, { signal: ending }).catch(() => undefined);
    }
  };
  try {
    await Promise.all([rotation.run(ending).finally(stop), keepLooking().finally(stop)]);
  } finally {
    watch.end();
  }
  const { view, elapsedMs } = await look();
  return await judge(world, {
    view,
    passes: rotation.passes,
    log: rotation.log,
    elapsedMs,
    unmanagedBefore,
  });
}

function summarize(terminal: Terminal, checks: readonly Check[]): number {
  terminal.line('');
  for (const { holds, label, sentence } of checks) {
    const mark = holds ? terminal.style('green', '✓') : terminal.style('red', '✗');
    terminal.line(`${mark} ${terminal.style('bold', label.padEnd(10))} ${sentence}`);
  }
  terminal.line('');
  const broken = checks.filter(({ holds }) => !holds).map(({ label }) => label);
  terminal.line(
    broken.length === 0
      ? terminal.style('green', 'All of it holds.')
      : terminal.style('red', `This does not hold: ${broken.join(', ')}.`),
  );
  return broken.length === 0 ? 0 : 1;
}

function tellPlaces(terminal: Terminal, rig: Rig): void {
  terminal.line(`Kept: ${rig.directory}`);
  const places = [
    ['configuration', rig.configurationPath],
    ['managed', rig.managedDirectory],
    ['downloads', rig.client.downloadDirectory],
    ['remote', rig.remote.path],
    ['rtorrent log', rig.client.logPath],
    ['sshd log', rig.remote.logPath],
  ] as const;
  for (const [name, path] of places) terminal.line(`  ${name.padEnd(14)} ${path}`);
}
