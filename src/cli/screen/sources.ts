/** Where the live screen has its pictures from: the daemon where one answers, else looks of our own. */

import { Fault } from '../../core/fault.ts';
import { carryOutWherever } from '../commands/carry-out.ts';
import { currentReport } from '../commands/present.ts';
import type { Context } from '../context.ts';
import type { ScreenSource } from './source.ts';

/** The daemon has its picture ready; a look of our own is work for rtorrent and the disks. */
const leastPauseMs = { daemon: 1_000, look: 3_000 };
/** A picture takes at most this part of the time. */
const mostShare = 0.2;

/** Asked anew for each picture: daemons come and go. */
export function screenSource(context: Context): ScreenSource {
  let isDaemon = false;
  return {
    report: async () => {
      const report = await currentReport(context);
      isDaemon = report.driver.kind !== 'look';
      return report;
    },
    tell: async (command) => {
      const outcome = await carryOutWherever(context, command);
      if (outcome.kind === 'failed') throw new Fault('failed', outcome.message, outcome.remedy);
      return outcome.detail;
    },
    pauseMs: (tookMs) => Math.max(isDaemon ? leastPauseMs.daemon : leastPauseMs.look, tookMs / mostShare),
  };
}
