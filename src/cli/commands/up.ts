/** `up`: a whole set-up in one line. Its flags become a configuration, which the daemon then runs by. */

import { mkdirSync } from 'node:fs';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Places } from '../places.ts';
import { readOrUndefined, writePrivately } from '../private-file.ts';
import type { SettingFlags } from '../settings.ts';
import { checkSettings, renderSettings, SettingsError, settingsOf } from '../settings.ts';
import { checkRemotePlace } from '../setup-checks.ts';
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
  const ended = new AbortController();
  const warned = warnOfRemote(context, ended.signal);
  try {
    return await daemon(context);
  } finally {
    ended.abort();
    await warned;
  }
}

/** Nothing is asked of the remote before the first torrent is complete: a name that was mistyped is told at once. */
async function warnOfRemote({ configuration, places, log }: Context, signal: AbortSignal): Promise<void> {
  const findings = await checkRemotePlace(configuration, places, signal);
  if (signal.aborted) return;
  for (const { state, detail, remedy } of findings) {
    if (state === 'problem') log.warn('the remote cannot be used as it is', { detail, remedy });
  }
}

function keep(flags: SettingFlags, file: string, { home }: Places): void {
  const settings = settingsOf({ ...defaults, ...flags }, process.cwd());
  checkSettings(settings, file, home);
  writePrivately(file, renderSettings(settings));
}
