/** The feed: the monitor's latest look as a report, made once for all who watch, and sent on as differences. */

import type { Policy } from '../core/policy.ts';
import type { Monitor, MonitorChange } from '../driver/monitor.ts';
import type { DriverState, Look, StatusReport } from '../driver/report.ts';
import { lookOfMonitor, reportedEvent } from '../driver/report.ts';
import { differenceOf } from './difference.ts';
import type { StreamMessage } from './wire.ts';

/** A message, written down once for all listeners. */
export interface Told {
  readonly kind: StreamMessage['kind'];
  readonly data: string;
}

export type Listener = (told: Told) => void;

/** Looks may follow each other faster than anybody can read. */
const paceMs = 500;

export class Feed {
  private readonly monitor: Monitor;
  private readonly driver: DriverState;
  private readonly policy: () => Policy;
  private readonly listeners = new Set<Listener>();
  private readonly unsubscribe: () => void;
  /** What was made of what the monitor had then: the moment, the events after it, what was in the way of another. */
  private made: { readonly look: Look; readonly from: readonly unknown[] } | undefined;
  /** What the listeners know. */
  private sent: StatusReport | undefined;
  private pending: NodeJS.Timeout | undefined;

  constructor(source: {
    readonly monitor: Monitor;
    readonly driver: DriverState;
    readonly policy: () => Policy;
  }) {
    this.monitor = source.monitor;
    this.driver = source.driver;
    this.policy = source.policy;
    this.unsubscribe = this.monitor.subscribe((change) => {
      this.hear(change);
    });
  }

  /** The latest look; undefined before the first one is over. */
  look(): Look | undefined {
    const { monitor, made } = this;
    const from = [monitor.current(), monitor.events(), monitor.obstacle()];
    if (made?.from.every((one, index) => one === from[index]) === true) return made.look;
    const look = lookOfMonitor(monitor, this.driver, this.policy());
    this.made = look && { look, from };
    return look;
  }

  /** Tells the listener everything at once where a look is over, then what changes, until the answer is called. */
  subscribe(listener: Listener): () => void {
    this.refresh();
    const whole = this.whole();
    this.listeners.add(listener);
    if (whole !== undefined) listener(whole);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Everything as the other listeners know it; undefined before the first look is over. */
  whole(): Told | undefined {
    const report = this.sent;
    return report && toldOf({ kind: 'report', report, samples: this.monitor.samples() });
  }

  end(): void {
    this.unsubscribe();
    clearTimeout(this.pending);
    this.listeners.clear();
  }

  private hear(change: MonitorChange): void {
    if (this.listeners.size === 0) return;
    if (change.kind === 'event') {
      if (this.sent !== undefined) this.tell({ kind: 'event', event: reportedEvent(change.event) });
    } else {
      this.pending ??= setTimeout(() => {
        this.refresh();
      }, paceMs).unref();
    }
  }

  /** Brings all listeners to the latest look. */
  private refresh(): void {
    clearTimeout(this.pending);
    this.pending = undefined;
    const report = this.look()?.report;
    const before = this.sent;
    if (report === undefined || report === before) return;
    this.sent = report;
    if (this.listeners.size === 0) return;
    const change = before && differenceOf(before, report);
    const whole = { kind: 'report', report, samples: this.monitor.samples() } as const;
    this.tell(change === undefined ? whole : { kind: 'change', change });
  }

  private tell(message: StreamMessage): void {
    const told = toldOf(message);
    for (const listener of [...this.listeners]) listener(told);
  }
}

function toldOf(message: StreamMessage): Told {
  return { kind: message.kind, data: JSON.stringify(message) };
}
