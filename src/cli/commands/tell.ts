/** `pause`, `resume`, `priority` and `retry`: what the user tells the driver, whether it is running or not. */

import { nameOf } from '../../core/explain.ts';
import type { Infohash } from '../../core/metainfo.ts';
import type { Priority } from '../../core/priority.ts';
import { Seedbox } from '../../adapters/seedbox.ts';
import type { Command } from '../../driver/commands.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { carryOutWherever } from './carry-out.ts';
import { torrentMeant } from './meant.ts';

/** Stands for every torrent. */
export const allWord = 'all';

/** `called` is a name or a part of one, the beginning of an infohash, or `all`. */
export async function tell(
  context: Context,
  kind: 'pause' | 'resume' | 'retry',
  called: string,
): Promise<ExitCode> {
  if (called === allWord) return await sayWhatCame(context, { kind, infohash: undefined });
  return await about(context, called, (infohash) => ({ kind, infohash }));
}

export async function tellPriority(context: Context, called: string, priority: Priority): Promise<ExitCode> {
  return await about(context, called, (infohash) => ({ kind: 'priority', infohash, priority }));
}

/** Finds the torrent that is meant; where that is not clear, says so and does nothing. */
async function about(
  context: Context,
  called: string,
  commandFor: (infohash: Infohash) => Command,
): Promise<ExitCode> {
  const { managed } = await new Seedbox(context.configuration.managedDirectory).scan();
  const torrents = [...managed.values()].map((one) => ({
    infohash: one.metainfo.infohash,
    name: nameOf(one),
  }));
  const meant = torrentMeant(context, called, torrents);
  if (meant === undefined) return exitCodes.usage;
  return await sayWhatCame(context, commandFor(meant.infohash));
}

async function sayWhatCame(context: Context, command: Command): Promise<ExitCode> {
  const { log, output } = context;
  const outcome = await carryOutWherever(context, command);
  if (context.isJson) output.line(JSON.stringify(outcome));
  else if (outcome.kind === 'done') output.line(outcome.detail);
  if (outcome.kind !== 'failed') return exitCodes.ok;
  log.error('not done', { detail: outcome.message, remedy: outcome.remedy });
  return exitCodes.problems;
}
