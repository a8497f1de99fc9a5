/** The live screen without a daemon: looks at the world itself, and writes into the ledger what the keys ask for. */

import { Seedbox } from '../../adapters/seedbox.ts';
import { Fault } from '../../core/fault.ts';
import { carryOut } from '../../driver/commands.ts';
import { look, reportOfLook } from '../commands/look.ts';
import type { Context } from '../context.ts';
import { openLedger } from '../wiring.ts';
import type { ScreenSource } from './source.ts';

const leastPauseMs = 3_000;
/** A look is work for rtorrent and the disks: it takes at most this part of the time. */
const mostShare = 0.2;

export function ownLooks(context: Context): ScreenSource {
  const { configuration, places } = context;
  return {
    report: async () => reportOfLook(context, await look(context)),
    tell: async (command) => {
      const ledger = openLedger(configuration, places, false);
      try {
        const seedbox = new Seedbox(configuration.managedDirectory);
        const outcome = await carryOut(command, { seedbox, ledger });
        if (outcome.kind === 'failed') throw new Fault('failed', outcome.message, outcome.remedy);
        return outcome.detail;
      } finally {
        await ledger.close();
      }
    },
    pauseMs: (tookMs) => Math.max(leastPauseMs, tookMs / mostShare),
  };
}
