/** The same snapshot with all its maps and lists in another order: it must give the same plan. */

import type { Observed, Snapshot } from '../../src/core/snapshot.ts';

export function permuted({ managed, rtorrent, disk, remote, ledger, jobs, ...rest }: Snapshot): Snapshot {
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
      receipts: new Map([...turned(ledger.receipts)].map(([infohash, held]) => [infohash, turned(held)])),
      shipments: turned(ledger.shipments),
      failures: turned(ledger.failures),
      placements: turned(ledger.placements),
      intents: turned(ledger.intents),
      pieces: turned(ledger.pieces),
      progress: turned(ledger.progress),
      onsets: turned(ledger.onsets),
      wishes: {
        isAllPaused: ledger.wishes.isAllPaused,
        paused: new Set([...ledger.wishes.paused].reverse()),
        priorities: turned(ledger.wishes.priorities),
      },
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
