/**
 * Measures the daemon's steady state: what a turn costs with 10,000 managed torrents, 3,000 of them in rtorrent, and with 100;
 * whether memory stays flat; and what the built daemon takes while it is idle.
 * `node bench/steady-daemon.ts [TURNS]`, with 10,000 torrents; needs `npm run build`.
 */

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchWorld } from './bench-world.ts';
import { makeBenchWorld, makeContent } from './bench-world.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';
import type { TurnsReport } from './steady-turns.ts';

const worlds = [
  {
    name: '10,000 managed, 3,000 loaded',
    managed: 10_000,
    loaded: 3_000,
    turns: Number(process.argv[2] ?? '200'),
  },
  { name: '100 managed, 30 loaded', managed: 100, loaded: 30, turns: 10_000 },
] as const;

/** The daemon slows down to its slowest pace meanwhile. */
const settleMs = 100_000;
const idleMs = 120_000;
/** Linux counts processor time in these (USER_HZ). */
const ticksPerSecond = 100;

const program = fileURLToPath(new URL('../bin/rtorrent-low-space-driver', import.meta.url));
/** As the launcher starts it. */
const nodeOptions = [
  '--disable-warning=ExperimentalWarning',
  '--optimize-for-size',
  '--no-maglev',
  '--no-opt',
  '--max-semi-space-size=1',
  '--heap-growing-percent=15',
];
const allocator = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };

const top = mkdtempSync(join(tmpdir(), 'steady-'));
try {
  const rows: (readonly string[])[] = [];
  for (const { name, managed, loaded, turns } of worlds) {
    const root = join(top, String(managed));
    mkdirSync(root);
    const world = makeBenchWorld(root, managed, loaded);
    makeContent(world);
    const fake = fork(new URL('fake-rtorrent.ts', import.meta.url), [world.socketPath, world.replyPath]);
    await once(fake, 'message');
    rows.push(rowOf(name, turns, await takeTurns(world, root, turns)));
    await measureIdle(name, world);
    fake.disconnect();
  }
  const columns = [
    '',
    'first, CPU ms',
    'turn, CPU ms',
    'turn, wall ms',
    'requests/turn',
    'RSS MB at the first and by tenths',
    'after a pause of 15 s',
  ];
  printTable('Turns of the daemon with nothing to do: median (least–most)', columns, rows);
} finally {
  rmSync(top, { recursive: true, force: true });
}

async function takeTurns(world: BenchWorld, root: string, turns: number): Promise<TurnsReport> {
  const places = [world.environment['HOME'] ?? '', world.socketPath, join(root, 'managed'), String(turns)];
  // What Node needs to run TypeScript would count.
  const script = join(root, 'steady-turns.mjs');
  writeFileSync(
    script,
    stripTypeScriptTypes(readFileSync(new URL('steady-turns.ts', import.meta.url), 'utf8')),
  );
  const child = fork(script, [...places, fileURLToPath(new URL('../dist/', import.meta.url))], {
    execArgv: nodeOptions,
    env: { ...process.env, ...allocator },
  });
  const [report] = (await once(child, 'message')) as [TurnsReport];
  if (report.actions > 0) throw new Error(`the turns are not idle: ${report.actions} actions`);
  return report;
}

function rowOf(name: string, turns: number, report: TurnsReport): readonly string[] {
  return [
    name,
    report.firstCpuMs.toFixed(0),
    showSpread(spreadOf(report.cpuMs), 1),
    showSpread(spreadOf(report.wallMs), 1),
    (report.requests / turns).toFixed(2),
    showMegabytes(report.residentBytes),
    showMegabytes(report.restedBytes),
  ];
}

function showMegabytes(sizes: readonly number[]): string {
  return sizes.map((bytes) => (bytes / 1e6).toFixed(0)).join(' ');
}

/** The built daemon as a service manager starts it, with nothing to do. */
async function measureIdle(name: string, world: BenchWorld): Promise<void> {
  const daemon = spawn(program, ['daemon'], { env: world.environment, stdio: 'ignore' });
  const statusOf = (file: string): string => readFileSync(`/proc/${daemon.pid ?? 0}/${file}`, 'utf8');
  const cpuSeconds = (): number => {
    const fields = statusOf('stat').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  };
  await delay(settleMs);
  const before = cpuSeconds();
  await delay(idleMs);
  const share = ((cpuSeconds() - before) / (idleMs / 1000)) * 100;
  const residentKiB = Number(/VmRSS:\s+(\d+)/.exec(statusOf('status'))?.[1] ?? '');
  console.log(
    `${name}: the built daemon, idle over ${idleMs / 1000} s: ${share.toFixed(2)} % of a core, ${((residentKiB * 1024) / 1e6).toFixed(0)} MB resident`,
  );
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');
}
