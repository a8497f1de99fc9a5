/** The report of the present: the daemon's where one answers, else of a look of our own, which changes nothing. */

import type { StatusReport } from '../../driver/report.ts';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { controlSocketPath } from '../places.ts';

/** Rejects with a `Fault` where neither the managed directory nor the ledger can be read. */
export async function currentReport(context: Context): Promise<StatusReport> {
  const { places, configuration } = context;
  const client = new ControlClient(controlSocketPath(places, configuration.managedDirectory));
  const told = await client.status();
  if (told !== undefined) return told;
  // Loaded only now: who asks the daemon does not wait for what a look needs.
  const { look, reportOfLook } = await import('./look.ts');
  return reportOfLook(context, await look(context));
}

/** Says what could not be seen, and what was skipped, each once, and gives the exit code for it. */
export function reportBlindness({ log }: Context, report: StatusReport): ExitCode {
  for (const { path, reason } of report.rejected) log.warn({ torrent: path, detail: reason }, 'skipped');
  const [blindness] = report.problems.filter(({ kind }) => kind in messages);
  if (blindness === undefined) return exitCodes.ok;
  const kind = blindness.kind as keyof typeof messages;
  const sight = {
    'rtorrent-unseen': report.rtorrent,
    'disk-unseen': report.disk,
    'remote-unseen': report.remote,
  }[kind];
  log.error({ detail: sight.reason ?? blindness.sentence, remedy: blindness.remedy }, messages[kind]);
  return exitCodes.unavailable;
}

const messages = {
  'rtorrent-unseen': 'rtorrent cannot be seen',
  'disk-unseen': 'the disk cannot be seen',
  'remote-unseen': 'the remote cannot be seen',
} as const;
