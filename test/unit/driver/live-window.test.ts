/** The window of a stream that follows what is left to it: others get nothing of it that could still be overrun. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reactionMs, slackOf } from '../../../src/core/stream-rate.ts';
import { LiveWindow } from '../../../src/driver/live-window.ts';

const first = { windowBytes: 1_000_000, pieceLengthBytes: 1_000, blockBytes: 100 };
const slack = slackOf(first);

class Live {
  wantedBytes: number | undefined = undefined;
  readonly window = new LiveWindow(first, () => this.wantedBytes);

  /** The rate is set; answers with what is held afterwards. */
  tell(allocatedBytes: number, nowMs: number): number {
    this.window.tell(this.window.wanted, allocatedBytes, nowMs);
    return this.held;
  }

  get held(): number {
    return this.window.held.windowBytes;
  }
}

describe('a live window', () => {
  it('is as at first until another is wanted', () => {
    const live = new Live();
    assert.equal(live.tell(0, 0), 1_000_000);
    assert.equal(live.tell(0, 10 * reactionMs), 1_000_000);
  });

  it('is wider at once', () => {
    const live = new Live();
    live.tell(0, 0);
    live.wantedBytes = 2_000_000;
    assert.equal(live.held, 2_000_000);
    assert.equal(live.window.wanted.windowBytes, 2_000_000);
  });

  it('holds what it had until the narrower one has been told for long enough', () => {
    const live = new Live();
    live.tell(900_000, 0);
    live.tell(900_000, 10_000);
    live.wantedBytes = 400_000;
    assert.equal(live.window.wanted.windowBytes, 400_000);
    assert.equal(live.tell(900_000, 10_200), 1_000_000);
    assert.equal(live.tell(100_000, 10_200 + reactionMs - 1), 1_000_000);
    assert.equal(live.tell(100_000, 10_200 + reactionMs), 400_000);
  });

  it('holds what is here, and gives that back as it is freed', () => {
    const live = new Live();
    live.tell(900_000, 0);
    live.wantedBytes = 400_000;
    live.tell(900_000, 1_000);
    assert.equal(live.tell(900_000, 1_000 + reactionMs), 900_000 + slack);
    assert.equal(live.tell(700_000, 1_200 + reactionMs), 700_000 + slack);
    // Nothing of it comes back, whatever is measured.
    assert.equal(live.tell(800_000, 1_400 + reactionMs), 700_000 + slack);
    assert.equal(live.tell(100_000, 1_600 + reactionMs), 400_000);
  });

  it('that falls step by step follows each step in its time', () => {
    const live = new Live();
    live.tell(0, 0);
    for (let step = 1; step <= 5; step += 1) {
      live.wantedBytes = 1_000_000 - step * 100_000;
      live.tell(0, step * 1_000);
    }
    assert.equal(live.tell(0, 3_000 + reactionMs), 700_000);
    assert.equal(live.tell(0, 5_000 + reactionMs), 500_000);
  });

  it('that was narrower for a moment alone gave nothing away', () => {
    const live = new Live();
    live.tell(900_000, 0);
    live.wantedBytes = 400_000;
    live.tell(900_000, 1_000);
    live.wantedBytes = 1_000_000;
    live.tell(900_000, 2_000);
    assert.equal(live.tell(900_000, 2_000 + reactionMs), 1_000_000);
  });

  it('outlives a clock that was set back', () => {
    const live = new Live();
    live.tell(0, 1_000_000);
    live.wantedBytes = 400_000;
    assert.equal(live.tell(0, 500), 1_000_000);
    assert.equal(live.tell(0, 500 + reactionMs), 400_000);
  });
});
