/** What was done, in the words of a person who reads what happened: in the log, on the live screen, on the page, in the history. */

import type { Action, Outcome } from './action.ts';
import { formatBytes, formatDuration, formatRate } from './units.ts';

/** Of an action that was done, and of one that failed; the torrent's name follows. */
const words: Readonly<Record<Action['kind'], readonly [done: string, attempt: string]>> = {
  load: ['loaded', 'load'],
  select: ['chose files of', 'choose files of'],
  extend: ['fetches more of', 'fetch more of'],
  roll: ['moved on in', 'move on in'],
  unload: ['took out', 'take out'],
  'set-aside': ['set aside', 'set aside'],
  start: ['started again', 'start again'],
  tidy: ['cleared up', 'clear up'],
  place: ['found a place for', 'find a place for'],
  ship: ['shipped', 'ship'],
  prove: ['proved', 'prove'],
  stream: ['streamed', 'stream'],
  purge: ['deleted here', 'delete here'],
  retire: ['retired', 'retire'],
};

/** `shipped`, or `could not ship`. */
export function wordOfAction(kind: Action['kind'], outcome: Exclude<Outcome['kind'], 'stale'>): string {
  const [done, attempt] = words[kind];
  return outcome === 'done' ? done : `could not ${attempt}`;
}

/** Whether it brings bytes to the remote, so that it has a speed. */
export function isSending(kind: Action['kind'] | Happening): kind is 'ship' | 'stream' {
  return kind === 'ship' || kind === 'stream';
}

/** `, 1.2 GiB in 2m 5s (9.8 MiB/s)`: follows what is said of a transfer that is done. */
export function speedText(bytes: number, tookMs: number): string {
  return `, ${formatBytes(bytes)} in ${formatDuration(tookMs)} (${formatRate((bytes / Math.max(1, tookMs)) * 1000)})`;
}

/** What happened beside actions: `notice` of a torrent, and parts of the world that stop answering, and answer again. */
export type Happening = 'notice' | 'trouble' | 'recovery';

export function isHappening(kind: Action['kind'] | Happening): kind is Happening {
  return kind === 'notice' || kind === 'trouble' || kind === 'recovery';
}
