/** The questions of `init`, each answer checked at once. An answer is undefined where the person broke off. */

import { confirm, isCancel, log, select, text } from '@clack/prompts';
import type { FoundRtorrent } from '../adapters/rtorrent-finder.ts';
import { formatBytes, parseBytes } from '../core/units.ts';
import type { Finding } from './checks/finding.ts';
import { ConfigurationError } from './config.ts';
import type { Schedule } from './schedule-kinds.ts';
import type { Setting, SettingFlags } from './settings.ts';
import { settingsOf } from './settings.ts';

/** What the questions need to know of the world. */
export interface InitWorld {
  readonly workingDirectory: string;
  /** What is wrong with these settings taken by themselves; undefined where nothing is. */
  readonly complaintOf: (settings: readonly Setting[]) => string | undefined;
  readonly checkTorrents: (settings: readonly Setting[]) => Finding;
  readonly checkRemote: (settings: readonly Setting[]) => Promise<readonly Finding[]>;
  readonly found: readonly FoundRtorrent[];
  /** Of the rtorrent that could be run by this program; undefined where none is installed. */
  readonly installedVersion: string | undefined;
  /** What the filesystem has free. */
  readonly freeBytes: number;
}

/** Asks for what the flags do not say. */
export async function askSettings(flags: SettingFlags, world: InitWorld): Promise<SettingFlags | undefined> {
  const torrents = flags.torrents ?? (await askTorrents(world));
  if (torrents === undefined) return undefined;
  const to = flags.to ?? (await askRemote(world));
  if (to === undefined) return undefined;
  const space = flags.space ?? (await askSpace(world));
  if (space === undefined) return undefined;
  const ratio = flags.ratio ?? (await askRatio(world));
  if (ratio === undefined) return undefined;
  const rtorrent = flags.rtorrent ?? (await askRtorrent(world));
  return rtorrent === undefined ? undefined : { ...flags, torrents, to, space, ratio, rtorrent };
}

async function askTorrents(world: InitWorld): Promise<string | undefined> {
  for (let last: string | undefined; ;) {
    const answer = await ask(
      'Which directory will hold your .torrent files?',
      '~/torrents',
      complaint(world, (torrents) => ({ torrents })),
      last,
    );
    if (answer === undefined) return undefined;
    const finding = world.checkTorrents(settingsOf({ torrents: answer }, world.workingDirectory));
    if (await isFine([finding])) return answer;
    last = answer;
  }
}

async function askRemote(world: InitWorld): Promise<string | undefined> {
  for (let last: string | undefined; ;) {
    const answer = await ask(
      'Where shall finished torrents go? host:path, as ssh and rsync take it',
      undefined,
      complaint(world, (to) => ({ to })),
      last,
    );
    if (answer === undefined) return undefined;
    log.step('asking that host …');
    if (await isFine(await world.checkRemote(settingsOf({ to: answer }, world.workingDirectory))))
      return answer;
    last = answer;
  }
}

async function askSpace(world: InitWorld): Promise<string | undefined> {
  const free = formatBytes(world.freeBytes);
  const suggested = suggestedSpace(world.freeBytes);
  return await ask(`How much of this disk may torrents take? ${free} are free`, suggested, (space) => {
    const wrong = complaint(world, (one) => ({ space: one }))(space);
    if (wrong !== undefined) return wrong;
    return (parseBytes(space) ?? 0) > world.freeBytes
      ? `that is more than the ${free} that are free`
      : undefined;
  });
}

/** Four fifths of what is free, never more than that. */
export function suggestedSpace(freeBytes: number): string {
  const mebibytes = Math.floor((freeBytes * 0.8) / 1024 ** 2);
  return mebibytes >= 10 * 1024 ? `${Math.floor(mebibytes / 1024)}GiB` : `${Math.max(1, mebibytes)}MiB`;
}

