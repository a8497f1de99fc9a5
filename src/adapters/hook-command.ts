/** A hook that is a command of the user's: it gets each piece of news as JSON on its standard input. */

import type { News } from '../core/news.ts';
import { Fault } from '../core/fault.ts';
import type { HookPort } from '../ports/hook.ts';
import { jsonOfNews } from './hook-news.ts';
import { describeRun, runProgram } from './process.ts';

const timeoutMs = 30_000;
const outputLimitBytes = 1024 ** 2;

/** The command is the shell's: pipes and quotes in it work as they do in a terminal. */
export function commandHook(command: string, limitMs = timeoutMs): HookPort {
  return {
    name: 'on_event',
    async send(news: News, signal: AbortSignal): Promise<void> {
      const run = await runProgram({
        file: 'sh',
        arguments: ['-c', command],
        input: Buffer.from(`${jsonOfNews(news)}\n`),
        timeoutMs: limitMs,
        signal,
        outputLimitBytes,
      });
      if (run.exitCode === 0 && run.limit === undefined) return;
      throw new Fault('failed', `the command of on_event: ${describeRun(run)}`, 'try it by hand');
    },
  };
}
