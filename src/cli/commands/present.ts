/** What holds now: asked of the daemon or the run at work where one answers, else of a look of our own, which changes nothing. */

import type { Infohash } from '../../core/metainfo.ts';
import type { Why } from '../../core/why.ts';
import type { Look, Sights, StatusReport } from '../../driver/report.ts';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { controlSocketPath } from '../places.ts';

/** One question, as either of them is asked it. */
export interface Question<Answer> {
  /** Resolves with undefined where no daemon answers, or has not looked yet. */
  ofDaemon(client: ControlClient): Promise<Answer | undefined>;
  ofLook(look: Look): Answer;
}

/**
 * The daemon knows what is under way, and what was under way before. Rejects with a `Fault` where one answers, but not as it
 * should, and where none does and neither the managed directory nor the ledger can be read; with a `ConfigurationError` where
 * none does and the configuration has mistakes.
 */
export async function askPresent<Answer>(context: Context, question: Question<Answer>): Promise<Answer> {
  const client = new ControlClient(controlSocketPath(context.places, context.managedDirectory));
  const told = await question.ofDaemon(client);
  if (told !== undefined) return told;
  // Loaded only now: who asks the daemon does not wait for what a look needs.
  const { look } = await import('./look.ts');
  return question.ofLook(await look(context));
}

/** The world at one moment, and more about it on demand. */
export interface Sighting {
  readonly report: StatusReport;
  /** Resolves with undefined where the torrent is not managed any more; may reject with a `Fault`. */
  why(infohash: Infohash): Promise<Why | undefined>;
}

/** What is seen now. Rejects as `askPresent` does. */
export async function currentSighting(context: Context): Promise<Sighting> {
  return await askPresent<Sighting>(context, {
    ofDaemon: async (client) => {
      const report = await client.status();
      return report && sightingOfDaemon(client, report);
    },
    ofLook: (look) => ({
      report: look.report,
      why: async (infohash) => {
        const { whyOf } = await import('../../core/why.ts');
        const managed = look.snapshot.managed.get(infohash);
        return managed && whyOf(managed, { ...look, policy: context.configuration.policy });
      },
    }),
  });
}

/** A report of the daemon's; what else there is to know is asked of it then. */
export function sightingOfDaemon(client: ControlClient, report: StatusReport): Sighting {
  return { report, why: async (infohash) => (await client.story(infohash))?.why };
}

/** The report of the present. Rejects as `askPresent` does. */
export async function currentReport(context: Context): Promise<StatusReport> {
  return (await currentSighting(context)).report;
}

/** One line for each entry of the managed directory that holds no torrent. */
export function warnOfRejected({ log }: Context, { rejected }: Pick<StatusReport, 'rejected'>): void {
  for (const { path, reason } of rejected) log.warn('skipped', { torrent: path, detail: reason });
}

/** Says what could not be seen, once, and gives the exit code for it. */
export function reportBlindness({ log }: Context, { rtorrent, disk, remote }: Sights): ExitCode {
  // What was not seen because another part was not seen is no news of its own.
  const [blind] = [
    { sight: rtorrent, message: 'rtorrent cannot be seen' },
    { sight: disk, message: 'the disk cannot be seen' },
    { sight: remote, message: 'the remote cannot be seen' },
  ].filter(({ sight }) => !sight.seen);
  if (blind === undefined) return exitCodes.ok;
  log.error(blind.message, { detail: blind.sight.reason, remedy: blind.sight.remedy });
  return exitCodes.unavailable;
}
