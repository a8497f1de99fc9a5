/** Runs a bench with its links held to given rates: by the kernel where that can be, else by the seed and a relay. */

import { spawnSync } from 'node:child_process';
import type { RigOptions } from '../test/e2e/rig.ts';
import type { Link } from './links.ts';
import { heldTo } from './links.ts';
import { namespacesLack, openShapedNetwork } from './shaped-network.ts';

export interface HeldLinks {
  /** Who holds the rates: for the heading of a table. */
  readonly way: string;
  /** What a rig needs to be started with, for the links to have these rates. */
  hold(link: Link): Pick<RigOptions, 'addresses' | 'seedRateKiB' | 'remote'>;
  /** All that has gone towards the remote host so far; undefined where the rig counts it (`remote.sentBytes`). */
  readonly shippedBytes: (() => number) | undefined;
}

const inside = 'BENCH_INSIDE';

/** The program starts itself once more in a network namespace of its own, with root, unless `LINKS=relay`. */
export async function withLinks(bench: (links: HeldLinks) => Promise<void>): Promise<void> {
  if (process.env[inside] !== undefined) {
    const network = await openShapedNetwork();
    await bench({
      way: 'the kernel (tc, tbf, between network namespaces)',
      hold: (link) => {
        network.shape(link);
        return { addresses: network };
      },
      shippedBytes: () => network.shippedBytes(),
    });
    return;
  }
  const lack = process.env['LINKS'] === 'relay' ? 'LINKS=relay' : namespacesLack();
  if (lack !== undefined) {
    const way = `rtorrent and a relay (no network namespaces: ${lack})`;
    await bench({ way, hold: heldTo, shippedBytes: undefined });
    return;
  }
  const { status } = spawnSync('unshare', ['--net', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [inside]: '1' },
  });
  process.exitCode = status ?? 1;
}
