/**
 * The status report: what one look and its plan say about everything, as plain data for every screen there is. It goes
 * over a wire unchanged: no maps, no byte strings, and what is undefined is absent.
 */

import type { Space } from '../core/budget.ts';
import { displayText } from '../core/bytes.ts';
import { isHappening, wordOfAction } from '../core/done-words.ts';
import type { QueueEta, Span } from '../core/eta.ts';
import { etaOf } from '../core/eta.ts';
import type { LinkRates } from '../core/link-rates.ts';
import { linkRatesOf } from '../core/link-rates.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { Policy } from '../core/policy.ts';
import type { Problem } from '../core/problems.ts';
import { problemsOf } from '../core/problems.ts';
import type { Observed, Snapshot } from '../core/snapshot.ts';
import type { Moment, Monitor, NumberedEvent, Sample } from './monitor.ts';
import type { StatusRow } from './status.ts';
import { statusRows } from './status.ts';

export interface StatusReport extends Sights {
  /** When the world was looked at, in milliseconds since 1970, as every time here. */
  readonly takenAtMs: number;
  readonly driver: DriverState;
  /** Undefined where the disk was not seen. */
  readonly space: Space | undefined;
  readonly links: Links;
  /** Whether the user paused everything, what comes later included. */
  readonly isAllPaused: boolean;
  /** Until the last torrent that will be done is on the remote; undefined where nothing can be told. */
  readonly queueEta: Span | undefined;
  /** Every managed torrent, in the order of the queue. */
  readonly torrents: readonly StatusRow[];
  /** What a person should look at, the worst first. */
  readonly problems: readonly Problem[];
  /** What happened last, oldest first. */
  readonly events: readonly ReportedEvent[];
  /** Entries of the managed directory that hold no torrent. */
  readonly rejected: readonly RejectedFile[];
}

export interface RejectedFile {
  readonly path: string;
  readonly reason: string;
}

/** Who looked: a daemon or a run that acts as well, or a command that only looks. */
export interface DriverState {
  readonly kind: 'daemon' | 'run' | 'look';
  readonly version: string;
  /** Since when it runs; undefined where it only looks. */
  readonly sinceMs?: number | undefined;
  /** For a person: where the .torrent files are, and where the data goes. */
  readonly managedDirectory: string;
  readonly remote: string;
}

/** Whether a part of the world was seen, and if not, why. A remote that was asked nothing, as nothing was due, counts as seen. */
export interface Sight {
  readonly seen: boolean;
  readonly reason?: string | undefined;
  readonly remedy?: string | undefined;
}

export interface Sights {
  readonly rtorrent: Sight & { readonly version?: string | undefined };
  readonly disk: Sight;
  readonly remote: Sight;
}

/** Bytes a second over the links: from the swarm, to the swarm, to the remote. */
export interface Links {
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly shipBytesPerSecond: number;
}

/** An event of the monitor with its name as text. */
export interface ReportedEvent {
  readonly number: number;
  readonly atMs: number;
  readonly kind: NumberedEvent['kind'];
  readonly infohash?: Infohash | undefined;
  readonly name?: string | undefined;
  readonly outcome?: NumberedEvent['outcome'];
  readonly detail: string;
  readonly remedy?: string | undefined;
  readonly bytes: number;
  readonly tookMs: number;
}

/** One look at the world, what was decided from it, and what is made of both. */
export interface Look extends Moment {
  readonly eta: QueueEta;
  readonly report: StatusReport;
}

/** What a report needs beyond the look itself. */
export interface ReportContext {
  readonly driver: DriverState;
  /** What is left out is not known: a command that only looks sees no transfers. */
  readonly shipBytesPerSecond?: number | undefined;
  readonly events?: readonly ReportedEvent[];
  readonly eta?: QueueEta;
  /** What keeps the driver from looking again. */
  readonly obstacle?: Problem | undefined;
}

/** Pure: the same look and context give the same report. */
export function reportOf({ snapshot, plan }: Moment, context: ReportContext): StatusReport {
  const torrents = statusRows(snapshot, plan, context.eta);
  return {
    takenAtMs: snapshot.takenAtMs,
    driver: context.driver,
    ...sightsOf(snapshot),
    space: plan.space,
    links: {
      downBytesPerSecond: torrents.reduce((sum, row) => sum + row.downRateBytesPerSecond, 0),
      upBytesPerSecond: torrents.reduce((sum, row) => sum + row.upRateBytesPerSecond, 0),
      shipBytesPerSecond: context.shipBytesPerSecond ?? 0,
    },
    isAllPaused: snapshot.ledger.wishes.isAllPaused,
    queueEta: context.eta?.whole,
    torrents,
    problems: [...(context.obstacle === undefined ? [] : [context.obstacle]), ...problemsOf(snapshot, plan)],
    events: context.events ?? [],
    rejected: rejectedFiles(snapshot),
  };
}

/** The monitor's latest look; undefined before the first one is over. */
export function lookOfMonitor(monitor: Monitor, driver: DriverState, policy: Policy): Look | undefined {
  const moment = monitor.current();
  if (moment === undefined) return undefined;
  const eta = etaOf(moment.snapshot, moment.plan, policy, ratesOf(monitor));
  const { shipBytesPerSecond } = monitor.latestSample() ?? {};
  const events = monitor.events().map(reportedEvent);
  const obstacle = monitor.obstacle();
  const report = reportOf(moment, { driver, shipBytesPerSecond, events, eta, obstacle });
  return { ...moment, eta, report };
}

/** What the links have carried under this process, and before it where that is all there is. */
export function ratesOf(monitor: Monitor): LinkRates {
  const ended = monitor.events().filter(({ kind, outcome }) => kind === 'ship' && outcome === 'done');
  return linkRatesOf(samplesOf(monitor), [...ended.toReversed(), ...monitor.pastTransfers()]);
}

/** With the latest, which is not kept where one was kept shortly before. */
function samplesOf(monitor: Monitor): readonly Sample[] {
  const kept = monitor.samples();
  const latest = monitor.latestSample();
  return latest === undefined || latest === kept.at(-1) ? kept : [...kept, latest];
}

/** What happened, in a word or two that the torrent's name may follow; undefined for what came to nothing. */
export function wordOfEvent({ kind, outcome }: Pick<ReportedEvent, 'kind' | 'outcome'>): string | undefined {
  if (isHappening(kind)) return kind;
  return outcome === 'stale' || outcome === undefined ? undefined : wordOfAction(kind, outcome);
}

export function reportedEvent({ name, ...event }: NumberedEvent): ReportedEvent {
  return { ...event, name: name === undefined ? undefined : displayText(name) };
}

export function sightsOf({ rtorrent, disk, remote }: Pick<Snapshot, keyof Sights>): Sights {
  return {
    rtorrent: rtorrent.seen ? { seen: true, version: rtorrent.value.version } : sightOf(rtorrent),
    disk: sightOf(disk),
    remote: sightOf(remote),
  };
}

function sightOf(observed: Observed<unknown>): Sight {
  return observed.seen ? { seen: true } : { seen: false, reason: observed.reason, remedy: observed.remedy };
}

export function rejectedFiles({ rejected }: Snapshot): readonly RejectedFile[] {
  return rejected.map(({ path, reason }) => ({ path: displayText(path), reason }));
}
