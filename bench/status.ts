/**
 * Measures how soon a person sees something: `status` of the built program from start to exit, with 3,000 managed
 * torrents that are all in rtorrent. `node bench/status.ts [RUNS]`; needs `npm run build`.
 */

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeBenchWorld, makeContent } from './bench-world.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';
import { measureRun } from './measured-run.ts';

const count = 3_000;
const runs = Number(process.argv[2] ?? 9);
const program = fileURLToPath(new URL('../bin/rtorrent-low-space-driver', import.meta.url));

const built = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (!existsSync(built)) throw new Error('build the program first: npm run build');
const directory = mkdtempSync(join(tmpdir(), 'status-'));
try {
  await main(directory);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function main(root: string): Promise<void> {
  const world = makeBenchWorld(root, count, count);
  makeContent(world);
  const fake = fork(new URL('fake-rtorrent.ts', import.meta.url), [world.socketPath, world.replyPath]);
  try {
    await once(fake, 'message');
    const rows = [
      await measureCommand(['--version'], world.environment, 'start-up alone (--version)'),
      await measureCommand(['status'], world.environment, 'status, by a look of its own'),
      await measureCommand(['plan'], world.environment, 'plan, by a look of its own'),
    ];
    const daemon = spawn(program, ['--quiet', 'daemon'], { env: world.environment, stdio: 'inherit' });
    try {
      await untilDaemonAnswers(world.environment);
      rows.push(await measureCommand(['status'], world.environment, 'status, from the daemon'));
      rows.push(
        await measureCommand(['status', '--json'], world.environment, 'status --json, from the daemon'),
      );
    } finally {
      daemon.kill();
      await once(daemon, 'exit');
    }
    printTable(
      `${count} torrents in rtorrent, from start to exit: median (least–most)`,
      ['', 'wall ms', 'CPU ms', 'peak MB', 'lines'],
      rows,
    );
  } finally {
    fake.disconnect();
  }
}

async function measureCommand(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  name: string,
): Promise<readonly string[]> {
  const measured: MeasuredRun[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const one = await measureRun([program, ...words], environment);
    if (one.exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${one.exitCode}: ${one.stderr}`);
    // The first run warms the kernel's caches.
    if (run > 0) measured.push(one);
  }
  return rowOf(name, measured);
}

async function untilDaemonAnswers(environment: NodeJS.ProcessEnv): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const { stdout, stderr } = await measureRun([program, 'status', '--json'], environment);
    if (stdout === '') throw new Error(`status says nothing: ${stderr}`);
    const { driver } = JSON.parse(stdout) as { readonly driver: { readonly kind: string } };
    if (driver.kind === 'daemon') return;
  }
  throw new Error('the daemon does not answer');
}

function rowOf(name: string, measured: readonly MeasuredRun[]): readonly string[] {
  const spread = (read: (run: MeasuredRun) => number): string => showSpread(spreadOf(measured.map(read)), 0);
  const lines = measured[0]?.stdout.trimEnd().split('\n').length ?? 0;
  return [
    name,
    spread((run) => run.wallSeconds * 1000),
    spread((run) => run.cpuSeconds * 1000),
    spread((run) => run.peakBytes / 1e6),
    String(lines),
  ];
}
