/** Takes over a configuration that was read again, as far as a running daemon can. */

import type { Configuration } from './config.ts';

/** What the daemon is built on, and where it is written: changed, it is heeded by the next start. */
const fixed = {
  managedDirectory: 'managed_torrents_directory',
  remoteHost: 'remote_host',
  remotePath: 'remote_path',
  rtorrent: 'rtorrent (socket_url and the like)',
  logFormat: 'log_format',
  dashboard: 'dashboard',
  hooks: 'on_event and notify_url',
} as const satisfies Partial<Record<keyof Configuration, string>>;

export interface Reloaded {
  readonly configuration: Configuration;
  /** Keys that were changed and are not heeded before the next start. */
  readonly needRestart: readonly string[];
}

export function reload(current: Configuration, read: Configuration): Reloaded {
  const fields = Object.keys(fixed) as (keyof typeof fixed)[];
  const changed = fields.filter((field) => JSON.stringify(current[field]) !== JSON.stringify(read[field]));
  const kept = Object.fromEntries(fields.map((field) => [field, current[field]])) as Pick<
    Configuration,
    keyof typeof fixed
  >;
  return { configuration: { ...read, ...kept }, needRestart: changed.map((field) => fixed[field]) };
}
