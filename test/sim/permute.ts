/** The same snapshot with all its maps and lists in another order: it must give the same plan. */

import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../src/core/action.ts';
import { plan } from '../../src/core/plan.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Observed, Snapshot } from '../../src/core/snapshot.ts';
import { Finding } from './finding.ts';

/** Plans twice, and compares. */
export function planInAnyOrder(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  if (!isDeepStrictEqual(plan(permuted(snapshot), policy), decided)) {
    throw new Finding('the same snapshot in another order gives another plan');
  }
  return decided;
}

function permuted({ managed, rtorrent, disk, remote, ledger, jobs, ...rest }: Snapshot): Snapshot {
  return {
    ...rest,
    managed: turned(managed),
    rtorrent: seenTurned(rtorrent, (view) => ({
      ...view,
      torrents: turned(view.torrents),
      details: turned(view.details),
    })),
    disk: seenTurned(disk, (view) => ({ ...view, torrents: turned(view.torrents) })),
    remote: seenTurned(remote, turned),
    ledger: {
      receipts: turned(ledger.receipts),
      shipments: turned(ledger.shipments),
      failures: turned(ledger.failures),
      placements: turned(ledger.placements),
      intents: turned(ledger.intents),
    },
    jobs: jobs.toReversed(),
  };
}

function turned<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...map].reverse());
}

function seenTurned<T>(observed: Observed<T>, turn: (value: T) => T): Observed<T> {
  return observed.seen ? { seen: true, value: turn(observed.value) } : observed;
}
