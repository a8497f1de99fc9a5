/** Has a command carried out: by the daemon where one answers, which looks at once, else by writing to the ledger. */

import { Seedbox } from '../../adapters/seedbox.ts';
import type { Outcome } from '../../core/action.ts';
import type { Command } from '../../driver/commands.ts';
import { carryOut } from '../../driver/commands.ts';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import { controlSocketPath } from '../places.ts';
import { openLedger } from '../wiring.ts';

/** Rejects with a `Fault` where a daemon answers, but not as it should, or where the ledger cannot be opened. */
export async function carryOutWherever(context: Context, command: Command): Promise<Outcome> {
  const { managedDirectory, places } = context;
  const client = new ControlClient(controlSocketPath(places, managedDirectory));
  const outcome = await client.tell(command);
  if (outcome !== undefined) return outcome;
  const ledger = openLedger(context.configuration, places, false);
  try {
    return await carryOut(command, { seedbox: new Seedbox(managedDirectory), ledger });
  } finally {
    await ledger.close();
  }
}
