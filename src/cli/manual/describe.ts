/** The commands as plain data, read from the program that commander runs: what every form of the manual is made of. */

import type { Argument, Command, Option } from 'commander';
import { commandWords } from './words.ts';

export interface OptionDescription {
  /** `-n, --limit <number>`. */
  readonly flags: string;
  readonly short: string | undefined;
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

export interface ArgumentDescription {
  /** `<torrent>`. */
  readonly usage: string;
  readonly description: string;
  readonly choices: readonly string[];
}

export interface CommandDescription {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentDescription[];
  readonly options: readonly OptionDescription[];
  readonly about: readonly string[];
  readonly examples: readonly (readonly [string, string])[];
}

export interface ProgramDescription {
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  readonly options: readonly OptionDescription[];
  readonly commands: readonly CommandDescription[];
}

export function describeProgram(program: Command): ProgramDescription {
  return {
    name: program.name(),
    summary: program.description(),
    version: program.version() ?? '',
    options: program.createHelp().visibleOptions(program).map(describeOption),
    commands: program.commands.map(describeCommand),
  };
}

function describeCommand(command: Command): CommandDescription {
  const words = commandWords[command.name()];
  return {
    name: command.name(),
    summary: command.description(),
    arguments: command.registeredArguments.map(describeArgument),
    options: command.options.map(describeOption),
    about: words?.about ?? [],
    examples: words?.examples ?? [],
  };
}

function describeOption(option: Option): OptionDescription {
  return {
    flags: option.flags,
    short: option.short,
    long: option.long ?? option.flags,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

function describeArgument(argument: Argument): ArgumentDescription {
  return {
    usage: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
    description: argument.description,
    choices: argument.argChoices ?? [],
  };
}

/** `rtorrent-low-space-driver history [options]`. */
export function usageOf(program: string, command: CommandDescription): string {
  return [
    program,
    command.name,
    ...(command.options.length > 0 ? ['[options]'] : []),
    ...command.arguments.map(({ usage }) => usage),
  ].join(' ');
}

/** Of `--help`: the examples of a command. */
export function exampleLines(program: string, name: string): string {
  const examples = commandWords[name]?.examples ?? [];
  const shown = examples.map(([command, purpose]) => [`${program} ${command}`.trimEnd(), purpose] as const);
  const width = Math.max(...shown.map(([line]) => line.length));
  const lines = shown.map(([line, purpose]) => `  ${line.padEnd(width)}   ${purpose}`);
  return lines.length === 0 ? '' : `\n${['Examples:', ...lines].join('\n')}`;
}
