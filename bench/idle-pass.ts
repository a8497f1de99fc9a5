/**
 * Measures an idle pass of the built program from start to exit: 10,000 managed torrents, 3,000 of them in rtorrent,
 * and nothing that could be done about any of them. `node bench/idle-pass.ts [RUNS]`; needs `npm run build`.
 */

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchWorld } from './bench-world.ts';
import { makeBenchWorld, makeContent } from './bench-world.ts';
import type { FakeReport } from './fake-rtorrent.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';
import { measureRun } from './measured-run.ts';

const managedCount = 10_000;
const loadedCount = 3_000;
const runs = Number(process.argv[2] ?? 7);

const program = fileURLToPath(new URL('../bin/rtorrent-low-space-driver', import.meta.url));

interface PassRun extends MeasuredRun {
  readonly fake: FakeReport;
}

const built = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (!existsSync(built)) throw new Error('build the program first: npm run build');
const directory = mkdtempSync(join(tmpdir(), 'idle-pass-'));
try {
  await main(directory);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function main(root: string): Promise<void> {
  const world = makeBenchWorld(root, managedCount, loadedCount);
  const fake = fork(new URL('fake-rtorrent.ts', import.meta.url), [world.socketPath, world.replyPath]);
  try {
    await once(fake, 'message');
    console.log(`${managedCount} managed torrents, ${loadedCount} of them in rtorrent; ${runs} runs each`);
    const startUp = await repeat(() => measureRun([program, '--version'], world.environment));
    await checkIdle(world, fake);
    const bare = await repeat(() => measurePass(world, fake));
    makeContent(world);
    await checkIdle(world, fake);
    const withContent = await repeat(() => measurePass(world, fake));
    printTable(
      'An idle pass, from start to exit: median (least–most)',
      ['', 'wall s', 'CPU s', 'peak MB'],
      [
        rowOf('start-up alone (--version)', startUp),
        rowOf('pass, nothing fetched yet', bare),
        rowOf('pass, every loaded file on disk', withContent),
      ],
    );
    printRequests(bare);
  } finally {
    fake.disconnect();
  }
}

/** One pass that shows its plan: it must be all waits, or what follows measures something else. Warms the caches, too. */
async function checkIdle(world: BenchWorld, fake: ChildProcess): Promise<void> {
  const run = await measurePass(world, fake, ['--json']);
  const shown = JSON.parse(run.stdout) as {
    readonly done: number;
    readonly failed: number;
    readonly waits: readonly { readonly reason: { readonly kind: string } }[];
  };
  const kinds = Map.groupBy(shown.waits, ({ reason }) => reason.kind);
  const waits = [...kinds].map(([kind, list]) => `${list.length} ${kind}`).join(', ');
  if (shown.done + shown.failed > 0 || shown.waits.length !== managedCount) {
    throw new Error(`the pass is not idle: ${shown.done} done, ${shown.failed} failed, waits: ${waits}`);
  }
  console.log(`the plan: ${waits}`);
}

async function measurePass(
  world: BenchWorld,
  fake: ChildProcess,
  options: readonly string[] = [],
): Promise<PassRun> {
  const run = await measureRun([program, ...options, 'run'], world.environment);
  if (run.exitCode !== 0) throw new Error(`the pass ended with ${run.exitCode}: ${run.stderr}`);
  fake.send('report');
  const [report] = (await once(fake, 'message')) as [FakeReport];
  return { ...run, fake: report };
}

async function repeat<Run>(measure: () => Promise<Run>): Promise<readonly Run[]> {
  const results: Run[] = [];
  for (let run = 0; run < runs; run += 1) results.push(await measure());
  return results;
}

function rowOf(name: string, measured: readonly MeasuredRun[]): readonly string[] {
  const spread = (read: (run: MeasuredRun) => number, digits: number): string =>
    showSpread(spreadOf(measured.map(read)), digits);
  return [
    name,
    spread((run) => run.wallSeconds, 2),
    spread((run) => run.cpuSeconds, 2),
    spread((run) => run.peakBytes / 1e6, 0),
  ];
}

function printRequests(measured: readonly PassRun[]): void {
  const spread = (read: (run: PassRun) => number, digits = 0): string =>
    showSpread(spreadOf(measured.map(read)), digits);
  printTable(
    "rtorrent's part in one pass (the fake, in a process of its own)",
    ['', 'median (least–most)'],
    [
      ['requests', spread(({ fake }) => fake.requests)],
      ['of them not known to the fake', spread(({ fake }) => fake.unknown)],
      ['asked, bytes', spread(({ fake }) => fake.receivedBytes)],
      ['answered, bytes', spread(({ fake }) => fake.sentBytes)],
      ['answering, ms (until the reader has all)', spread(({ fake }) => fake.answeringMs, 1)],
      ['CPU of the fake, ms', spread(({ fake }) => fake.cpuMs, 1)],
      ['answering / wall, %', spread((run) => run.fake.answeringMs / run.wallSeconds / 10, 1)],
    ],
  );
}
