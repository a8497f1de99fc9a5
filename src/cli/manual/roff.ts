/** The manual as a man page, in roff's `man` macros. */

import type { OptionDescription, ProgramDescription } from './describe.ts';
import { usageOf } from './describe.ts';
import { exitCodeMeanings } from './exit-code-meanings.ts';

export function manPage(program: ProgramDescription): string {
  const { name, summary, options, commands } = program;
  const lines = [
    '.\\" Made from the program by `npm run manual`.',
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "${name} ${program.version}" "User Commands"`,
    '.SH NAME',
    `${plain(name)} \\- rotate torrents through rtorrent on a small disk`,
    '.SH SYNOPSIS',
    `.B ${plain(name)}`,
    '[\\fIoptions\\fR] [\\fIcommand\\fR]',
    '.SH DESCRIPTION',
    plain(summary),
    '.SH OPTIONS',
    ...options.flatMap(optionLines),
    '.SH COMMANDS',
  ];
  for (const command of commands) {
    lines.push('.SS ' + plain(usageOf('', command).trim()), plain(`${capital(command.summary)}.`));
    for (const paragraph of command.about) lines.push('.PP', plain(paragraph));
    for (const { usage, description, choices } of command.arguments) {
      lines.push('.TP', `\\fI${plain(usage)}\\fR`, plain(withChoices(description, choices)));
    }
    lines.push(...command.options.flatMap(optionLines));
    for (const [line, purpose] of command.examples) {
      lines.push('.TP', `\\fB${plain(`${name} ${line}`.trimEnd())}\\fR`, plain(purpose));
    }
  }
  lines.push('.SH EXIT STATUS');
  for (const [code, meaning] of exitCodeMeanings) lines.push('.TP', code, plain(meaning));
  lines.push(
    '.SH FILES',
    '.TP',
    plain('~/.rtorrent_low_space_driver.cf'),
    'the configuration',
    '.TP',
    plain('~/.local/state/rtorrent-low-space-driver'),
    plain('the ledger of what was proved, and the lock; below $XDG_STATE_HOME where that is set'),
    '.SH SEE ALSO',
    '.BR rtorrent (1),',
    '.BR rsync (1),',
    '.BR ssh_config (5)',
  );
  return `${lines.join('\n')}\n`;
}

function optionLines({ flags, description, choices }: OptionDescription): readonly string[] {
  return ['.TP', `\\fB${plain(flags)}\\fR`, plain(withChoices(description, choices))];
}

function withChoices(description: string, choices: readonly string[]): string {
  return choices.length === 0 ? description : `${description} (${choices.join(', ')})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A dash stays a dash that can be copied, and no line begins like a request. */
function plain(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('~', '\\(ti');
  return escaped.replace(/^(?=[.'])/, '\\&');
}
