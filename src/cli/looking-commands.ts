/**
 * The commands that show something and change nothing. Each is loaded when it is called: whoever only wants to see
 * something does not wait for what transfers need.
 */

import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

export function addLookingCommands(
  program: Command,
  context: () => Context,
  conclude: (exitCode: ExitCode) => void,
): void {
  program
    .command('status')
    .description('show every managed torrent and the space; changes nothing')
    .option('-w, --watch', 'keep showing it, as a live screen; the same as top', false)
    .action(async ({ watch }: { readonly watch: boolean }) => {
      conclude(watch ? await showTop(context()) : await showStatus(context()));
    });
  program
    .command('top')
    .description('show everything as a live screen, with keys to pause, to give priority and to retry')
    .action(async () => {
      conclude(await showTop(context()));
    });
  program
    .command('plan')
    .description(
      'show what a pass would do, and of each torrent that waits why, and for how long; changes nothing',
    )
    .action(async () => {
      const { showPlan } = await import('./commands/plan.ts');
      conclude(await showPlan(context()));
    });
  program
    .command('why')
    .description('show why a torrent is where it is, and the facts that led to it; changes nothing')
    .argument('<torrent>', 'its name or a part of it, or the beginning of its infohash')
    .action(async (called: string) => {
      const { showWhy } = await import('./commands/why.ts');
      conclude(await showWhy(context(), called));
    });
  program
    .command('problems')
    .description('show what you have to do something about, the worst first; changes nothing')
    .action(async () => {
      const { showProblems } = await import('./commands/problems.ts');
      conclude(await showProblems(context()));
    });
  program
    .command('history')
    .description('show what was loaded, shipped, proved and deleted, and when')
    .option('-n, --limit <number>', 'show the newest so many', parseCount, 50)
    .action(async ({ limit }: { readonly limit: number }) => {
      const { showHistory } = await import('./commands/history.ts');
      conclude(await showHistory(context(), limit));
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
