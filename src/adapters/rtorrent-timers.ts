/**
 * rtorrent's own timers. What they do is done in rtorrent's main thread, at a time of its own; what comes over RPC is done
 * in another thread of 0.9.8, beside that one.
 */

import type { XmlRpcCall } from '../codec/xmlrpc-value.ts';
import { asByteString } from '../core/bytes.ts';
import type { Infohash } from '../core/metainfo.ts';
import { command } from './rtorrent-answers.ts';

const none = asByteString('');
const once = asByteString('0');

/** How this rtorrent names the commands; versions differ. */
export interface Timers {
  readonly set: string;
  readonly remove: string;
}

/** `methods` are those that this rtorrent has. */
export function timersOf(methods: ReadonlySet<string>): Timers {
  if (methods.has('schedule2')) return { set: 'schedule2', remove: 'schedule_remove2' };
  const remove = ['schedule.remove', 'schedule_remove'].find((name) => methods.has(name));
  return { set: 'schedule', remove: remove ?? 'schedule_remove2' };
}

/**
 * It runs once, that many seconds from now, which 0.9.8 rounds down to a whole second of its clock: 0 is at once. It takes the
 * place of an older one of its name.
 */
export function setTimer({ set }: Timers, name: string, seconds: number, commands: string): XmlRpcCall {
  return command(set, none, asByteString(name), asByteString(String(seconds)), once, asByteString(commands));
}

/** One that is not there is fine. */
export function removeTimer({ remove }: Timers, name: string): XmlRpcCall {
  return command(remove, none, asByteString(name));
}

/**
 * These commands, one after the other, for each torrent of which `getter` says `value`: for a timer, in which a command has
 * no torrent of its own.
 */
export function forTorrentsWhere(getter: string, value: string, commands: readonly string[]): string {
  const each = commands.map((text) => `"${whereEqual(getter, value, text).replaceAll('"', '\\"')}"`);
  return ['d.multicall2=main', ...each].join(',');
}

/** The command, for a torrent of which `getter` says `value`. */
export function whereEqual(getter: string, value: string, text: string): string {
  return `branch="equal=${getter},cat=${value}",${text}`;
}

/** The same for one torrent. */
export function forTorrent(infohash: Infohash, commands: readonly string[]): string {
  return forTorrentsWhere('d.hash=', infohash, commands);
}
