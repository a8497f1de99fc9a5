/** A nudge: it means "look now", and nothing else. Whatever happened is found by looking. */

import type { ClockPort } from '../ports/runtime.ts';

export class Nudge {
  private isGiven = false;
  private wake: AbortController | undefined;

  /** Ends the pause under way, or else the next one before it begins. */
  readonly give = (): void => {
    this.isGiven = true;
    this.wake?.abort();
  };

  /** Lets the time pass, or less where a nudge comes, or came since the pause before. */
  async pause(clock: ClockPort, milliseconds: number): Promise<void> {
    if (!this.isGiven) {
      this.wake = new AbortController();
      await clock.sleep(milliseconds, this.wake.signal);
      this.wake = undefined;
    }
    this.isGiven = false;
  }
}
