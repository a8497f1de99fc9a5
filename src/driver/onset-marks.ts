/** Keeps the onsets of problems, so that a later look, or a later process, knows since when each lasts. */

import { Fault } from '../core/fault.ts';
import { onsetChanges } from '../core/onset.ts';
import { problemsOf } from '../core/problems.ts';
import type { Moment } from './monitor.ts';
import type { Ports } from './ports.ts';

/** Writes what has changed, which is seldom. Where that cannot be, a problem seems younger than it is, and no more. */
export async function keepOnsets(
  { snapshot, plan }: Moment,
  { ledger }: Pick<Ports, 'ledger'>,
): Promise<void> {
  const { rtorrent, disk, remote, takenAtMs } = snapshot;
  const isAllSeen = rtorrent.seen && disk.seen && remote.seen;
  const ids = problemsOf(snapshot, plan).map(({ id }) => id);
  const changes = onsetChanges(ids, snapshot.ledger.onsets, isAllSeen, takenAtMs);
  if (changes.size === 0) return;
  try {
    await ledger.recordOnsets(changes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
