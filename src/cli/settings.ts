/** Settings that come as flags: made into a configuration by the same checks as a file, with messages that name the flag. */

import { resolve } from 'node:path';
import type { Configuration } from './config.ts';
import { ConfigurationError, parseConfiguration } from './config.ts';
import { requiredKeys } from './config-keys.ts';

/** The command line cannot be used: what the configuration would be is wrong. */
export class SettingsError extends ConfigurationError {}

export interface SettingFlags {
  readonly torrents?: string;
  readonly to?: string;
  readonly space?: string;
  readonly ratio?: string;
  /** `embedded`, or where the user's own answers: a path, or as socket_url has it. */
  readonly rtorrent?: string;
  readonly dashboard?: string;
  /** `key=value`, for every other key. */
  readonly set?: readonly string[];
}

export interface Setting {
  readonly key: string;
  readonly value: string;
  /** As the user wrote it, for messages. */
  readonly flag: string;
}

/** The flag by which a key that must be there is given. */
const flagsOfKeys: Readonly<Record<string, string>> = {
  managed_torrents_directory: '--torrents ~/torrents',
  remote_host: '--to bighost:/home/me/big',
  remote_path: '--to bighost:/home/me/big',
  space_limit: '--space 10GiB',
  required_ratio: '--ratio 1.0',
  socket_url: '--rtorrent embedded',
};

/**
 * The settings that flags stand for; relative local paths are below `workingDirectory`.
 *
 * @throws SettingsError
 */
export function settingsOf(flags: SettingFlags, workingDirectory: string): readonly Setting[] {
  const settings: Setting[] = [];
  const add = (key: string, flag: string, value: string | undefined): void => {
    if (value !== undefined) settings.push({ key, flag, value });
  };
  const torrents = flags.torrents;
  add('managed_torrents_directory', '--torrents', torrents && localPathOf(torrents, workingDirectory));
  if (flags.to !== undefined) {
    const { host, path } = remoteOf(flags.to);
    add('remote_host', '--to', host);
    add('remote_path', '--to', path);
  }
  add('space_limit', '--space', flags.space);
  add('required_ratio', '--ratio', flags.ratio);
  if (flags.rtorrent === 'embedded') add('rtorrent', '--rtorrent', flags.rtorrent);
  else if (flags.rtorrent !== undefined) {
    const isUrl = flags.rtorrent.startsWith('scgi://');
    add(
      'socket_url',
      '--rtorrent',
      isUrl ? flags.rtorrent : `scgi://${localPathOf(flags.rtorrent, workingDirectory)}`,
    );
  }
  add('dashboard', '--dashboard', flags.dashboard);
  for (const text of flags.set ?? []) {
    const match = /^([^=]+)=(.*)$/.exec(text);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new SettingsError([`--set '${text}' is no setting; write --set key=value`]);
    }
    add(match[1].trim(), `--set ${match[1].trim()}`, match[2]);
  }
  const broken = settings.find(({ value }) => /[\r\n]/.test(value));
  if (broken !== undefined) {
    throw new SettingsError([`${broken.flag} holds a line break, which the configuration cannot hold`]);
  }
  return settings;
}

/** Of those that run, the one that is meant where no flag says which: if it is alone. */
export function impliedRtorrent<Found>(
  { rtorrent, set = [] }: SettingFlags,
  [found, ...others]: readonly Found[],
): Found | undefined {
  const isSaid = rtorrent !== undefined || set.some((one) => /^\s*(?:rtorrent|socket_url)\s*=/.test(one));
  return isSaid || others.length > 0 ? undefined : found;
}

/** The configuration file that says the same. */
export function renderSettings(settings: readonly Setting[]): string {
  return `[main]\n${settings.map(({ key, value }) => `${key} = ${value}\n`).join('')}`;
}

/**
 * Checks settings as a file is checked; `file` is where they are kept.
 *
 * @throws SettingsError whose lines name the flags
 */
export function checkSettings(settings: readonly Setting[], file: string, home: string): Configuration {
  try {
    return parseConfiguration(renderSettings(settings), file, home);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const lines = error.mistakes.map(({ line, message, about }) => {
      // One setting a line, after that of the section.
      const given = settings[line - 2];
      if (about === undefined) return `${given?.flag ?? ''}: ${message}`;
      const isGiven = settings.some(({ key }) => key === about.key);
      if (isGiven) return `${given?.flag ?? about.key} ${about.complaint}`;
      const flag = flagsOfKeys[about.key] ?? `--set ${about.key}=${requiredKeys[about.key] ?? ''}`;
      return `${flag.split(' ', 1)[0] ?? ''} is missing; write, as: ${flag}`;
    });
    throw new SettingsError([...new Set(lines)], error.mistakes);
  }
}

/** `host:path` as rsync takes it: a path that does not begin at the root begins at the home there. */
function remoteOf(text: string): { readonly host: string; readonly path: string } {
  const match = /^([^:]+):(.*)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new SettingsError([
      `--to '${text}' is no place on a remote; write host:path, as bighost:/home/me/big`,
    ]);
  }
  const path = match[2];
  const isWhole = path.startsWith('/') || path === '~' || path.startsWith('~/');
  return { host: match[1], path: isWhole ? path : path === '' ? '~' : `~/${path}` };
}

function localPathOf(text: string, workingDirectory: string): string {
  return text === '~' || text.startsWith('~/') ? text : resolve(workingDirectory, text);
}
