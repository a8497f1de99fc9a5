/** The command `completion`, and the examples in each command's `--help`. */

import { Argument } from 'commander';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Shell } from './completion.ts';
import { completionFor, shells } from './completion.ts';
import { describeProgram, exampleLines } from './describe.ts';

/** Called last: it tells of all commands that there are by then. */
export function addManual(program: Command, conclude: (exitCode: ExitCode) => void): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: Shell) => {
      process.stdout.write(completionFor(shell, describeProgram(program)));
      conclude(exitCodes.ok);
    });
  for (const command of program.commands) {
    command.addHelpText('after', exampleLines(program.name(), command.name()));
  }
}
