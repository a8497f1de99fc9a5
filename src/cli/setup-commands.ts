/** The commands of the first run: what they are called with. */

import type { Command } from 'commander';
import { Option } from 'commander';
import type { InitFlags } from './commands/init.ts';
import type { GlobalOptions } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { findPlaces } from './places.ts';
import { schedules } from './schedule.ts';

export function addInitCommand(
  program: Command,
  environment: NodeJS.ProcessEnv,
  conclude: (exitCode: ExitCode) => void,
): void {
  const command = program
    .command('init')
    .description('set up for the first time: asks, checks each answer, writes the configuration')
    .addOption(
      new Option(
        '--schedule <how>',
        'how it is started: a line of the crontab, or a unit of systemd',
      ).choices(schedules),
    )
    .option('--force', 'write over what is there, and in spite of problems', false)
    .option('--dry-run', 'show what would be written, and write nothing', false);
  addSettingOptions(command).action(async (flags: InitFlags) => {
    const { init } = await import('./commands/init.ts');
    const { config } = program.opts<GlobalOptions>();
    conclude(await init(config, flags, findPlaces(environment), environment));
  });
}

/** Options that stand for lines of the configuration. */
function addSettingOptions(command: Command): Command {
  return command
    .option('--torrents <directory>', 'where your .torrent files are')
    .option('--to <host:path>', 'where finished torrents go, as ssh and rsync take it')
    .option('--space <size>', 'the most that torrents may take here, as 10GiB')
    .option('--ratio <number>', 'the ratio that a torrent reaches before it is shipped')
    .option('--rtorrent <which>', '"embedded", or the socket of one that you run')
    .option('--dashboard <host:port>', 'serve the page there')
    .option('--set <key=value>', 'any other line of the configuration; may come again', collect, []);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
