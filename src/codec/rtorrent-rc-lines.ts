/** Reads a user's rtorrent.rc as far as this program asks: where rtorrent listens, and which lines its version refuses. */

import { renamedCommands, unknownTo } from './rtorrent-rc.ts';

export interface RcEntry {
  /** From 1. */
  readonly line: number;
  readonly command: string;
  /** Trimmed, without the quotes around it. */
  readonly value: string;
}

/** The lines `command = value`; comments, blank lines and what goes on from the line above are left out. */
export function readRcLines(text: string): readonly RcEntry[] {
  const entries: RcEntry[] = [];
  let isContinued = false;
  for (const [index, line] of text.split('\n').entries()) {
    const match = isContinued ? null : /^\s*([a-z][\w.]*)\s*=\s*(.*?)\s*$/i.exec(line);
    isContinued = /\\\s*$/.test(line) && !/^\s*#/.test(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    entries.push({ line: index + 1, command: match[1], value: match[2].replace(/^"(.*)"$/, '$1') });
  }
  return entries;
}

/** Where the rc file has rtorrent listen, as `socket_url` is written; `~` stays as it is. */
export function socketUrlsOf(entries: readonly RcEntry[]): readonly string[] {
  return entries.flatMap(({ command, value }) => {
    if (command === 'network.scgi.open_local' || command === 'scgi_local') return [`scgi://${value}`];
    if (command !== 'network.scgi.open_port' && command !== 'scgi_port') return [];
    return [`scgi://${value.startsWith(':') ? `127.0.0.1${value}` : value}`];
  });
}

export interface RcMistake {
  readonly line: number;
  readonly command: string;
  /** The name that this version knows; empty where the line is not needed any more. */
  readonly replacement: string;
}

/** Lines that keep rtorrent of this version from starting, as far as is known. */
export function refusedLines(entries: readonly RcEntry[], version: string): readonly RcMistake[] {
  const unknown = unknownTo(version);
  const names = new Map(
    [...renamedCommands].map(([old, now]) => (unknown.has(old) ? [old, now] : [now, old])),
  );
  return entries.flatMap(({ line, command }) => {
    const replacement = names.get(command);
    // Older versions take the new names as well where these are as old: `schedule`, `execute`.
    const isRefused =
      replacement !== undefined && (unknown.has(command) || command.startsWith('network.listen.'));
    return isRefused ? [{ line, command, replacement }] : [];
  });
}

/** Below how much free space these lines have rtorrent close torrents; 0 for never, undefined where they do not say. */
export function guardBytesOf(entries: readonly RcEntry[]): number | undefined {
  let bytes: number | undefined;
  for (const { command, value } of entries) {
    if (/^schedule[._]remove2?$/.test(command) && value === 'low_diskspace') bytes = 0;
    const match = /^low_diskspace\s*,.*close_low_diskspace\s*[,=]\s*(\d+)([kmg]?)/i.exec(value);
    if (!/^schedule2?$/.test(command) || match?.[1] === undefined) continue;
    bytes = Number(match[1]) * 1024 ** ['', 'k', 'm', 'g'].indexOf((match[2] ?? '').toLowerCase());
  }
  return bytes;
}

/** The line that has rtorrent refuse every plain handshake, if there is one. */
export function encryptionDemand(entries: readonly RcEntry[]): RcEntry | undefined {
  const settings = entries.filter(({ command }) =>
    /^(?:protocol\.encryption\.set|encryption)$/.test(command),
  );
  const last = settings.at(-1);
  return last !== undefined && /\brequire/i.test(last.value) ? last : undefined;
}
