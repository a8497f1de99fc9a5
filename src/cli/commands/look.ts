/** Looks at the world once, changing nothing: what `plan` and `status` start from. */

import type { Plan } from '../../core/action.ts';
import { displayText } from '../../core/bytes.ts';
import type { QueueEta } from '../../core/eta.ts';
import { etaOf, linkRatesOf } from '../../core/eta.ts';
import { plan } from '../../core/plan.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { observe } from '../../driver/observe.ts';
import type { StatusReport } from '../../driver/report.ts';
import { reportOf } from '../../driver/report.ts';
import type { HistoryEvent } from '../../ports/ledger.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { silentReporter } from '../report/reporter.ts';
import { ownVersion } from '../version.ts';
import { wire } from '../wiring.ts';

export interface Look {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly eta: QueueEta;
  /** What was done last, newest first. */
  readonly history: readonly HistoryEvent[];
}

/** So many of the last transfers tell the rate of the next ones. */
const transfersThatCount = 10;
const mostHistory = 200;

export async function look({ configuration, places }: Context): Promise<Look> {
  const { policy } = configuration;
  const wired = wire(configuration, places, silentReporter, true);
  try {
    const snapshot = await observe(wired.ports, policy, []);
    const decided = plan(snapshot, policy);
    const history = wired.ledger.history(mostHistory);
    const eta = etaOf(snapshot, decided, policy, {
      ...linkRatesOf([{ downBytesPerSecond: downRateOf(snapshot), shipBytesPerSecond: 0 }]),
      shipBytesPerSecond: shipRateOf(history),
    });
    return { snapshot, plan: decided, eta, history };
  } finally {
    await wired.close();
  }
}

/** What a look tells to every screen. Who looks knows of no transfers: the rates of the last ones stand for them. */
export function reportOfLook({ configuration }: Context, seen: Look): StatusReport {
  const { managedDirectory, remoteHost, remotePath } = configuration;
  const events = seen.history.toReversed().map((event, index) => ({
    ...event,
    number: index + 1,
    kind: event.action,
    name: displayText(event.name),
    outcome: 'done' as const,
  }));
  return reportOf(seen, {
    driver: { kind: 'look', version: ownVersion(), managedDirectory, remote: `${remoteHost}:${remotePath}` },
    events,
    eta: seen.eta,
  });
}

function downRateOf({ rtorrent }: Snapshot): number {
  const torrents = rtorrent.seen ? [...rtorrent.value.torrents.values()] : [];
  return torrents.reduce((sum, { downRateBytesPerSecond }) => sum + downRateBytesPerSecond, 0);
}

/** As the last transfers went. Undefined where none is known. */
function shipRateOf(history: readonly HistoryEvent[]): number | undefined {
  const ships = history
    .filter(({ action, tookMs }) => action === 'ship' && tookMs > 0)
    .slice(0, transfersThatCount);
  const tookMs = ships.reduce((sum, event) => sum + event.tookMs, 0);
  const bytes = ships.reduce((sum, event) => sum + event.bytes, 0);
  return tookMs === 0 ? undefined : (bytes / tookMs) * 1000;
}

/** One line for each entry of the managed directory that holds no torrent. */
export function warnOfRejected({ log }: Context, { rejected }: Snapshot): void {
  for (const { path, reason } of rejected) {
    log.warn({ torrent: displayText(path), detail: reason }, 'skipped');
  }
}

/** Says what could not be seen, once, and gives the exit code for it. */
export function reportUnseen(
  { log }: Context,
  { snapshot, plan: decided }: Pick<Look, 'snapshot' | 'plan'>,
): ExitCode {
  const { rtorrent } = snapshot;
  if (!rtorrent.seen) {
    log.error({ detail: rtorrent.reason, remedy: rtorrent.remedy }, 'rtorrent cannot be seen');
    return exitCodes.unavailable;
  }
  const wait = decided.waits.find(
    ({ reason }) => reason.kind === 'remote-unseen' || reason.kind === 'disk-unseen',
  );
  if (wait === undefined || !('remedy' in wait.reason)) return exitCodes.ok;
  const { kind, reason: detail, remedy } = wait.reason;
  log.error(
    { detail, remedy },
    kind === 'remote-unseen' ? 'the remote cannot be seen' : 'the disk cannot be seen',
  );
  return exitCodes.unavailable;
}
