/** The monitor: the latest look and what happened lately, kept in memory for every screen that shows the driver at work. */

import type { Action, Outcome, Plan } from '../core/action.ts';
import type { ByteString } from '../core/bytes.ts';
import type { Happening } from '../core/done-words.ts';
import type { Fault } from '../core/fault.ts';
import type { PastTransfer } from '../core/link-rates.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { Policy } from '../core/policy.ts';
import type { Problem } from '../core/problems.ts';
import { hostProblem } from '../core/problems.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** One look at the world, and what was decided from it. */
export interface Moment {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
}

/** Something that happened. Never read by a decision. */
export interface DriverEvent {
  readonly atMs: number;
  /**
   * The action that came to an end; `notice` for what a person should know about a torrent beyond that; `trouble` and
   * `recovery` for a part of the world that stops answering, and answers again.
   */
  readonly kind: Action['kind'] | Happening;
  /** Undefined where it is about no torrent. */
  readonly infohash: Infohash | undefined;
  readonly name: ByteString | undefined;
  /** Of an action. */
  readonly outcome: Outcome['kind'] | undefined;
  /** A few words, or a sentence. */
  readonly detail: string;
  readonly remedy: string | undefined;
  /** Content that the action was about. */
  readonly bytes: number;
  readonly tookMs: number;
}

/** An event with its number: they count from 1 in each process, without a gap. */
export interface NumberedEvent extends DriverEvent {
  readonly number: number;
}

/** The figures of one moment. */
export interface Sample {
  readonly atMs: number;
  /** Of the space, in bytes; all 0 where the disk was not seen. */
  readonly allocatedBytes: number;
  readonly promisedBytes: number;
  readonly limitBytes: number;
  readonly freeBytes: number;
  /** Of all torrents in rtorrent, managed or not: the link is one. */
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** To the remote. */
  readonly shipBytesPerSecond: number;
}

export type MonitorChange =
  | { readonly kind: 'moment'; readonly moment: Moment }
  /** No look was possible. */
  | { readonly kind: 'obstacle'; readonly problem: Problem }
  | { readonly kind: 'event'; readonly event: NumberedEvent };

export type MonitorListener = (change: MonitorChange) => void;

const mostEvents = 500;
/** Four hours at the pace of `sampleEveryMs`. */
const mostSamples = 1440;
const sampleEveryMs = 10_000;
/** Rates over less than this are chance. */
const leastRateMs = 1_000;

export class Monitor {
  private looked: { readonly snapshot: Snapshot; readonly policy: Policy } | undefined;
  private moment: Moment | undefined;
  private inTheWay: Problem | undefined;
  private sample: Sample | undefined;
  private readonly listeners = new Set<MonitorListener>();
  private ringOfEvents: readonly NumberedEvent[] = [];
  private ringOfSamples: readonly Sample[] = [];
  private past: readonly PastTransfer[] = [];
  private eventCount = 0;
  private shippedBytes = 0;
  private readonly marked = { atMs: Number.NEGATIVE_INFINITY, shippedBytes: 0, bytesPerSecond: 0 };

  /** Keeps what was seen before it is known what comes of it: should the decision break, it is written down. */
  look(snapshot: Snapshot, policy: Policy): void {
    this.looked = { snapshot, policy };
  }

  publish(moment: Moment): void {
    this.moment = moment;
    this.inTheWay = undefined;
    this.sample = sampleOf(moment, this.shipRate(moment.snapshot.takenAtMs));
    const last = this.ringOfSamples.at(-1);
    // A clock that was set back must not keep samples out for as long.
    const isDue = last === undefined || Math.abs(this.sample.atMs - last.atMs) >= sampleEveryMs;
    if (isDue) this.ringOfSamples = [...this.ringOfSamples, this.sample].slice(-mostSamples);
    this.tell({ kind: 'moment', moment });
  }

  /** A look failed: what was seen before stays, and this is what is wrong since the first that failed. */
  breakOff(fault: Fault, nowMs: number): void {
    this.inTheWay = hostProblem(fault, this.inTheWay?.sinceMs ?? nowMs);
    this.tell({ kind: 'obstacle', problem: this.inTheWay });
  }

  /** What keeps the driver from looking; undefined where the latest look succeeded. */
  obstacle(): Problem | undefined {
    return this.inTheWay;
  }

  recordEvent(event: DriverEvent): void {
    this.eventCount += 1;
    const numbered = { ...event, number: this.eventCount };
    this.ringOfEvents = [...this.ringOfEvents, numbered].slice(-mostEvents);
    this.tell({ kind: 'event', event: numbered });
  }

  /** Transfers of former processes, the newest first: until there are some of this one, they tell how long the next take. */
  recall(transfers: readonly PastTransfer[]): void {
    this.past = transfers;
  }

  pastTransfers(): readonly PastTransfer[] {
    return this.past;
  }

  /** Counts bytes that went to the remote, for the rate. */
  countShipped(bytes: number): void {
    this.shippedBytes += bytes;
  }

  /** Undefined before the first look is over. */
  current(): Moment | undefined {
    return this.moment;
  }

  /** What was seen last, decided about or not, and what the user asked for then. */
  latestLook(): { readonly snapshot: Snapshot; readonly policy: Policy } | undefined {
    return this.looked;
  }

  /** The newest, oldest first. */
  events(): readonly NumberedEvent[] {
    return this.ringOfEvents;
  }

  /** One every ten seconds of the last hours, oldest first. */
  samples(): readonly Sample[] {
    return this.ringOfSamples;
  }

  /** The figures of the latest look. */
  latestSample(): Sample | undefined {
    return this.sample;
  }

  /** Calls the listener at each change, until the answer is called. What the listener throws ends the driver: it must not. */
  subscribe(listener: MonitorListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private tell(change: MonitorChange): void {
    for (const listener of [...this.listeners]) listener(change);
  }

  private shipRate(nowMs: number): number {
    const { marked, shippedBytes } = this;
    const elapsedMs = nowMs - marked.atMs;
    if (elapsedMs >= 0 && elapsedMs < leastRateMs) return marked.bytesPerSecond;
    const isFirst = !Number.isFinite(elapsedMs) || elapsedMs < 0;
    marked.bytesPerSecond = isFirst ? 0 : ((shippedBytes - marked.shippedBytes) / elapsedMs) * 1000;
    marked.atMs = nowMs;
    marked.shippedBytes = shippedBytes;
    return marked.bytesPerSecond;
  }
}

function sampleOf({ snapshot, plan: { space } }: Moment, shipBytesPerSecond: number): Sample {
  let downBytesPerSecond = 0;
  let upBytesPerSecond = 0;
  const torrents = snapshot.rtorrent.seen ? snapshot.rtorrent.value.torrents.values() : [];
  for (const torrent of torrents) {
    downBytesPerSecond += torrent.downRateBytesPerSecond;
    upBytesPerSecond += torrent.upRateBytesPerSecond;
  }
  return {
    atMs: snapshot.takenAtMs,
    allocatedBytes: space?.allocatedBytes ?? 0,
    promisedBytes: space?.promisedBytes ?? 0,
    limitBytes: space?.limitBytes ?? 0,
    freeBytes: space?.freeBytes ?? 0,
    downBytesPerSecond,
    upBytesPerSecond,
    shipBytesPerSecond,
  };
}
