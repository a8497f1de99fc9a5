/**
 * Tells the user's hooks the news, one piece after another, in the background: a hook that hangs or fails costs what was to
 * be told through it, and never disturbs the driver.
 */

import type { News, NewsKind } from '../core/news.ts';
import { Fault } from '../core/fault.ts';
import type { HookPort } from '../ports/hook.ts';
import type { ClockPort } from '../ports/runtime.ts';
import type { Monitor } from './monitor.ts';
import { Newsroom } from './news.ts';

/** What waits beyond that is left out, the oldest first. */
const mostWaiting = 100;
/** After the end what waits is told for so long: a run's last news would be lost else. What is not taken by then is let go. */
const endingMs = 5_000;
/** A hook's failures are told once in so long. */
const warnEveryMs = 10 * 60_000;

export interface Hook {
  readonly port: HookPort;
  readonly kinds: readonly NewsKind[];
}

export type Warn = (hook: string, sentence: string, remedy: string | undefined) => void;

export class Hooks {
  private readonly lines: readonly Line[];
  private readonly unsubscribe: () => void;

  constructor(hooks: readonly Hook[], monitor: Monitor, clock: ClockPort, warn: Warn) {
    this.lines = hooks.map((hook) => new Line(hook, clock, warn));
    const newsroom = new Newsroom();
    this.unsubscribe = monitor.subscribe((change) => {
      if (hooks.length === 0) return;
      for (const news of newsroom.newsOf(change)) for (const line of this.lines) line.add(news);
    });
  }

  /** Takes no more news, and tells what waits; what is not told some seconds later is left out. */
  async end(): Promise<void> {
    this.unsubscribe();
    await Promise.all(this.lines.map((line) => line.end()));
  }
}

/** What one hook is still to be told. */
class Line {
  private readonly hook: Hook;
  private readonly clock: ClockPort;
  private readonly warn: Warn;
  private readonly waiting: News[] = [];
  private running: Promise<void> | undefined;
  private leftOut = 0;
  private failed = 0;
  private warnedAtMs = Number.NEGATIVE_INFINITY;
  private readonly hurry = new AbortController();

  constructor(hook: Hook, clock: ClockPort, warn: Warn) {
    this.hook = hook;
    this.clock = clock;
    this.warn = warn;
  }

  add(news: News): void {
    if (!this.hook.kinds.includes(news.kind)) return;
    this.waiting.push(news);
    if (this.waiting.length > mostWaiting) {
      this.waiting.shift();
      this.leftOut += 1;
    }
    this.running ??= this.tellAll();
  }

  async end(): Promise<void> {
    if (this.running === undefined) return;
    const over = new AbortController();
    const running = this.running.finally(() => {
      over.abort();
    });
    await this.clock.sleep(endingMs, over.signal);
    this.hurry.abort();
    await running;
  }

  private async tellAll(): Promise<void> {
    for (let news = this.waiting.shift(); news !== undefined; news = this.waiting.shift()) {
      await this.tell(news);
      // A hook that hangs must not hold up the end for each of a hundred.
      if (this.hurry.signal.aborted) break;
    }
    this.running = undefined;
  }

  private async tell(news: News): Promise<void> {
    try {
      await this.hook.port.send(news, this.hurry.signal);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.failed += 1;
      this.complain(error);
    }
  }

  private complain(fault: Fault): void {
    const nowMs = this.clock.nowMs();
    if (Math.abs(nowMs - this.warnedAtMs) < warnEveryMs) return;
    const times = this.failed === 1 ? '' : ` (${this.failed} times since it was told last)`;
    const lost = this.leftOut === 0 ? '' : `; ${this.leftOut} pieces of news were left out`;
    this.warn(this.hook.port.name, `${fault.message}${times}${lost}`, fault.remedy);
    this.warnedAtMs = nowMs;
    this.failed = 0;
    this.leftOut = 0;
  }
}
