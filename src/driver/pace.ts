/** The pace of the driver: at once after an action, about a second while anything moves, ever slower while nothing does. */

import type { Turn } from './engine.ts';

const quickestMs = 1_000;
const slowestMs = 30_000;
const slowingDown = 1.5;
/** Where a look takes long, as with thousands of torrents, looking takes no more than this part of the time. */
const longestShare = 0.05;
/** After so many turns in a row, each with an action, something goes round in circles. */
const mostAtOnce = 30;

export class Pace {
  private pauseMs = 0;
  private atOnce = 0;

  /** How long to wait after a turn that took so long. */
  after(turn: Turn, tookMs: number): number {
    const { done, stale, failed } = turn.count;
    this.atOnce = turn.hasActed ? this.atOnce + 1 : 0;
    const isWorthIt = done > 0 || (stale === 0 && failed === 0);
    if (turn.hasActed && isWorthIt && this.atOnce <= mostAtOnce) {
      this.pauseMs = 0;
      return 0;
    }
    const isQuick = this.pauseMs === 0 || (isMoving(turn) && !turn.hasActed);
    return this.pausing(isQuick ? quickestMs : this.pauseMs * slowingDown, tookMs);
  }

  /** How long to wait after a turn that broke off. */
  afterFault(): number {
    return this.pausing(Math.max(quickestMs, this.pauseMs * slowingDown), 0);
  }

  private pausing(wantedMs: number, tookMs: number): number {
    this.pauseMs = Math.min(slowestMs, wantedMs);
    return Math.min(slowestMs, Math.max(this.pauseMs, tookMs / longestShare));
  }
}

/** Whether bytes move that decisions wait for. */
function isMoving({ snapshot, plan }: Turn): boolean {
  if (snapshot.jobs.length > 0 || plan.actions.length > 0) return true;
  if (!snapshot.rtorrent.seen) return false;
  for (const {
    infohash,
    isHashing,
    isComplete,
    downRateBytesPerSecond,
  } of snapshot.rtorrent.value.torrents.values()) {
    const isComing = isHashing || (!isComplete && downRateBytesPerSecond > 0);
    if (isComing && snapshot.managed.has(infohash)) return true;
  }
  return false;
}
