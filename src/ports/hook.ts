/** The port to those whom the user wants to be told: a command of theirs, or a server. */

import type { News } from '../core/news.ts';

export interface HookPort {
  /** For messages: which hook it is. */
  readonly name: string;

  /**
   * Tells one piece of news. Rejects with a `Fault` where it was not taken, within a bounded time or as soon as the signal is
   * given; never waits longer.
   */
  send(news: News, signal: AbortSignal): Promise<void>;
}
