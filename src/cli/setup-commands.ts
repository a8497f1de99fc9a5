/** The commands that set up and stay: what they are called with. */

import type { Command } from 'commander';
import { Option } from 'commander';
import type { InitFlags } from './commands/init.ts';
import type { Context, GlobalOptions } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { findPlaces } from './places.ts';
import { schedules } from './schedule-kinds.ts';
import type { SettingFlags } from './settings.ts';

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

/** `daemon`, and `up`, which is the daemon with a configuration made of flags. */
export function addDaemonCommands(
  program: Command,
  environment: NodeJS.ProcessEnv,
  open: (options: GlobalOptions) => Context,
  conclude: (exitCode: ExitCode) => void,
): void {
  program
    .command('daemon')
    .description('run until told to stop: the same as run, all the time and at once')
    .addOption(
      new Option('--rtorrent <which>', 'whose rtorrent, whatever the configuration says').choices([
        'external',
        'embedded',
      ]),
    )
    .action(async (own: Pick<GlobalOptions, 'rtorrent'>) => {
      const { daemon } = await import('./commands/daemon.ts');
      conclude(await daemon(open({ ...program.opts<GlobalOptions>(), ...own })));
    });
  const command = program
    .command('up')
    .description('a whole set-up in one line: the daemon, with an rtorrent of its own unless told otherwise');
  addSettingOptions(command).action(async (flags: SettingFlags) => {
    const { up } = await import('./commands/up.ts');
    const options = program.opts<GlobalOptions>();
    conclude(await up(flags, findPlaces(environment), (config) => open({ ...options, config })));
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
