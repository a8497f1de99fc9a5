/** The manual as pages: one of each command, and one that lists them. */

import type { CommandDescription, OptionDescription, ProgramDescription } from './describe.ts';
import { usageOf } from './describe.ts';
import { exitCodeMeanings } from './exit-code-meanings.ts';

/** By file name. */
export function markdownPages(program: ProgramDescription): ReadonlyMap<string, string> {
  const pages = program.commands.map((command) => [`${command.name}.md`, pageOf(program, command)] as const);
  return new Map([['README.md', listOf(program)], ...pages]);
}

const note =
  '<!-- Made from the program by `npm run manual`: change src/cli/manual/words.ts or the command itself, not this page. -->';

function listOf(program: ProgramDescription): string {
  return [
    note,
    '# Commands',
    program.summary,
    program.commands
      .map(({ name, summary }) => `- [\`${name}\`](${name}.md): ${escaped(summary)}`)
      .join('\n'),
    '## Options of every command',
    'They may stand before the command or after it.',
    program.options.map(optionLine).join('\n'),
    '## Exit codes',
    exitCodeMeanings.map(([code, meaning]) => `- \`${code}\`: ${escaped(meaning)}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function pageOf(program: ProgramDescription, command: CommandDescription): string {
  const parts = [
    note,
    `# ${command.name}`,
    sentence(escaped(command.summary)),
    fenced([usageOf(program.name, command)]),
  ];
  parts.push(...command.about.map(escaped));
  if (command.arguments.length > 0) {
    parts.push(
      '## Arguments',
      command.arguments
        .map(
          ({ usage, description, choices }) =>
            `- \`${usage}\`: ${escaped(description)}${choicesText(choices)}`,
        )
        .join('\n'),
    );
  }
  if (command.options.length > 0) parts.push('## Options', command.options.map(optionLine).join('\n'));
  const examples = command.examples.flatMap(([line, purpose]) => [
    `# ${purpose}`,
    `${program.name} ${line}`.trimEnd(),
  ]);
  if (examples.length > 0) parts.push('## Examples', fenced(examples));
  parts.push('[All commands and the options of each](README.md)');
  return `${parts.join('\n\n')}\n`;
}

function optionLine({ flags, description, choices }: OptionDescription): string {
  return `- \`${flags}\`: ${escaped(description)}${choicesText(choices)}`;
}

function choicesText(choices: readonly string[]): string {
  return choices.length === 0 ? '' : ` (${choices.join(', ')})`;
}

function fenced(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Signs that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\<>*_`]/g, (sign) => `\\${sign}`);
}
