/** Reads the configuration: all of its mistakes at once, each with file, line, what is wrong and how to mend it. */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { IniEntry } from '../codec/ini.ts';
import { parseIni } from '../codec/ini.ts';
import type { DutyTerms, Policy } from '../core/policy.ts';
import { aliases, configurationSchema, localPathPrefixes, requiredKeys } from './config-keys.ts';
import type { Mistake } from './config-mistakes.ts';
import { quote, unknownKey } from './config-mistakes.ts';
import { readTrackerTerms, trackerHostIn } from './config-trackers.ts';
import type { TimesOfDay } from './times-of-day.ts';
import type { DashboardChoice, HookChoice } from './dashboard-keys.ts';
import { dashboardChoice, dashboardMistakes, hookChoice } from './dashboard-keys.ts';
import type { RtorrentChoice } from './rtorrent-keys.ts';
import { rtorrentChoice, rtorrentMistakes } from './rtorrent-keys.ts';

export interface Configuration {
  readonly file: string;
  readonly managedDirectory: string;
  readonly remoteHost: string;
  /** Absolute, or relative to the login's home on the remote and then with `.` first. */
  readonly remotePath: string;
  readonly rtorrent: RtorrentChoice;
  /** Undefined where no port is to be opened. */
  readonly dashboard: DashboardChoice | undefined;
  readonly hooks: HookChoice;
  readonly policy: Policy;
  /** What of the policy goes by the time of day; in `policy` is what holds outside of all times, or held when it was read. */
  readonly timesOfDay: TimesOfDay;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'auto' | 'human' | 'json';
}

/** The configuration cannot be used; `lines` are for the user, one a mistake. */
export class ConfigurationError extends Error {
  readonly lines: readonly string[];
  /** The same in parts, for whoever did not read them from a file. */
  readonly mistakes: readonly Mistake[];
  /** Where that much of it can be used. */
  readonly managedDirectory: string | undefined;

  constructor(lines: readonly string[], mistakes: readonly Mistake[] = [], managedDirectory?: string) {
    super(lines.join('\n'));
    this.name = 'ConfigurationError';
    this.lines = lines;
    this.mistakes = mistakes;
    this.managedDirectory = managedDirectory;
  }
}

const theSection = 'main';
const directoryKey = 'managed_torrents_directory';

/**
 * Reads and checks a configuration file; `overrides` stand in the place of what it says.
 *
 * @throws ConfigurationError with every mistake that it has
 */
export function readConfiguration(
  file: string,
  home: string,
  overrides: Readonly<Record<string, string>> = {},
): Configuration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const example = ['[main]', ...Object.entries(requiredKeys).map(([key, value]) => `${key} = ${value}`)];
    throw new ConfigurationError(
      code === 'ENOENT'
        ? [
            `${file}: there is no such file; make it with \`rtorrent-low-space-driver init\`, or by hand, with your own values for:`,
            ...example.map((line) => `  ${line}`),
          ]
        : [`${file}: cannot be read (${code ?? 'unknown error'}); make it readable for this user`],
    );
  }
  return parseConfiguration(text, file, home, overrides);
}

