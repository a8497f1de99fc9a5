/**
 * A process that takes turn after turn as the daemon does, in the built program, over the real adapters, and tells what each
 * costs. Run as a child with an IPC channel: `steady-turns.mjs HOME SOCKET MANAGED TURNS BUILT`, without its types.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type * as Ledgers from '../src/adapters/ledger-sqlite.ts';
import type * as Rpcs from '../src/adapters/rtorrent-rpc.ts';
import type * as Rtorrents from '../src/adapters/rtorrent.ts';
import type * as Runtime from '../src/adapters/runtime.ts';
import type * as Seedboxes from '../src/adapters/seedbox.ts';
import type * as Config from '../src/cli/config.ts';
import type * as Reporters from '../src/cli/report/reporter.ts';
import type * as Engines from '../src/driver/engine.ts';
import type * as Monitors from '../src/driver/monitor.ts';
import type * as Nudges from '../src/driver/nudge.ts';
import type { RemotePort } from '../src/ports/remote.ts';

/** What the turns after the first one cost. */
export interface TurnsReport {
  readonly firstCpuMs: number;
  /** Processor time of each turn, in the order in which they were taken. */
  readonly cpuMs: readonly number[];
  readonly wallMs: readonly number[];
  readonly requests: number;
  readonly actions: number;
  /** Resident memory after the first turn, and after each tenth of those that followed. */
  readonly residentBytes: readonly number[];
  /** The same after a pause, in which V8 gives back the pages that it has emptied. */
  readonly restedBytes: readonly number[];
}

const [, , home = '', socketPath = '', managedDirectory = '', wanted = '0', directory = ''] = process.argv;
const require = createRequire(directory);

const [
  ledgers,
  rpcs,
  rtorrents,
  { systemClock },
  seedboxes,
  { readConfiguration },
  reporters,
  engines,
  monitors,
  nudges,
] = [
  built('adapters/ledger-sqlite') as typeof Ledgers,
  built('adapters/rtorrent-rpc') as typeof Rpcs,
  built('adapters/rtorrent') as typeof Rtorrents,
  built('adapters/runtime') as typeof Runtime,
  built('adapters/seedbox') as typeof Seedboxes,
  built('cli/config') as typeof Config,
  built('cli/report/reporter') as typeof Reporters,
  built('driver/engine') as typeof Engines,
  built('driver/monitor') as typeof Monitors,
  built('driver/nudge') as typeof Nudges,
] as const;

const turns = Number(wanted);
const configuration = readConfiguration(join(home, '.rtorrent_low_space_driver.cf'), home);
const rpc = new rpcs.RtorrentRpc({ kind: 'unix', path: socketPath });
const scratch = join(home, 'scratch');
/** Turns are taken one upon the other; for the driver half a minute passes between them, its pace when nothing moves. */
const paceMs = 30_000;
/** V8 looks whether it is idle 8 s after a collection, and collects up to three times then. */
const restMs = 15_000;
let passedMs = 0;
const clock = { ...systemClock, nowMs: () => Date.now() + passedMs };
const engine = new engines.Engine({
  ports: {
    rtorrent: new rtorrents.Rtorrent(rpc, systemClock, home, scratch),
    // Nothing is due: who asks it anyway ends the bench.
    remote: {} as RemotePort,
    seedbox: new seedboxes.Seedbox(managedDirectory),
    ledger: ledgers.SqliteLedger.open({
      path: join(home, 'ledger.sqlite'),
      remote: 'none:/',
      managedDirectory: '/',
      isReadOnly: false,
    }),
    clock,
    reporter: reporters.silentReporter,
  },
  policy: () => configuration.policy,
  signal: new AbortController().signal,
  monitor: new monitors.Monitor(),
  nudge: new nudges.Nudge(),
});

let actions = 0;

function built(name: string): unknown {
  return require(`./${name}.js`);
}

async function costOfTurn(): Promise<{ readonly cpuMs: number; readonly wallMs: number }> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const { plan } = await engine.turn();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  actions += plan.actions.length;
  return { cpuMs: (user + system) / 1000, wallMs };
}

async function lookAtMemory(): Promise<void> {
  residentBytes.push(process.memoryUsage.rss());
  await delay(restMs);
  restedBytes.push(process.memoryUsage.rss());
}

const first = await costOfTurn();
const before = rpc.requests;
const costs: { readonly cpuMs: number; readonly wallMs: number }[] = [];
const residentBytes: number[] = [];
const restedBytes: number[] = [];
await lookAtMemory();
for (let turn = 1; turn <= turns; turn += 1) {
  passedMs += paceMs;
  costs.push(await costOfTurn());
  if (turn % Math.ceil(turns / 10) === 0) await lookAtMemory();
}
const report: TurnsReport = {
  firstCpuMs: first.cpuMs,
  cpuMs: costs.map(({ cpuMs }) => cpuMs),
  wallMs: costs.map(({ wallMs }) => wallMs),
  requests: rpc.requests - before,
  actions,
  residentBytes,
  restedBytes,
};
process.send?.(report);
