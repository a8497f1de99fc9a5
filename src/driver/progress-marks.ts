/** Keeps the marks of progress: how far each torrent had come, so that a later look, or a later process, sees a stall. */

import { Fault } from '../core/fault.ts';
import type { Policy } from '../core/policy.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { progressChange } from '../core/stall.ts';
import type { Ports } from './ports.ts';

/** Writes what has changed, which is seldom. Where that cannot be, nothing is lost but time: a stall is seen later. */
export async function keepProgress(
  { managed, rtorrent, ledger: known, takenAtMs }: Snapshot,
  policy: Policy,
  { ledger }: Pick<Ports, 'ledger'>,
): Promise<void> {
  if (!rtorrent.seen) return;
  const { marks, moving } = progressChange(rtorrent.value, managed, known, policy, takenAtMs);
  try {
    if (marks.size > 0) await ledger.recordProgress(marks);
    for (const infohash of moving) await ledger.clearFailure(infohash);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
