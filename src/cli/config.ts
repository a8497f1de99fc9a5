/** Reads the configuration: all of its mistakes at once, each with file, line, what is wrong and how to mend it. */

import { readFileSync } from 'node:fs';
import { closest, distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import type { SocketAddress } from '../adapters/rtorrent-rpc.ts';
import type { IniEntry } from '../codec/ini.ts';
import { parseIni } from '../codec/ini.ts';
import type { Policy } from '../core/policy.ts';
import { aliases, configurationSchema, localPathPrefixes, requiredKeys } from './config-keys.ts';

export interface Configuration {
  readonly file: string;
  readonly managedDirectory: string;
  readonly remoteHost: string;
  /** Absolute, or relative to the login's home on the remote and then with `.` first. */
  readonly remotePath: string;
  readonly socketAddress: SocketAddress;
  readonly policy: Policy;
  /** Bytes a second for each transfer; 0 for no limit. */
  readonly bandwidthBytesPerSecond: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'human' | 'json';
}

/** The configuration cannot be used; `lines` are for the user, one a mistake. */
export class ConfigurationError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigurationError';
    this.lines = lines;
  }
}

interface Mistake {
  readonly line: number;
  readonly message: string;
}

const theSection = 'main';

/**
 * Reads and checks a configuration file.
 *
 * @throws ConfigurationError with every mistake that it has
 */
export function readConfiguration(file: string, home: string): Configuration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const example = ['[main]', ...Object.entries(requiredKeys).map(([key, value]) => `${key} = ${value}`)];
    throw new ConfigurationError(
      code === 'ENOENT'
        ? [
            `${file}: there is no such file; make it, with your own values for:`,
            ...example.map((line) => `  ${line}`),
          ]
        : [`${file}: cannot be read (${code ?? 'unknown error'}); make it readable for this user`],
    );
  }
  return parseConfiguration(text, file, home);
}

/** As `readConfiguration`, from text. */
export function parseConfiguration(text: string, file: string, home: string): Configuration {
  const ini = parseIni(text);
  const mistakes: Mistake[] = [...ini.mistakes];
  const entries = new Map<string, IniEntry>();
  for (const entry of ini.entries) {
    const problem = problemOf(entry, entries);
    if (problem !== undefined) mistakes.push({ line: entry.line, message: problem });
    else entries.set(keyOf(entry), entry);
  }
  const result = v.safeParse(configurationSchema, valuesOf(entries, home), { abortPipeEarly: true });
  for (const issue of result.issues ?? []) {
    const key = v.getDotPath(issue) ?? '';
    const entry = entries.get(key);
    if (entry !== undefined) {
      mistakes.push({ line: entry.line, message: `${entry.key} ${quote(entry.value)} ${issue.message}` });
    } else if (!ini.entries.some((other) => keyOf(other) === key)) {
      const line = ini.entries.at(-1)?.line ?? 1;
      mistakes.push({
        line,
        message: `${key} is missing; add a line, as: ${key} = ${requiredKeys[key] ?? ''}`,
      });
    }
  }
  if (mistakes.length > 0 || !result.success) {
    mistakes.sort((one, other) => one.line - other.line);
    throw new ConfigurationError(mistakes.map(({ line, message }) => `${file}:${line}: ${message}`));
  }
  return configurationOf(file, result.output);
}

function configurationOf(file: string, values: v.InferOutput<typeof configurationSchema>): Configuration {
  return {
    file,
    managedDirectory: values.managed_torrents_directory,
    remoteHost: values.remote_host,
    remotePath: values.remote_path,
    socketAddress: values.socket_url,
    policy: {
      spaceLimitBytes: values.space_limit,
      requiredRatio: values.required_ratio,
      verify: values.verify,
      maxTransfers: values.max_transfers,
    },
    bandwidthBytesPerSecond: values.bandwidth_limit,
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
  const known = [...Object.keys(configurationSchema.entries), ...Object.keys(aliases)];
  if (entry.section !== theSection) {
    return `the section [${entry.section}] is not known; put ${entry.key} under [${theSection}]`;
  }
  if (!known.includes(entry.key)) {
    const nearest = closest(entry.key, known);
    const isNear = distance(entry.key, nearest) <= Math.max(3, nearest.length / 3);
    return `${entry.key} is no known key; ${isNear ? `did you mean ${nearest}?` : 'remove the line'}`;
  }
  const twin = entries.get(keyOf(entry));
  return twin === undefined
    ? undefined
    : `${entry.key} says the same as ${twin.key} in line ${twin.line}; remove one of them`;
}

function quote(value: string): string {
  return value === '' ? '(empty)' : `'${value}'`;
}
