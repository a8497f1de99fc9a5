/**
 * Measures an idle pass of the built program from start to exit: 10,000 managed torrents, 3,000 of them in rtorrent,
 * and nothing that could be done about any of them. `node bench/idle-pass.ts [RUNS]`; needs `npm run build`.
 */

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeReport } from './fake-rtorrent.ts';
import { printTable, showSpread, spreadOf } from './figures.ts';
import type { BenchTorrent } from './made-torrents.ts';
import { makeBenchTorrent } from './made-torrents.ts';
import type { MeasuredRun } from './measured-run.ts';
import { measureRun } from './measured-run.ts';
import { observeReply, scgiReply } from './rtorrent-reply.ts';

const managedCount = 10_000;
const loadedCount = 3_000;
const runs = Number(process.argv[2] ?? 7);

const program = fileURLToPath(new URL('../bin/rtorrent-low-space-driver', import.meta.url));

interface World {
  readonly environment: NodeJS.ProcessEnv;
  readonly downloads: string;
  readonly socketPath: string;
  readonly replyPath: string;
  readonly loaded: readonly BenchTorrent[];
}

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
  const world = makeWorld(root);
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

function makeWorld(root: string): World {
  const [home, managed, downloads] = ['home', 'managed', 'downloads'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, managed, downloads]) mkdirSync(path);
  const socketPath = join(root, 'rtorrent.sock');
  const loaded: BenchTorrent[] = [];
  for (let number = 0; number < managedCount; number += 1) {
    // Of those that are not loaded every tenth is larger than the limit: it waits for its turn to be fetched in parts.
    const torrent = makeBenchTorrent(number, number >= loadedCount && number % 10 === 0);
    writeFileSync(join(managed, `${torrent.name}.torrent`), torrent.bytes);
    if (number < loadedCount) loaded.push(torrent);
  }
  const replyPath = join(root, 'reply');
  writeFileSync(replyPath, scgiReply(observeReply(loaded, downloads)));
  const configuration = [
    '[main]',
    `managed_torrents_directory = ${managed}`,
    'remote_host = remote.example.org',
    'remote_path = /srv/torrents',
    'space_limit = 4GiB',
    'required_ratio = 1.0',
    `socket_url = scgi://${socketPath}`,
  ];
  writeFileSync(join(home, '.rtorrent_low_space_driver.cf'), `${configuration.join('\n')}\n`);
  const environment = {
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(':'),
    LANG: 'C.UTF-8',
  };
  return { environment, downloads, socketPath, replyPath, loaded };
}

/** What rtorrent makes when it starts a torrent: every file at full length, without blocks as yet. */
function makeContent({ downloads, loaded }: World): void {
  for (const torrent of loaded) {
    for (const { path, lengthBytes } of torrent.files) {
      const file = join(downloads, torrent.name, ...path);
      mkdirSync(dirname(file), { recursive: true });
      const descriptor = openSync(file, 'w');
      ftruncateSync(descriptor, lengthBytes);
      closeSync(descriptor);
    }
  }
}

/** One pass that shows its plan: it must be all waits, or what follows measures something else. Warms the caches, too. */
async function checkIdle(world: World, fake: ChildProcess): Promise<void> {
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
  world: World,
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