async function askRatio(world: InitWorld): Promise<string | undefined> {
  return await ask(
    'Which ratio shall a torrent reach before it is shipped? 0 ships at once',
    '1.0',
    complaint(world, (ratio) => ({ ratio })),
  );
}

async function askRtorrent(world: InitWorld): Promise<string | undefined> {
  const { installedVersion, found } = world;
  const choices = [
    ...found.map(({ url, version }) => ({
      value: url,
      label: `the one that runs at ${url.replace('scgi://', '')}`,
      hint: `version ${version}`,
    })),
    ...(installedVersion === undefined
      ? []
      : [
          {
            value: 'embedded',
            label: 'one that this program runs by itself',
            hint: `version ${installedVersion}; needs the daemon`,
          },
        ]),
    { value: 'other', label: 'another one: I know its socket', hint: '' },
  ];
  const chosen = await select({ message: 'Which rtorrent?', options: choices });
  if (isCancel(chosen)) return undefined;
  if (chosen !== 'other') return chosen;
  return await ask(
    'Its socket, as in rtorrent.rc',
    '~/.rtorrent.sock',
    complaint(world, (rtorrent) => ({ rtorrent })),
  );
}

/** Which schedule: what can be had here comes first. */
export async function askSchedule(isEmbedded: boolean, hasSystemd: boolean): Promise<Schedule | undefined> {
  const systemd = {
    value: 'systemd',
    label: 'by systemd: a unit of your own that keeps the daemon running',
    ...(hasSystemd ? {} : { hint: 'no systemd of yours answers here' }),
  } as const;
  const cron = {
    value: 'cron',
    label: isEmbedded ? 'by cron: the daemon, when this machine starts' : 'by cron: a pass each hour',
  } as const;
  const chosen = await select<Schedule>({
    message: 'How shall it be started?',
    options: [
      ...(hasSystemd ? [systemd, cron] : [cron, systemd]),
      { value: 'none', label: 'I start it myself' },
    ],
  });
  return isCancel(chosen) ? undefined : chosen;
}

/** Undefined where the person broke off. */
export async function askYesOrNo(message: string, isYes: boolean): Promise<boolean | undefined> {
  const answer = await confirm({ message, initialValue: isYes });
  return isCancel(answer) ? undefined : answer;
}

/** Shows what was found; true where it is good, or the person takes it as it is. */
async function isFine(findings: readonly Finding[]): Promise<boolean> {
  for (const { check, state, detail, remedy } of findings) {
    const found = `${check}: ${detail}`;
    if (state === 'ok') log.success(found);
    else log.error(remedy === undefined ? found : `${found}\n→ ${remedy}`);
  }
  if (!findings.some(({ state }) => state === 'problem')) return true;
  return (await askYesOrNo('Take it all the same?', false)) ?? false;
}

/** What is wrong with an answer, by the checks of the configuration, without the name of the flag. */
function complaint(
  world: InitWorld,
  flags: (answer: string) => SettingFlags,
): (answer: string) => string | undefined {
  return (answer) => {
    try {
      return world.complaintOf(settingsOf(flags(answer), world.workingDirectory));
    } catch (error) {
      if (error instanceof ConfigurationError) return error.lines[0]?.replace(/^--\w+ /, '');
      throw error;
    }
  };
}

/** What is typed takes the place of what is suggested; Enter alone takes that. `last` is an answer to mend. */
async function ask(
  message: string,
  suggested: string | undefined,
  validate: (answer: string) => string | undefined,
  last?: string,
): Promise<string | undefined> {
  const heard = (typed: string | undefined): string => {
    const answer = typed?.trim() ?? '';
    return answer === '' ? (suggested ?? '') : answer;
  };
  const answer = await text({
    message,
    ...(suggested === undefined ? {} : { placeholder: suggested, defaultValue: suggested }),
    ...(last === undefined ? {} : { initialValue: last }),
    validate: (typed) => validate(heard(typed)),
  });
  return isCancel(answer) ? undefined : heard(answer);
}
