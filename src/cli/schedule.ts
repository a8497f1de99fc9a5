/** How the program is started again and again: a line of the crontab, or a unit of the user's systemd. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addToCrontab, readCrontab } from '../adapters/crontab.ts';
import { quoteForShell } from '../adapters/ssh.ts';
import { installUnit, readUnit } from '../adapters/user-unit.ts';
import type { Configuration } from './config.ts';
import type { Places } from './places.ts';
import type { Schedule } from './schedule-kinds.ts';

export const unitName = 'rtorrent-low-space-driver.service';

const launcher = fileURLToPath(new URL('../../bin/rtorrent-low-space-driver', import.meta.url));

/** What is to be installed, for a person to see before. */
export interface SchedulePlan {
  /** Where it goes, as a person calls it. */
  readonly where: string;
  readonly lines: readonly string[];
  /** What is there already and would be changed; undefined where nothing is. */
  readonly inTheWay: string | undefined;
  readonly isInstalled: boolean;
  install(): Promise<void>;
}

/**
 * Looks at what is there; changes nothing.
 *
 * @throws Fault
 */
export async function planSchedule(
  schedule: Exclude<Schedule, 'none'>,
  configuration: Configuration,
  places: Places,
): Promise<SchedulePlan> {
  const isDefault = configuration.file === places.configuration;
  const options = isDefault ? [] : ['--config', configuration.file];
  if (schedule === 'systemd') return planUnit([launcher, ...options, 'daemon'], places);
  const isEmbedded = configuration.rtorrent.kind === 'embedded';
  const command = [launcher, ...options, ...(isEmbedded ? ['daemon'] : [])].map(shellWord).join(' ');
  // cron takes a percent sign for the end of the line (crontab(5)).
  const line = `${isEmbedded ? '@reboot' : '0 * * * *'} ${command.replaceAll('%', String.raw`\%`)}`;
  const present = (await readCrontab()).toString('utf8').split('\n');
  return {
    where: 'crontab',
    lines: [line],
    // One that was put there by hand may be of another kind, and have a lock of its own around it.
    inTheWay: present.find(
      (one) => !one.startsWith('#') && one.includes('rtorrent-low-space-driver') && one !== line,
    ),
    isInstalled: present.includes(line),
    install: () => addToCrontab([line]),
  };
}

function planUnit(command: readonly string[], { home }: Places): SchedulePlan {
  const path = join(home, '.config', 'systemd', 'user', unitName);
  const text = unitText(command);
  const present = readUnit(path);
  return {
    where: path,
    lines: text.trimEnd().split('\n'),
    inTheWay: present === undefined || present === text ? undefined : path,
    isInstalled: present === text,
    install: () => installUnit(path, unitName, text),
  };
}

/** The unit that comes with the program, with the command in the place of its own. */
function unitText(command: readonly string[]): string {
  const file = new URL(`../../contrib/systemd/${unitName}`, import.meta.url);
  const text = readFileSync(file, 'utf8').replace(/^(?:#.*\n)+/, '');
  return text.replace(/^ExecStart=.*$/m, () => `ExecStart=${command.map(quoteForUnit).join(' ')}`);
}

function shellWord(text: string): string {
  return /^[\w@+=:,./%-]+$/.test(text) ? text : quoteForShell(text);
}

/** systemd.service(5), command lines: quotes as in C, a percent sign and a dollar twice. */
function quoteForUnit(text: string): string {
  const escaped = text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return /^[\w@+=:,./%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
