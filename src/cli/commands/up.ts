/** `up`: a whole set-up in one line. Its flags become a configuration, which the daemon then runs by. */

import { mkdirSync } from 'node:fs';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Places } from '../places.ts';
import { readOrUndefined, writePrivately } from '../private-file.ts';
import type { SettingFlags } from '../settings.ts';
import { checkSettings, renderSettings, SettingsError, settingsOf } from '../settings.ts';
import { daemon } from './daemon.ts';

const defaults: SettingFlags = { ratio: '1.0', rtorrent: 'embedded' };

/**
 * Without flags it does what it did the last time. `open` makes the context that a configuration file gives.
 *
 * @throws SettingsError, Fault
 */
export async function up(
  flags: SettingFlags,
  places: Places,
  open: (file: string) => Context,
): Promise<ExitCode> {
  const file = places.upConfiguration;
  const isBare = Object.values(flags as Readonly<Record<string, unknown>>).every(
    (flag) => flag === undefined || (Array.isArray(flag) && flag.length === 0),
  );
  if (!isBare) keep(flags, file, places);
  else if (readOrUndefined(file) === undefined) {
    throw new SettingsError([
      'up needs to be told what to do; write, as: up --torrents ~/torrents --to bighost:/home/me/big --space 10GiB',
    ]);
  }
  const context = open(file);
  mkdirSync(context.configuration.managedDirectory, { recursive: true });
  return await daemon(context);
}

function keep(flags: SettingFlags, file: string, { home }: Places): void {
  const settings = settingsOf({ ...defaults, ...flags }, process.cwd());
  checkSettings(settings, file, home);
  writePrivately(file, renderSettings(settings));
}
