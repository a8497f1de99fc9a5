/** Opens what others see and hear of a driver at work: the control socket and hooks; of a daemon, the page and its log as well. */

import { chmodSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandHook } from '../adapters/hook-command.ts';
import { postHook } from '../adapters/hook-post.ts';
import { systemClock } from '../adapters/runtime.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Policy } from '../core/policy.ts';
import type { DashboardWorld } from '../dashboard/routes.ts';
import { Dashboard } from '../dashboard/server.ts';
import { carryOut } from '../driver/commands.ts';
import type { Hook } from '../driver/hooks.ts';
import { Hooks } from '../driver/hooks.ts';
import type { Monitor } from '../driver/monitor.ts';
import { historyThatTells, transfersIn } from '../driver/past-transfers.ts';
import type { Nudge } from '../driver/nudge.ts';
import type { Configuration } from './config.ts';
import type { Context } from './context.ts';
import { controlSocketPath } from './places.ts';
import { problemLog } from './report/problem-log.ts';
import { ownVersion } from './version.ts';
import type { Wired } from './wiring.ts';

/** Where the build puts the page, seen from `dist/cli`. */
const pageDirectory = fileURLToPath(new URL('../page/', import.meta.url));

export interface Outlets {
  /** A run has no page: it would come and go with each. What is a problem then, its end says. */
  readonly kind: 'daemon' | 'run';
  readonly monitor: Monitor;
  readonly wired: Wired;
  readonly nudge: Nudge;
  /** As it holds at this moment. */
  readonly policy: () => Policy;
}

/**
 * Resolves once all that can be opened is open; what cannot is told, and the daemon does its work without it. The answer
 * closes it all.
 */
export async function openOutlets(context: Context, outlets: Outlets): Promise<() => Promise<void>> {
  const { log, places, configuration } = context;
  const dashboard = new Dashboard(worldOf(context, outlets), pageDirectory);
  const attempt = async (what: string, open: () => Promise<void> | void): Promise<void> => {
    try {
      await open();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn(what, { detail: error.message, remedy: error.remedy });
    }
  };
  await attempt('no rates of former transfers', () => {
    outlets.monitor.recall(transfersIn(outlets.wired.ledger.history(historyThatTells)));
  });
  await attempt('no control socket', async () => {
    mkdirSync(places.state, { recursive: true, mode: 0o700 });
    chmodSync(places.state, 0o700);
    await dashboard.listenOnSocket(controlSocketPath(places, configuration.managedDirectory));
  });
  const { dashboard: choice } = configuration;
  const isDaemon = outlets.kind === 'daemon';
  if (choice !== undefined && isDaemon) {
    await attempt('no dashboard', async () => {
      const { host, port, token } = choice;
      await dashboard.listenOnPort(host, port, token);
      log.info('dashboard', { detail: `http://${host.includes(':') ? `[${host}]` : host}:${port}/` });
    });
  }
  const hooks = new Hooks(
    [...hooksOf(configuration), ...(isDaemon ? [problemLog(log)] : [])],
    outlets.monitor,
    systemClock,
    (hook, detail, remedy) => {
      log.warn('hook failed', { hook, detail, remedy });
    },
  );
  return async () => {
    await dashboard.close();
    await hooks.end();
  };
}

function hooksOf({ hooks: { command, post } }: Configuration): readonly Hook[] {
  return [
    ...(command === undefined ? [] : [{ port: commandHook(command.text), kinds: command.kinds }]),
    ...(post === undefined ? [] : [{ port: postHook(post.url, post.format), kinds: post.kinds }]),
  ];
}

function worldOf(
  { configuration }: Context,
  { kind, monitor, wired: { ports, ledger }, nudge, policy }: Outlets,
): DashboardWorld {
  const { managedDirectory, remoteHost, remotePath } = configuration;
  return {
    monitor,
    driver: {
      kind,
      version: ownVersion(),
      sinceMs: systemClock.nowMs(),
      managedDirectory,
      remote: `${remoteHost}:${remotePath}`,
    },
    policy,
    history: (most, infohash) =>
      ledger.history(most, infohash).map(({ name, ...event }) => ({ ...event, name: displayText(name) })),
    receiptsOf: (infohash) => ledger.receiptsOf(infohash),
    carryOut: async (command) => {
      const outcome = await carryOut(command, ports);
      nudge.give();
      return outcome;
    },
  };
}
