/**
 * The pace of the driver: at once after an action, about a second while anything moves, or when a torrent is about to be whole,
 * ever slower while nothing moves.
 */

import type { Turn } from './engine.ts';
import { FirstWhole } from './first-whole.ts';

const quickestMs = 1_000;
const slowestMs = 30_000;
/** So much sooner than a second a look may come for a torrent that will be whole. */
const soonestMs = 100;
/** What is looked at a little too early has to be looked at again. */
const afterWholeMs = 50;
const slowingDown = 1.5;
/** Where a look takes long, as with thousands of torrents, looking takes no more than this part of the time. */
const longestShare = 0.05;
/** After so many turns in a row, each with an action, something goes round in circles. */
const mostAtOnce = 30;

export class Pace {
  private pauseMs = 0;
  private atOnce = 0;
  private readonly firstWhole = new FirstWhole();

  /** How long to wait after a turn that took so long, without what it waited for the remote while it looked. */
  after(turn: Turn, tookMs: number): number {
    const { done, stale, failed } = turn.count;
    this.atOnce = turn.hasActed ? this.atOnce + 1 : 0;
    const wholeInMs = this.firstWhole.after(turn.snapshot);
    const isWorthIt = done > 0 || (stale === 0 && failed === 0);
    if (turn.hasActed && isWorthIt && this.atOnce <= mostAtOnce) {
      this.pauseMs = 0;
      return 0;
    }
    const isQuick = this.pauseMs === 0 || (isMoving(turn) && !turn.hasActed);
    const pauseMs = this.pausing(isQuick ? quickestMs : this.pauseMs * slowingDown, tookMs);
    if (!isQuick) return pauseMs;
    const dueMs = Math.max(soonestMs, wholeInMs + afterWholeMs, tookMs / longestShare);
    return Math.min(pauseMs, Math.ceil(dueMs));
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
