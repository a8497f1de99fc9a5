/** The configuration's keys: one row a key, with what it takes, its default, and how a mistake in it is mended. */

import * as v from 'valibot';
import type { Schedule } from '../core/schedule.ts';
import { parseSchedule } from '../core/schedule.ts';
import { parseBytes, parseDuration } from '../core/units.ts';
import { localPath, withoutTrailingSlash } from './local-path.ts';
import { dashboardKeys } from './dashboard-keys.ts';
import { rtorrentKeys } from './rtorrent-keys.ts';

/** As ssh takes it; checked so that it can be taken for no option and no path. */
const host = v.pipe(
  v.string(),
  v.check(
    (text) => /^[^\s:/-][^\s:/]*$/.test(text),
    'is no host as ssh takes it; write an alias of ~/.ssh/config, a host, or user@host (a port belongs into ~/.ssh/config)',
  ),
);

/** ssh and rsync both start in the home of the login there, so that `~` becomes `.`. */
const remoteDirectory = v.pipe(
  v.string(),
  v.check(
    (text) => text.startsWith('/') || text === '~' || text.startsWith('~/'),
    'is no absolute path; write it from the root of the remote, as /home/me/big, or from the home there, as ~/big',
  ),
  v.transform((text) => withoutTrailingSlash(text.startsWith('~') ? `.${text.slice(1)}` : text)),
);

const spaceLimit = v.pipe(
  v.string(),
  v.transform(parseBytes),
  v.number('is no size; write bytes, or a number with a unit, as 3GiB or 3 GB'),
  v.minValue(1, 'must be more than 0; write the space that managed torrents may take, as 3GiB'),
);

const ratio = v.pipe(
  v.string(),
  v.check((text) => /^\d+(\.\d+)?$/.test(text), 'is no ratio; write a number that is not negative, as 1.0'),
  v.transform(Number),
  v.maxValue(1_000_000, 'is more than any torrent reaches; write a ratio, as 1.0'),
);

const logLevel = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.transform((text) => ({ warning: 'warn', critical: 'error' })[text] ?? text),
  v.picklist(['debug', 'info', 'warn', 'error'], 'is no level; write debug, info, warning or error'),
);

const seedTime = v.pipe(
  v.string(),
  v.transform(parseDuration),
  v.number('is no time; write days, hours or minutes, as 3d, 72h or 1d 12h, or 0 for none'),
);

const timeOrOff = v.pipe(
  v.string(),
  v.transform(parseDurationOrOff),
  v.number('is no time; write days, hours or minutes, as 30d, or off for no ceiling'),
  v.minValue(1, 'must be more than 0; write the longest time to seed, as 30d, or off for no ceiling'),
);

const stallOrOff = v.pipe(
  v.string(),
  v.transform(parseDurationOrOff),
  v.number('is no time; write days, hours or minutes, as 1h, or off for never'),
  v.minValue(60_000, 'is too short; write at least 1m, or off for never'),
);

const waitOrOff = v.pipe(
  v.string(),
  v.transform(parseDurationOrOff),
  v.number('is no time; write days, hours or minutes, as 24h, or off for never'),
);

/** What is asked of a torrent before it may leave: of all in [main], of those of one tracker in [tracker HOST]. */
export const dutyKeys = {
  required_ratio: ratio,
  required_seed_time: seedTime,
  duty: v.picklist(
    ['all', 'any'],
    'is not known; write all (ratio and seed time, where both are asked for) or any (one of them is enough)',
  ),
  max_seed_time: timeOrOff,
};

const transfers = v.pipe(
  v.string(),
  v.transform((text) => parseSchedule(text, (one) => (/^[1-9]\d?$/.test(one) ? Number(one) : undefined))),
  v.custom<Schedule<number>>(
    (schedule) => schedule !== undefined,
    'is no number of transfers; write 1 to 99, or by time of day, as 2, 01:00-07:00 4',
  ),
);

const rate = v.pipe(
  v.string(),
  v.transform((text) => parseSchedule(text, (one) => parseBytes(one.replace(/\/s$/i, '')))),
  v.custom<Schedule<number>>(
    (schedule) => schedule !== undefined,
    'is no rate; write the bytes of a second, as 2MiB, 0 for no limit, or by time of day, as 2MiB, 01:00-07:00 0',
  ),
);

export const configurationSchema = v.object({
  managed_torrents_directory: localPath,
  remote_host: host,
  remote_path: remoteDirectory,
  space_limit: spaceLimit,
  required_ratio: dutyKeys.required_ratio,
  required_seed_time: v.optional(dutyKeys.required_seed_time, '0'),
  duty: v.optional(dutyKeys.duty, 'all'),
  max_seed_time: v.optional(dutyKeys.max_seed_time, '30d'),
  stall_timeout: v.optional(stallOrOff, '1h'),
  max_wait: v.optional(waitOrOff, '24h'),
  ship_when: v.optional(
    v.picklist(
      ['ratio', 'completed'],
      'is not known; write ratio (once it has seeded enough) or completed (at once; it seeds on until then)',
    ),
    'ratio',
  ),
  ...rtorrentKeys,
  ...dashboardKeys,
  remote_sync_service: v.optional(
    v.picklist(['rsync'], 'is not known; rsync is the only service, and the default: remove the line'),
    'rsync',
  ),
  verify: v.optional(
    v.picklist(
      ['checksum', 'size'],
      'is no way to verify; write checksum (reads both copies) or size (names and sizes alone)',
    ),
    'checksum',
  ),
  oversize: v.optional(
    v.picklist(
      ['files', 'pieces', 'off'],
      'is not known; write files (what is too large goes file by file), pieces (and a file that is too large piece by piece) or off',
    ),
    'pieces',
  ),
  oversize_private: v.optional(
    v.picklist(
      ['yes', 'no'],
      'is not known; write yes (private torrents may be streamed, which uploads nothing) or no',
    ),
    'no',
  ),
  max_transfers: v.optional(transfers, '2'),
  bandwidth_limit: v.optional(rate, '0'),
  log_level: v.optional(logLevel, 'info'),
  log_format: v.optional(
    v.picklist(
      ['auto', 'human', 'json'],
      'is no format; write human, json, or auto (human on a terminal and in the journal, else json)',
    ),
    'auto',
  ),
});

/** Later names of the predecessor for the same things. */
export const aliases: Readonly<Record<string, string>> = {
  rsync_host: 'remote_host',
  rsync_path: 'remote_path',
};

/** Keys that must be there, with what to write. */
export const requiredKeys: Readonly<Record<string, string>> = {
  managed_torrents_directory: '/home/me/torrents',
  remote_host: 'bighost',
  remote_path: '/home/me/big',
  space_limit: '3GiB',
  required_ratio: '1.0',
  socket_url: 'scgi:///home/me/.rtorrent.sock',
};

/** Where a `~` at the start of a local path stands, by key: before it comes this. */
export const localPathPrefixes: Readonly<Record<string, string>> = {
  managed_torrents_directory: '',
  rtorrent_download_directory: '',
  rtorrent_further_rc: '',
  socket_url: 'scgi://',
};

/** `off` is for ever. */
function parseDurationOrOff(text: string): number | undefined {
  return text.toLowerCase() === 'off' ? Number.POSITIVE_INFINITY : parseDuration(text);
}
