/** The command line: commands, options, help. */

import { Argument, Command, Option } from 'commander';
import type { Priority } from '../core/priority.ts';
import { priorities } from '../core/priority.ts';
import { nearestOf } from './config-mistakes.ts';
import type { Context, GlobalOptions } from './context.ts';
import { createContext, createLookingContext } from './context.ts';
import type { CrashRecorder } from './crash.ts';
import { addLookingCommands } from './looking-commands.ts';
import { addManual } from './manual/commands.ts';
import { ownVersion } from './version.ts';
import type { ExitCode } from './exit-codes.ts';
import { addDaemonCommands, addInitCommand } from './setup-commands.ts';

const examples = `
Examples:
  rtorrent-low-space-driver                 one pass; the same as run, for cron
  rtorrent-low-space-driver up --torrents ~/torrents --to bighost:/big --space 10GiB    all of it, in one line
  rtorrent-low-space-driver init            set up for good: asks, checks, writes the configuration
  rtorrent-low-space-driver doctor          is everything in place?
  rtorrent-low-space-driver plan            what would a pass do, and why does each torrent wait?
  rtorrent-low-space-driver status --json   for scripts
  rtorrent-low-space-driver verify          is all that was shipped still there?
  0 * * * * /usr/local/bin/rtorrent-low-space-driver    a line for crontab -e

Exit codes:
  0 done   1 doctor or verify found a problem   64 command line   69 rtorrent or remote unreachable
  70 a mistake in the program   75 something is tried again later, or another process drives   78 configuration

The configuration is ~/.rtorrent_low_space_driver.cf unless --config names another file.`;

/** The program; `conclude` is given the exit code of the command that was run. */
export function createProgram(
  environment: NodeJS.ProcessEnv,
  crashes: CrashRecorder,
  conclude: (exitCode: number) => void,
): Command {
  const program = new Command('rtorrent-low-space-driver')
    .description(
      'Rotates a directory of torrents through rtorrent on a small disk: loads what fits, ships what is complete to a remote host, proves that it arrived, deletes it here, and goes on.',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .option('-c, --config <file>', 'read this configuration instead of ~/.rtorrent_low_space_driver.cf')
    .option('--json', 'print JSON on standard output')
    .option('-q, --quiet', 'log errors alone')
    .option('-v, --verbose', 'log everything')
    .addOption(
      new Option('--log-level <level>', 'log from this level on').choices([
        'debug',
        'info',
        'warning',
        'error',
      ]),
    )
    .addHelpText('after', examples)
    .showHelpAfterError('(see --help)')
    .exitOverride();
  const context = (): Context => createContext(program.opts<GlobalOptions>(), environment, crashes);
  const inContext =
    <Options>(load: () => Promise<(context: Context, options: Options) => Promise<ExitCode>>) =>
    async (options: Options): Promise<void> => {
      const command = await load();
      conclude(await command(context(), options));
    };
  const drive = (options: GlobalOptions): Context => createContext(options, environment, crashes, true);
  addRun(program, drive, conclude);
  addDaemonCommands(program, environment, drive, conclude);
  addLookingCommands(
    program,
    () => createLookingContext(program.opts<GlobalOptions>(), environment, crashes),
    conclude,
  );
  program
    .command('doctor')
    .description('check the configuration, rtorrent, the remote and the space; changes nothing')
    .action(inContext(async () => (await import('./commands/doctor.ts')).doctor));
  program
    .command('verify')
    .description('compare what was shipped with the remote again; changes nothing')
    .option('--read-data', 'read every file there and compare its content', false)
    .action(
      inContext<{ readData: boolean }>(async () => {
        const { verify } = await import('./commands/verify.ts');
        return (context, { readData }) => verify(context, readData);
      }),
    );
  addInitCommand(program, environment, conclude);
  addTellingCommands(program, context, conclude);
  addManual(program, conclude);
  return program;
}

function addRun(
  program: Command,
  drive: (options: GlobalOptions) => Context,
  conclude: (exitCode: ExitCode) => void,
): void {
  program
    .command('run', { isDefault: true })
    .description('do one pass: load, ship, prove, delete, retire; the default')
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      refuseWords(program, command);
      const { run } = await import('./commands/run.ts');
      conclude(await run(drive(program.opts<GlobalOptions>())));
    });
}

/** A word that names no command comes to the default one, which takes none. */
function refuseWords(program: Command, command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
  const isCalled = program.args[0] === command.name();
  const nearest = nearestOf(
    word,
    program.commands.map((one) => one.name()),
    2,
  );
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  command.error(isCalled ? `error: run takes no arguments: ${word}` : `error: ${word} is no command${meant}`);
}

/** What the user tells the driver, by the name of a torrent. */
function addTellingCommands(
  program: Command,
  context: () => Context,
  conclude: (exitCode: number) => void,
): void {
  const subject = 'its name or a part of it, or the beginning of its infohash';
  const telling = {
    pause: 'leave a torrent alone until it is resumed: nothing of it is loaded, shipped or deleted',
    resume: 'go on with what was paused',
    retry: 'try again now what failed and rests',
  } as const;
  for (const [kind, description] of Object.entries(telling)) {
    program
      .command(kind)
      .description(description)
      .argument('<torrent>', `${subject}; all for every torrent`)
      .action(async (called: string) => {
        const { tell } = await import('./commands/tell.ts');
        conclude(await tell(context(), kind as keyof typeof telling, called));
      });
  }
  program
    .command('priority')
    .description('have a torrent sooner, or later, than its size would have it')
    .argument('<torrent>', subject)
    .addArgument(new Argument('<priority>', 'how urgent it is').choices(priorities))
    .action(async (called: string, priority: Priority) => {
      const { tellPriority } = await import('./commands/tell.ts');
      conclude(await tellPriority(context(), called, priority));
    });
}