/** As `readConfiguration`, from text. */
export function parseConfiguration(
  text: string,
  file: string,
  home: string,
  overrides: Readonly<Record<string, string>> = {},
): Configuration {
  const ini = parseIni(text);
  const mistakes: Mistake[] = [...ini.mistakes];
  const entries = new Map<string, IniEntry>();
  const ofTrackers = ini.entries.filter(({ section }) => trackerHostIn(section) !== undefined);
  const ownTerms = readTrackerTerms(ofTrackers, mistakes);
  for (const entry of ini.entries) {
    if (trackerHostIn(entry.section) !== undefined) continue;
    const problem = problemOf(entry, entries);
    if (problem !== undefined) mistakes.push({ line: entry.line, message: problem });
    else entries.set(keyOf(entry), entry);
  }
  const values = { ...valuesOf(entries, home), ...overrides };
  const result = v.safeParse(configurationSchema, values, { abortPipeEarly: true });
  const complaints = (result.issues ?? []).map(
    (issue) => [v.getDotPath(issue) ?? '', issue.message] as const,
  );
  for (const [key, complaint] of [...complaints, ...rtorrentMistakes(values), ...dashboardMistakes(values)]) {
    const entry = entries.get(key);
    if (entry !== undefined) {
      const about = { key, complaint: `${quote(entry.value)} ${complaint}` };
      mistakes.push({ line: entry.line, message: `${entry.key} ${about.complaint}`, about });
    } else if (!ini.entries.some((other) => keyOf(other) === key)) {
      const line = ini.entries.at(-1)?.line ?? 1;
      const message = `${key} is missing; add a line, as: ${key} = ${requiredKeys[key] ?? ''}`;
      mistakes.push({ line, message, about: { key, complaint: 'is missing' } });
    }
  }
  const configuration = result.success ? configurationOf(file, result.output, ownTerms) : undefined;
  if (mistakes.length > 0 || configuration === undefined) {
    mistakes.sort((one, other) => one.line - other.line);
    const directory = v.safeParse(configurationSchema.entries[directoryKey], values[directoryKey]);
    throw new ConfigurationError(
      mistakes.map(({ line, message }) => `${file}:${line}: ${message}`),
      mistakes,
      directory.success ? directory.output : undefined,
    );
  }
  return configuration;
}

/** Undefined where what is missing was told already. */
function configurationOf(
  file: string,
  values: v.InferOutput<typeof configurationSchema>,
  ownTerms: ReadonlyMap<string, Partial<DutyTerms>>,
): Configuration | undefined {
  const rtorrent = rtorrentChoice(values);
  if (rtorrent === undefined) return undefined;
  const terms: DutyTerms = {
    requiredRatio: values.required_ratio,
    requiredSeedTimeMs: values.required_seed_time,
    match: values.duty,
    mostSeedTimeMs: values.max_seed_time,
  };
  const trackers = new Map([...ownTerms].map(([host, own]) => [host, { ...terms, ...own }]));
  return {
    file,
    managedDirectory: values.managed_torrents_directory,
    remoteHost: values.remote_host,
    remotePath: values.remote_path,
    rtorrent,
    dashboard: dashboardChoice(values),
    hooks: hookChoice(values),
    policy: {
      spaceLimitBytes: values.space_limit,
      duty: { ...terms, trackers },
      shipWhen: values.ship_when,
      stallTimeoutMs: values.stall_timeout,
      mostWaitMs: values.max_wait,
      verify: values.verify,
      maxTransfers: values.max_transfers.usual,
      bandwidthBytesPerSecond: values.bandwidth_limit.usual,
      oversize: values.oversize,
      oversizePrivate: values.oversize_private === 'yes',
    },
    timesOfDay: { maxTransfers: values.max_transfers, bandwidthBytesPerSecond: values.bandwidth_limit },
    logLevel: values.log_level,
    logFormat: values.log_format,
  };
}

/** The values as they are to be judged, with the user's home in the place of `~`. */
function valuesOf(entries: ReadonlyMap<string, IniEntry>, home: string): Record<string, string> {
  const values = [...entries].map(([key, { value }]) => {
    const prefix = localPathPrefixes[key];
    const isFromHome = prefix !== undefined && (value === `${prefix}~` || value.startsWith(`${prefix}~/`));
    return [key, isFromHome ? prefix + home + value.slice(prefix.length + 1) : value] as const;
  });
  return Object.fromEntries(values);
}

function keyOf(entry: IniEntry): string {
  return aliases[entry.key] ?? entry.key;
}

/** What is wrong with an entry's place or name; its value is judged apart. */
function problemOf(entry: IniEntry, entries: ReadonlyMap<string, IniEntry>): string | undefined {
  if (entry.section !== theSection) {
    return `the section [${entry.section}] is not known; put ${entry.key} under [${theSection}]`;
  }
  const known = [...Object.keys(configurationSchema.entries), ...Object.keys(aliases)];
  if (!known.includes(entry.key)) return unknownKey(entry.key, known);
  const twin = entries.get(keyOf(entry));
  return twin === undefined
    ? undefined
    : `${entry.key} says the same as ${twin.key} in line ${twin.line}; remove one of them`;
}
