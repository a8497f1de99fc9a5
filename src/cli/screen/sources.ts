/** Where the live screen has its pictures from: it listens to the daemon where one answers, else it looks by itself. */

import { Fault } from '../../core/fault.ts';
import { reportAfter } from '../../dashboard/difference.ts';
import type { StatusReport } from '../../driver/report.ts';
import { carryOutWherever } from '../commands/carry-out.ts';
import { currentSighting, sightingOfDaemon } from '../commands/present.ts';
import type { Sighting } from '../commands/present.ts';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import { controlSocketPath } from '../places.ts';
import type { ScreenListener, ScreenSource } from './source.ts';

/** Before anything is tried again: a look of our own is work for rtorrent and the disks. */
const leastRestMs = { daemon: 1_000, look: 3_000 };
/** A look of our own takes at most this part of the time. */
const mostShare = 0.2;

export function screenSource(context: Context): ScreenSource {
  const client = new ControlClient(controlSocketPath(context.places, context.managedDirectory));
  let wake: () => void = () => undefined;
  const rest = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (signal.aborted) wake();
      signal.addEventListener('abort', wake, { once: true });
    });
    signal.removeEventListener('abort', wake);
  };
  return {
    watch: async (first, listener, signal) => {
      let sighting: Sighting | undefined = first;
      let tookMs = 0;
      for (;;) {
        const isDaemon = sighting !== undefined && sighting.report.driver.kind !== 'look';
        if (isDaemon) await attempt(() => listen(client, listener, signal), listener);
        await rest(isDaemon ? leastRestMs.daemon : Math.max(leastRestMs.look, tookMs / mostShare), signal);
        if (signal.aborted) return;
        // Asked anew each time: daemons come and go.
        const startedAt = performance.now();
        sighting = await attempt(() => currentSighting(context), listener);
        tookMs = performance.now() - startedAt;
        if (sighting !== undefined) listener.seen(sighting);
      }
    },
    tell: async (command) => {
      const outcome = await carryOutWherever(context, command);
      wake();
      if (outcome.kind === 'failed') throw new Fault('failed', outcome.message, outcome.remedy);
      return outcome.detail;
    },
  };
}

/** Until the daemon ends, or the signal is given. */
async function listen(client: ControlClient, listener: ScreenListener, signal: AbortSignal): Promise<void> {
  let report: StatusReport | undefined;
  await client.watch((message) => {
    report = reportAfter(report, message);
    if (report !== undefined) listener.seen(sightingOfDaemon(client, report));
  }, signal);
}

/** Undefined where a `Fault` came in between: anything else is a mistake of ours, and ends the program. */
async function attempt<T>(look: () => Promise<T>, listener: ScreenListener): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    listener.missed(error);
    return undefined;
  }
}
