/** Commands: what the user tells the driver about torrents. They are written to the ledger, and the next look heeds them. */

import type { Outcome } from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import type { Infohash, ManagedTorrent } from '../core/metainfo.ts';
import type { Priority } from '../core/priority.ts';
import { countOf } from '../core/units.ts';
import { outcomeOf } from './act.ts';
import type { Ports } from './ports.ts';

export type Command =
  /** Leave it alone, go on with it, try again now what rests. */
  | {
      readonly kind: 'pause' | 'resume' | 'retry';
      /** Undefined for all there are; all that come later are paused as well then. */
      readonly infohash: Infohash | undefined;
    }
  | { readonly kind: 'priority'; readonly infohash: Infohash; readonly priority: Priority };

/**
 * Carries it out: durably written when it resolves, and safe beside a driver that is running. Idempotent. Needs no look at
 * rtorrent or the remote. `failed` where no managed torrent has the infohash, or where it cannot be written.
 */
export async function carryOut(
  command: Command,
  { seedbox, ledger }: Pick<Ports, 'seedbox' | 'ledger'>,
): Promise<Outcome> {
  return await outcomeOf(async () => {
    const { managed } = await seedbox.scan();
    const { infohash } = command;
    if (infohash !== undefined && !managed.has(infohash)) {
      return {
        kind: 'failed',
        message: `no managed torrent has the infohash ${infohash}`,
        remedy: 'status names all there are',
      };
    }
    const subject = infohash === undefined ? 'all torrents' : nameIn(managed, infohash);
    switch (command.kind) {
      case 'pause':
        await ledger.setPaused(infohash, true);
        return `${subject}: paused; a transfer under way is ended, and goes on there when it is resumed`;
      case 'resume':
        return await resume(infohash, subject, managed, ledger);
      case 'retry':
        return await retry(infohash, subject, managed, ledger);
      case 'priority':
        await ledger.setPriority(command.infohash, command.priority);
        return `${subject}: priority ${command.priority}`;
    }
  });
}

async function resume(
  infohash: Infohash | undefined,
  subject: string,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
  ledger: Ports['ledger'],
): Promise<Outcome | string> {
  const { wishes } = await ledger.read(metainfosOf(managed));
  if (infohash !== undefined && wishes.isAllPaused) {
    return {
      kind: 'failed',
      message: 'everything is paused',
      remedy: 'resume all, then pause what is to rest',
    };
  }
  await ledger.setPaused(infohash, false);
  return `${subject}: resumed`;
}

/** Forgets failures, and with them the rest before the next attempt. */
async function retry(
  infohash: Infohash | undefined,
  subject: string,
  managed: ReadonlyMap<Infohash, ManagedTorrent>,
  ledger: Ports['ledger'],
): Promise<string> {
  const { failures } = await ledger.read(metainfosOf(managed));
  const resting = [...failures.keys()].filter((one) => infohash === undefined || one === infohash);
  for (const one of resting) await ledger.clearFailure(one);
  if (infohash !== undefined && resting.length === 0) return `${subject}: nothing of it has failed`;
  return infohash === undefined
    ? `${countOf(resting.length, 'torrent')} tried again at the next look`
    : `${subject}: tried again at the next look`;
}

function metainfosOf(managed: ReadonlyMap<Infohash, ManagedTorrent>): readonly ManagedTorrent['metainfo'][] {
  return [...managed.values()].map(({ metainfo }) => metainfo);
}

function nameIn(managed: ReadonlyMap<Infohash, ManagedTorrent>, infohash: Infohash): string {
  const metainfo = managed.get(infohash)?.metainfo;
  return metainfo === undefined ? infohash : displayText(metainfo.name);
}
