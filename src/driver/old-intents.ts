/** Intents of torrents that are none of ours any more: their .torrent was taken away by hand before the step was finished. */

import { Fault } from '../core/fault.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Ports } from './ports.ts';

/** The .torrent may come back, or its directory be mounted again: until then the intent alone says where the data lies. */
const keptMs = 30 * 86_400_000;

/** Forgets what rtorrent can tell by itself, and what nobody has come back to for long. Where that cannot be, it is done later. */
export async function forgetOldIntents(
  { managed, rtorrent, ledger: known, takenAtMs }: Snapshot,
  { ledger }: Pick<Ports, 'ledger'>,
): Promise<void> {
  if (!rtorrent.seen) return;
  for (const [infohash, { atMs }] of known.intents) {
    const isOld = takenAtMs - atMs > keptMs || rtorrent.value.torrents.has(infohash);
    if (managed.has(infohash) || !isOld) continue;
    try {
      await ledger.clearIntent(infohash);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
}
