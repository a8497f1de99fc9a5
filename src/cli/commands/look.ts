/** Looks at the world once, changing nothing: what `plan` and `status` start from. */

import type { Plan } from '../../core/action.ts';
import { displayText } from '../../core/bytes.ts';
import { plan } from '../../core/plan.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { observe } from '../../driver/observe.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { silentReporter } from '../report/reporter.ts';
import { wire } from '../wiring.ts';

export interface Look {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
}

export async function look({ configuration, places }: Context): Promise<Look> {
  const wired = wire(configuration, places, silentReporter, true);
  try {
    const snapshot = await observe(wired.ports, configuration.policy, []);
    return { snapshot, plan: plan(snapshot, configuration.policy) };
  } finally {
    await wired.close();
  }
}

/** One line for each entry of the managed directory that holds no torrent. */
export function warnOfRejected({ log }: Context, { rejected }: Snapshot): void {
  for (const { path, reason } of rejected) {
    log.warn({ torrent: displayText(path), detail: reason }, 'skipped');
  }
}

/** Says what could not be seen, once, and gives the exit code for it. */
export function reportUnseen({ log }: Context, { snapshot, plan: decided }: Look): ExitCode {
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
