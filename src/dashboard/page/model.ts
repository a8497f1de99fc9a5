/** What the page makes of reports: which rows are shown, how many there are of each kind, what happened when. */

import { isSending, speedText, wordOfAction } from '../../core/done-words.ts';
import { formatDuration } from '../../core/units.ts';
import type { Sample } from '../../driver/monitor.ts';
import type { ReportedEvent } from '../../driver/report.ts';
import { wordOfEvent } from '../../driver/report.ts';
import type { StatusRow, TorrentState } from '../../driver/status.ts';
import type { HistoryEntry, ReportHead } from '../wire.ts';

/** The groups that a person looks for; together they are all states there are. */
export const groups = [
  { key: 'all', label: 'All', states: undefined },
  { key: 'downloading', label: 'Downloading', states: ['downloading', 'checking'] },
  { key: 'seeding', label: 'Seeding', states: ['seeding'] },
  { key: 'shipping', label: 'Shipping', states: ['shipping', 'proving', 'streaming'] },
  { key: 'waiting', label: 'Waiting', states: ['waiting'] },
  { key: 'paused', label: 'Paused', states: ['paused', 'stopped'] },
  { key: 'failing', label: 'Trouble', states: ['failing', 'stalled', 'unknown'] },
] as const satisfies readonly {
  readonly key: string;
  readonly label: string;
  readonly states: readonly TorrentState[] | undefined;
}[];

export type GroupKey = (typeof groups)[number]['key'];

/** How many torrents each group has. */
export function countGroups(rows: readonly StatusRow[]): ReadonlyMap<GroupKey, number> {
  const states = new Map<TorrentState, number>();
  for (const { state } of rows) states.set(state, (states.get(state) ?? 0) + 1);
  return new Map(
    groups.map(({ key, states: wanted }) => [
      key,
      wanted === undefined ? rows.length : wanted.reduce((sum, state) => sum + (states.get(state) ?? 0), 0),
    ]),
  );
}

/** The rows of a group whose name, infohash or sentence has all the words, in the order of the queue. */
export function findRows(rows: readonly StatusRow[], group: GroupKey, search: string): readonly StatusRow[] {
  const states: readonly TorrentState[] | undefined = groups.find(({ key }) => key === group)?.states;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (states === undefined && words.length === 0) return rows;
  return rows.filter((row) => {
    if (states !== undefined && !states.includes(row.state)) return false;
    if (words.length === 0) return true;
    const text = `${row.name}\n${row.infohash}\n${row.next}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const mostSamples = 2000;
const sampleEveryMs = 10_000;

/** The samples with the figures of the latest look at their end: the end follows each look, the rest stays spaced. */
export function withLatest(samples: readonly Sample[], head: ReportHead): readonly Sample[] {
  const { space, links, takenAtMs } = head;
  if (space === undefined) return samples;
  const latest: Sample = {
    atMs: takenAtMs,
    allocatedBytes: space.allocatedBytes,
    promisedBytes: space.promisedBytes,
    limitBytes: space.limitBytes,
    freeBytes: space.freeBytes,
    ...links,
  };
  const before = samples.at(-2);
  const last = samples.at(-1);
  if (last !== undefined && takenAtMs <= last.atMs) return samples;
  const isTip = last !== undefined && before !== undefined && last.atMs - before.atMs < sampleEveryMs;
  return [...(isTip ? samples.slice(0, -1) : samples), latest].slice(-mostSamples);
}

/** One line of what happened. */
export interface Activity {
  readonly key: string;
  readonly atMs: number;
  /** What happened, in a word or two that the name may follow. */
  readonly word: string;
  readonly tone: 'plain' | 'good' | 'bad';
  readonly name: string | undefined;
  readonly infohash: HistoryEntry['infohash'] | undefined;
  readonly detail: string;
}

/** What was done, from the history, and what went wrong, from the events of this process; newest first. */
export function activityOf(
  history: readonly HistoryEntry[],
  events: readonly ReportedEvent[],
): readonly Activity[] {
  const done = history.map((entry, index): Activity => ({
    ...entry,
    key: `history ${history.length - index}`,
    word: wordOfAction(entry.action, 'done'),
    tone: entry.action === 'prove' || entry.action === 'retire' ? 'good' : 'plain',
    detail: detailOf(entry),
  }));
  const told = events.flatMap((event): Activity | [] => {
    const word = wordOfEvent(event);
    if (word === undefined || event.outcome === 'done') return [];
    return {
      ...event,
      key: `event ${event.number}`,
      name: event.name,
      infohash: event.infohash,
      word,
      tone: event.kind === 'recovery' ? 'good' : 'bad',
      detail: event.remedy === undefined ? event.detail : `${event.detail} — ${event.remedy}`,
    };
  });
  return [...done, ...told].toSorted((one, other) => other.atMs - one.atMs);
}

/** In the words of the log: of what was sent, how fast; of what took long, how long. */
function detailOf({ action, detail, bytes, tookMs }: HistoryEntry): string {
  if (isSending(action)) return `${detail}${speedText(bytes, tookMs)}`;
  return tookMs >= 1000 ? `${detail}, ${formatDuration(tookMs)}` : detail;
}

/** Shares of a torrent's bytes, in percent. */
export interface Shares {
  readonly proved: number;
  /** Sent by the transfer that is under way. */
  readonly sent: number;
  /** Here, and neither of those. */
  readonly here: number;
  readonly coming: number;
}

export function sharesOf({ window, progress }: StatusRow): Shares {
  if (window === undefined || window.totalBytes === 0) {
    return { proved: 0, sent: 0, here: progress * 100, coming: 0 };
  }
  const percent = (bytes: number): number => Math.min(100, (bytes / window.totalBytes) * 100);
  const doneShare = progress * 100;
  const proved = Math.min(percent(window.provedBytes), doneShare);
  const sent = Math.min(percent(window.shippedBytes), doneShare - proved);
  const here = Math.min(percent(window.fetchedBytes), doneShare - proved) - sent;
  const coming = Math.min(percent(window.inFlightBytes), 100 - doneShare);
  return { proved, sent, here: Math.max(0, here), coming };
}
