/**
 * The commands that show something and change nothing. Each is loaded when it is called: whoever only wants to see
 * something does not wait for what transfers need.
 */

import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ConfigurationError } from './config.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodes } from './exit-codes.ts';

export function addLookingCommands(
  program: Command,
  open: () => { readonly context: Context; readonly mistake?: ConfigurationError },
  conclude: (exitCode: ExitCode) => void,
): void {
  const look = async (show: (context: Context) => Promise<ExitCode>): Promise<void> => {
    const { context, mistake } = open();
    const exitCode = await show(context);
    if (mistake !== undefined) tellMistake(context, mistake);
    conclude(mistake !== undefined && exitCode === exitCodes.ok ? exitCodes.configuration : exitCode);
  };
  program
    .command('status')
    .description('show every managed torrent and the space; changes nothing')
    .option('-w, --watch', 'keep showing it, as a live screen; the same as top', false)
    .action(async ({ watch }: { readonly watch: boolean }) => {
      await look(watch ? showTop : showStatus);
    });
  program
    .command('top')
    .description('show everything as a live screen, with keys to pause, to give priority and to retry')
    .action(async () => {
      await look(showTop);
    });
  program
    .command('plan')
    .description(
      'show what a pass would do, and of each torrent that waits why, and for how long; changes nothing',
    )
    .action(async () => {
      const { showPlan } = await import('./commands/plan.ts');
      await look(showPlan);
    });
  program
    .command('why')
    .description('show why a torrent is where it is, and the facts that led to it; changes nothing')
    .argument('<torrent>', 'its name or a part of it, or the beginning of its infohash')
    .action(async (called: string) => {
      const { showWhy } = await import('./commands/why.ts');
      await look((context) => showWhy(context, called));
    });
  program
    .command('problems')
    .description('show what you have to do something about, the worst first; changes nothing')
    .action(async () => {
      const { showProblems } = await import('./commands/problems.ts');
      await look(showProblems);
    });
  program
    .command('history')
    .description('show what was loaded, shipped, proved and deleted, and when')
    .option('-n, --limit <number>', 'show the newest so many', parseCount, 50)
    .action(async ({ limit }: { readonly limit: number }) => {
      const { showHistory } = await import('./commands/history.ts');
      await look((context) => showHistory(context, limit));
    });
}

/** What was shown is the daemon's, which goes on with what it had read before. */
function tellMistake({ log }: Context, { lines }: ConfigurationError): void {
  for (const line of lines) log.error('the configuration has a mistake', { detail: line });
  log.error('shown is what the daemon does with an earlier one', {
    remedy: 'mend it, then `kill -HUP` the daemon',
  });
}

async function showStatus(context: Context): Promise<ExitCode> {
  const status = await import('./commands/status.ts');
  return await status.showStatus(context);
}

async function showTop(context: Context): Promise<ExitCode> {
  const { top } = await import('./commands/top.ts');
  return await top(context, process.env);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('Write a whole number from 1 on.');
  }
  return count;
}
