/** A dashboard over a world in memory: what the driver would hand it, with a record of the commands that came. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Outcome } from '../../../src/core/action.ts';
import type { Fault } from '../../../src/core/fault.ts';
import { plan } from '../../../src/core/plan.ts';
import type { ReceiptRecord } from '../../../src/core/prove.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { DashboardWorld } from '../../../src/dashboard/routes.ts';
import { Dashboard } from '../../../src/dashboard/server.ts';
import type { HistoryEntry } from '../../../src/dashboard/wire.ts';
import type { Command } from '../../../src/driver/commands.ts';
import type { DriverEvent } from '../../../src/driver/monitor.ts';
import { Monitor } from '../../../src/driver/monitor.ts';
import { makeMetainfo, makePolicy, makeWorld, mebibyte, nowMs } from '../../support/world.ts';

export interface MadeWorld extends DashboardWorld {
  readonly commands: Command[];
  readonly events: HistoryEntry[];
  readonly receipts: ReceiptRecord[];
  /** What the next commands come to. */
  outcome: Outcome;
  /** What reading the ledger comes to, where it cannot be read. */
  ledgerFault: Fault | undefined;
  /** A look is over. */
  show(snapshot: Snapshot): void;
}

export function makeDashboardWorld(): MadeWorld {
  const monitor = new Monitor();
  const policy = makePolicy();
  const commands: Command[] = [];
  const events: HistoryEntry[] = [];
  const receipts: ReceiptRecord[] = [];
  return {
    monitor,
    policy: () => policy,
    driver: {
      kind: 'daemon',
      version: '0.1.0',
      sinceMs: nowMs - 3_600_000,
      managedDirectory: '/home/me/managed_torrents',
      remote: 'bighost:/home/me/place-with-space',
    },
    commands,
    events,
    receipts,
    outcome: { kind: 'done', detail: 'as told' },
    ledgerFault: undefined,
    history(most, infohash) {
      if (this.ledgerFault !== undefined) throw this.ledgerFault;
      return events.filter((event) => infohash === undefined || event.infohash === infohash).slice(0, most);
    },
    receiptsOf: (infohash) => receipts.filter((receipt) => receipt.infohash === infohash),
    async carryOut(command) {
      commands.push(command);
      return this.outcome;
    },
    show(snapshot) {
      monitor.publish({ snapshot, plan: plan(snapshot, policy) });
    },
  };
}

/** Three torrents: one seeds, one is shipped in parts, one waits. */
export function threeTorrents(): Snapshot {
  const seeding = makeMetainfo({ name: 'seeding', files: [16 * mebibyte] });
  const parts = makeMetainfo({ name: 'parts', files: [16 * mebibyte, 32 * mebibyte, 16 * mebibyte] });
  const large = makeMetainfo({ name: 'large', files: [20 * 1024 * mebibyte] });
  return makeWorld([
    { metainfo: seeding, loaded: { isComplete: true, upRateBytesPerSecond: 5, uploadedBytes: 6 * mebibyte } },
    {
      metainfo: parts,
      loaded: { completedBytes: 4 * mebibyte, downRateBytesPerSecond: 1000 },
      detail: { selected: [1] },
      receipts: [0],
      jobs: [{ kind: 'ship', files: [0], doneBytes: 7 }],
    },
    { metainfo: large },
  ]);
}

export function driverEvent(overrides: Partial<DriverEvent> = {}): DriverEvent {
  return {
    atMs: nowMs,
    kind: 'ship',
    infohash: undefined,
    name: undefined,
    outcome: 'done',
    detail: '1 file',
    remedy: undefined,
    bytes: 100,
    tookMs: 2000,
    ...overrides,
  };
}

export interface Served {
  readonly world: MadeWorld;
  readonly socketPath: string;
  readonly port: number;
  /** Before the test ends. Idempotent. */
  readonly close: () => Promise<void>;
}

/** Serves it on a socket and a port until the test ends. */
export async function serve(
  t: TestContext,
  options: { readonly token?: string; readonly pageDirectory?: string; readonly world?: MadeWorld } = {},
): Promise<Served> {
  const directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
  const world = options.world ?? makeDashboardWorld();
  const dashboard = new Dashboard(world, options.pageDirectory ?? directory);
  t.after(async () => {
    await dashboard.close();
    rmSync(directory, { recursive: true });
  });
  const socketPath = join(directory, 'control.sock');
  await dashboard.listenOnSocket(socketPath);
  const port = await dashboard.listenOnPort('127.0.0.1', 0, options.token);
  return { world, socketPath, port, close: () => dashboard.close() };
}
