/** Looks at the world once, changing nothing: what every command that shows something starts from where no daemon runs. */

import { displayText } from '../../core/bytes.ts';
import { etaOf } from '../../core/eta.ts';
import { linkRatesOf } from '../../core/link-rates.ts';
import { plan } from '../../core/plan.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { observe } from '../../driver/observe.ts';
import { historyThatTells, transfersIn } from '../../driver/past-transfers.ts';
import type { Look, ReportContext } from '../../driver/report.ts';
import { reportOf } from '../../driver/report.ts';
import type { HistoryEvent } from '../../ports/ledger.ts';
import type { Context } from '../context.ts';
import { silentReporter } from '../report/reporter.ts';
import { ownVersion } from '../version.ts';
import { wire } from '../wiring.ts';

/**
 * Who only looks knows of no transfers: the rates of the last ones stand for them. Rejects with a `Fault` where neither the
 * managed directory nor the ledger can be read.
 */
export async function look({ configuration, places }: Context): Promise<Look> {
  const { policy, managedDirectory, remoteHost, remotePath } = configuration;
  const wired = wire(configuration, places, silentReporter, true);
  try {
    const snapshot = await observe(wired.ports, policy, []);
    const moment = { snapshot, plan: plan(snapshot, policy) };
    const history = wired.ledger.history(historyThatTells);
    const now = { downBytesPerSecond: downRateOf(snapshot), shipBytesPerSecond: 0 };
    const rates = linkRatesOf([now], transfersIn(history));
    const eta = etaOf(snapshot, moment.plan, policy, rates);
    const remote = `${remoteHost}:${remotePath}`;
    const driver = { kind: 'look', version: ownVersion(), managedDirectory, remote } as const;
    return { ...moment, eta, report: reportOf(moment, { driver, events: eventsOf(history), eta }) };
  } finally {
    await wired.close();
  }
}

/** What was done last, as a daemon would have told it. */
function eventsOf(history: readonly HistoryEvent[]): NonNullable<ReportContext['events']> {
  return history.toReversed().map((event, index) => ({
    ...event,
    number: index + 1,
    kind: event.action,
    name: displayText(event.name),
    outcome: 'done',
  }));
}

function downRateOf({ rtorrent }: Snapshot): number {
  const torrents = rtorrent.seen ? [...rtorrent.value.torrents.values()] : [];
  return torrents.reduce((sum, { downRateBytesPerSecond }) => sum + downRateBytesPerSecond, 0);
}
