/** The daemon: looks, decides and acts at its own pace until it is told to stop, and waits for no transfer. */

import { Fault } from '../core/fault.ts';
import type { Drive } from './engine.ts';
import { Engine } from './engine.ts';
import { LoadPace } from './load-pace.ts';
import { Pace } from './pace.ts';
import { Troubles } from './troubles.ts';

/**
 * Runs until `signal`; then transfers are ended, resumable. Rejects with nothing but mistakes of ours: what the world
 * refuses is told once, and tried again at the daemon's pace.
 */
export async function runDaemon(drive: Drive): Promise<void> {
  const { ports, nudge } = drive;
  const engine = new Engine(drive, new LoadPace());
  const pace = new Pace();
  const troubles = new Troubles(ports.reporter);
  const takeTurn = async (): Promise<number> => {
    const startedAtMs = ports.clock.nowMs();
    const turn = await engine.turn();
    troubles.look(turn.snapshot);
    return pace.after(turn, ports.clock.nowMs() - startedAtMs - turn.waitedMs);
  };
  const take = (error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    troubles.fault(error);
    drive.monitor.breakOff(error, ports.clock.nowMs());
  };
  try {
    while (!engine.isStopped()) {
      const pauseMs = await takeTurn().catch(take);
      if (pauseMs !== undefined) await nudge.pause(ports.clock, pauseMs);
      // No nudge shortens it: jobs that end in a fault give one each, and would be begun anew at once, and end again.
      else await ports.clock.sleep(pace.afterFault(), drive.signal);
    }
  } finally {
    await engine.end().catch(take);
  }
}
