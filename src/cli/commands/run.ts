/** `run`: one pass under the lock. It waits for the transfers that it starts, then exits. */

import { systemClock } from '../../adapters/runtime.ts';
import type { QueueEta } from '../../core/eta.ts';
import { etaOf } from '../../core/eta.ts';
import { waitLabels } from '../../core/explain.ts';
import type { Policy } from '../../core/policy.ts';
import { monitorReporter } from '../../driver/monitor-reporter.ts';
import { Monitor } from '../../driver/monitor.ts';
import { Nudge } from '../../driver/nudge.ts';
import type { PassResult } from '../../driver/pass.ts';
import { runPass } from '../../driver/pass.ts';
import { composeReporters } from '../../driver/reporters.ts';
import type { Context } from '../context.ts';
import { openOutlets } from '../dashboard.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { holdLock } from '../hold-lock.ts';
import { planReportOf } from '../../driver/plan-report.ts';
import { ratesOf, rejectedFiles, sightsOf } from '../../driver/report.ts';
import { LogReporter } from '../report/reporter.ts';
import { untilSignalled } from '../signals.ts';
import { policyInForce } from '../times-of-day.ts';
import { wire } from '../wiring.ts';
import { reportBlindness, warnOfRejected } from './present.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { configuration, places, log, errors } = context;
  if (configuration.rtorrent.kind === 'embedded') {
    log.error('run needs an rtorrent that stays', {
      detail: 'a pass ends, and an embedded rtorrent that ended with it would fetch nothing',
      remedy: 'start `rtorrent-low-space-driver daemon`, or set rtorrent = external',
    });
    return exitCodes.usage;
  }
  const lock = holdLock(context);
  if (lock === undefined) return exitCodes.tryAgain;
  const monitor = new Monitor();
  context.crashes.follow(monitor, places.state);
  const nudge = new Nudge();
  const reporter = composeReporters(new LogReporter(log, errors), monitorReporter(monitor, systemClock));
  const wired = wire(configuration, places, reporter, false);
  const signals = untilSignalled({
    onFirst: () => {
      log.info('stopping', { detail: 'transfers are ended and go on next time; once more ends it at once' });
    },
  });
  let closeOutlets: (() => Promise<void>) | undefined;
  try {
    const { signal } = signals;
    const policy = policyInForce(
      () => configuration,
      () => new Date(),
    );
    closeOutlets = await openOutlets(context, { kind: 'run', monitor, wired, nudge, policy });
    const result = await runPass({ ports: wired.ports, policy, signal, monitor, nudge });
    errors.clearProgress();
    log.debug('requests to rtorrent', { detail: `${wired.rpc.requests}` });
    return signals.exitCode() ?? report(context, result, () => etaAfter(result, policy(), monitor));
  } finally {
    await closeOutlets?.();
    signals.end();
    await wired.close();
    lock.release();
  }
}

/** By the rates of the pass that is over. */
function etaAfter({ snapshot, plan }: PassResult, policy: Policy, monitor: Monitor): QueueEta {
  return etaOf(snapshot, plan, policy, ratesOf(monitor));
}

/** Whoever reads only the log does not wait for times and sentences of thousands of torrents. */
function report(context: Context, result: PassResult, eta: () => QueueEta): ExitCode {
  const { done, failed, snapshot } = result;
  if (context.isJson) {
    context.output.line(JSON.stringify({ done, failed, ...planReportOf(result, eta()) }, undefined, 2));
  }
  warnOfRejected(context, { rejected: rejectedFiles(snapshot) });
  const unseen = reportBlindness(context, sightsOf(snapshot));
  if (unseen !== exitCodes.ok) return unseen;
  if (done + failed > 0 || context.errors.isInteractive) summarize(context, result);
  return failed > 0 ? exitCodes.tryAgain : exitCodes.ok;
}

/** One line at the end; an idle pass from cron stays silent, so that cron sends no mail. */
function summarize({ log }: Context, { plan, snapshot, done, failed }: PassResult): void {
  const parts = [
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${snapshot.managed.size} managed`,
  ];
  const reasons = new Map<string, number>();
  for (const { reason } of plan.waits) {
    const label = waitLabels[reason.kind];
    reasons.set(label, (reasons.get(label) ?? 0) + 1);
  }
  for (const [label, count] of reasons) parts.push(`${count} ${label}`);
  log.info('pass finished', { detail: parts.join(', ') });
}
