/** The window of a stream under way, which follows what is left to it: wider at once, narrower when nothing can overrun it. */

import type { StreamWindow } from '../core/stream-rate.ts';
import { reactionMs, slackOf } from '../core/stream-rate.ts';

/** A window that the rate was set for. */
interface Told {
  readonly atMs: number;
  readonly bytes: number;
}

export class LiveWindow {
  private readonly first: StreamWindow;
  private readonly wantedBytes: () => number | undefined;
  private told: readonly Told[] = [];
  private boundBytes: number;

  /** `wantedBytes` is what is left to it at this moment; undefined for as much as at first. */
  constructor(first: StreamWindow, wantedBytes: () => number | undefined) {
    this.first = first;
    this.wantedBytes = wantedBytes;
    this.boundBytes = first.windowBytes;
  }

  /** What it is to keep within from now on. */
  get wanted(): StreamWindow {
    return this.of(this.wantedBytes() ?? this.first.windowBytes);
  }

  /** What it may still come to take, and others may not have: never less than what is wanted. */
  get held(): StreamWindow {
    return this.of(Math.max(this.wanted.windowBytes, this.boundBytes));
  }

  /**
   * The rate was just set for this window, while so much is allocated. What came in at earlier rates is here once the time to
   * react is over; from then on what is beyond the narrower window is given back as it is freed.
   */
  tell({ windowBytes }: StreamWindow, allocatedBytes: number, nowMs: number): void {
    const heldBytes = Math.max(windowBytes, this.boundBytes);
    // A clock that was set back lets nothing count for longer.
    const earlier = this.told.map(({ atMs, bytes }) => ({ atMs: Math.min(atMs, nowMs), bytes }));
    const current = earlier.findLastIndex(({ atMs }) => nowMs - atMs >= reactionMs);
    this.told = [...earlier.slice(Math.max(0, current)), { atMs: nowMs, bytes: windowBytes }];
    const stillBytes = this.told.reduce((most, { bytes }) => Math.max(most, bytes), 0);
    const hereBytes = Math.min(heldBytes, allocatedBytes + slackOf(this.first));
    this.boundBytes = Math.max(stillBytes, current === -1 ? heldBytes : hereBytes);
  }

  private of(windowBytes: number): StreamWindow {
    return { ...this.first, windowBytes };
  }
}
