/** Completion scripts for shells, made from the commands themselves. */

import type { CommandDescription, OptionDescription, ProgramDescription } from './describe.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export function completionFor(shell: Shell, program: ProgramDescription): string {
  const makers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
  return makers[shell](program);
}

function flagsOf(options: readonly OptionDescription[]): readonly string[] {
  return options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
}

function functionName({ name }: ProgramDescription): string {
  return `_${name.replaceAll('-', '_')}`;
}

function bashCompletion(program: ProgramDescription): string {
  const { name, options, commands } = program;
  const values = [...options, ...commands.flatMap((command) => command.options)]
    .filter(({ takesValue }) => takesValue)
    .map((option) => `    ${flagsOf([option]).join('|')}) ${bashValue(option)}; return ;;`);
  const ofCommand = commands.map(
    (command) =>
      `    ${command.name}) words='${[...flagsOf([...command.options, ...options]), ...choicesOf(command)].join(' ')}' ;;`,
  );
  return `# bash completion of ${name}
${functionName(program)}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} word command= words
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
    ${commands.map((command) => command.name).join('|')}) command=$word; break ;;
    esac
  done
  case $previous in
${values.join('\n')}
  esac
  case $command in
${ofCommand.join('\n')}
    *) words='${[...commands.map((command) => command.name), ...flagsOf(options)].join(' ')}' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F ${functionName(program)} ${name}
`;
}

function bashValue({ choices, flags }: OptionDescription): string {
  if (choices.length > 0) return `mapfile -t COMPREPLY < <(compgen -W '${choices.join(' ')}' -- "$current")`;
  return isPath(flags) ? 'mapfile -t COMPREPLY < <(compgen -f -- "$current")' : ':';
}

function choicesOf({ arguments: all }: CommandDescription): readonly string[] {
  return all.flatMap(({ choices }) => choices);
}

function isPath(flags: string): boolean {
  return /<(?:file|directory)>/.test(flags);
}

function zshCompletion(program: ProgramDescription): string {
  const { name, options, commands } = program;
  const ofCommand = commands.map((command) => {
    const specs = [
      ...[...command.options, ...options].map(zshOption),
      ...command.arguments.map(({ usage, choices }) =>
        zshQuoted(`:${usage.slice(1, -1)}:${choices.length > 0 ? `(${choices.join(' ')})` : ''}`),
      ),
    ];
    return `    (${command.name}) _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef ${name}
${functionName(program)}() {
  local -a commands
  commands=(
${commands.map((command) => `    ${zshQuoted(`${command.name}:${command.summary}`)}`).join('\n')}
  )
  local context state line
  _arguments -C ${options.map(zshOption).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
  (command) _describe command commands ;;
  (argument)
    case $words[1] in
${ofCommand.join('\n')}
    esac ;;
  esac
}
${functionName(program)} "$@"
`;
}

function zshOption(option: OptionDescription): string {
  const description = option.description.replace(/[[\]:\\]/g, (sign) => `\\${sign}`);
  const action =
    option.choices.length > 0 ? `(${option.choices.join(' ')})` : isPath(option.flags) ? '_files' : ' ';
  const value = option.takesValue ? `:value:${action}` : '';
  const specs = flagsOf([option]).map((flag) => zshQuoted(`${flag}[${description}]${value}`));
  return specs.join(' ');
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishCompletion(program: ProgramDescription): string {
  const { name, options, commands } = program;
  const lines = [`# fish completion of ${name}`, `complete -c ${name} -f`];
  const any = `'not __fish_seen_subcommand_from ${commands.map((command) => command.name).join(' ')}'`;
  for (const option of options) lines.push(fishOption(name, undefined, option));
  for (const command of commands) {
    lines.push(`complete -c ${name} -n ${any} -a ${command.name} -d ${fishQuoted(command.summary)}`);
    const condition = `'__fish_seen_subcommand_from ${command.name}'`;
    for (const option of command.options) lines.push(fishOption(name, condition, option));
    for (const choice of choicesOf(command)) lines.push(`complete -c ${name} -n ${condition} -a ${choice}`);
  }
  return `${lines.join('\n')}\n`;
}

function fishOption(name: string, condition: string | undefined, option: OptionDescription): string {
  const { short, long, takesValue, choices, description, flags } = option;
  return [
    `complete -c ${name}`,
    ...(condition === undefined ? [] : [`-n ${condition}`]),
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(takesValue ? ['-r'] : []),
    ...(choices.length > 0 ? [`-a '${choices.join(' ')}'`] : []),
    ...(isPath(flags) ? ['-F'] : []),
    `-d ${fishQuoted(description)}`,
  ].join(' ');
}

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, (sign) => `\\${sign}`)}'`;
}
