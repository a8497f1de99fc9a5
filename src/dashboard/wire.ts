/** What goes over the wire between the dashboard's server and its clients: types alone, for both ends. */

import type { Action } from '../core/action.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { Verify } from '../core/policy.ts';
import type { Problem } from '../core/problems.ts';
import type { Why } from '../core/why.ts';
import type { Sample } from '../driver/monitor.ts';
import type { ReportedEvent, StatusReport } from '../driver/report.ts';
import type { StatusRow } from '../driver/status.ts';

/** What the stream of events sends, each under its `kind` as the event's name. */
export type StreamMessage =
  /** All of it: at first, and whenever differences would not do. */
  | { readonly kind: 'report'; readonly report: StatusReport; readonly samples: readonly Sample[] }
  /** What is different since the message before. */
  | { readonly kind: 'change'; readonly change: ReportChange }
  | { readonly kind: 'event'; readonly event: ReportedEvent };

/** The difference between two reports whose torrents are in the same order, but for some that came or went. */
export interface ReportChange {
  /** Everything but the torrents and the events, anew. */
  readonly head: ReportHead;
  readonly removed: readonly Infohash[];
  readonly changed: readonly StatusRow[];
  /** In ascending order; each index is the row's place in the new list. */
  readonly inserted: readonly { readonly index: number; readonly row: StatusRow }[];
}

export type ReportHead = Omit<StatusReport, 'torrents' | 'events'>;

/** One line of the history: an action that was done. */
export interface HistoryEntry {
  readonly atMs: number;
  readonly infohash: Infohash;
  readonly name: string;
  readonly action: Action['kind'];
  readonly files: number;
  readonly bytes: number;
  readonly tookMs: number;
  readonly detail: string;
}

/** How far one torrent has come, and how it got there. */
export interface Story {
  readonly infohash: Infohash;
  readonly name: string;
  /** Absent once it is retired. */
  readonly row?: StatusRow | undefined;
  /** What happens to it next, or what it waits for, and the facts that led to it; absent once it is retired. */
  readonly why?: Why | undefined;
  readonly chapters: readonly Chapter[];
  /** Problems that name it. */
  readonly problems: readonly Problem[];
  /** The first of its files; `fileCount` says how many there are. */
  readonly files: readonly StoryFile[];
  readonly fileCount: number;
  /** Newest first. */
  readonly history: readonly HistoryEntry[];
}

/** One step on a torrent's way. */
export interface Chapter {
  readonly kind: 'added' | 'loaded' | 'completed' | 'seeded' | 'shipped' | 'proved' | 'deleted' | 'retired';
  readonly state: 'done' | 'current' | 'ahead';
  /** When it was done, as far as it is known. */
  readonly atMs?: number | undefined;
  /** A few words. */
  readonly detail: string;
}

export interface StoryFile {
  readonly path: string;
  readonly lengthBytes: number;
  readonly receipt?: StoryReceipt | undefined;
}

export interface StoryReceipt {
  readonly remotePath: string;
  readonly method: Verify;
  readonly digest?: string | undefined;
  readonly provedAtMs: number;
}

/** The answer to whatever could not be done. */
export interface Refusal {
  readonly error: { readonly message: string; readonly remedy?: string | undefined };
}
