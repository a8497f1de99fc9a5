/** What is under way for one torrent: its transfers and proofs, several at once where they are about different files. */

import type { Plan, WaitReason } from './action.ts';
import type { Job, Snapshot } from './snapshot.ts';
import { hasNoShare } from './stream-share.ts';
import { isPaused } from './wishes.ts';

/** The reason to wait that they are, all of them as one; undefined where there are none. */
export function waitForJobs(jobs: readonly Job[]): WaitReason | undefined {
  if (jobs.length === 0) return undefined;
  return {
    kind: 'job',
    job: foremost(jobs),
    doneBytes: jobs.reduce((sum, { doneBytes }) => sum + doneBytes, 0),
    totalBytes: jobs.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
  };
}

function foremost(jobs: readonly Job[]): Job['kind'] {
  const kinds = new Set(jobs.map(({ kind }) => kind));
  return (['stream', 'ship'] as const).find((kind) => kinds.has(kind)) ?? 'prove';
}

/**
 * Whether a transfer has handed over its last byte: what follows until its end costs the link next to nothing, and
 * the next one may begin meanwhile. The last proof of a stream reads all of it on the remote, which may take as long as a transfer.
 */
export function isEnding({ kind, doneBytes, totalBytes, stream }: Job): boolean {
  return kind === 'stream' ? stream?.windowBytes === 0 : kind === 'ship' && doneBytes >= totalBytes;
}

/** Indices of the files that they are about. */
export function filesUnderWay(jobs: readonly Job[]): ReadonlySet<number> {
  return new Set(jobs.flatMap(({ files }) => files));
}

/** Whether it is to end: its torrent was paused or taken away, or a stream has no room any more. */
export function isOver(job: Job, snapshot: Snapshot, plan: Plan): boolean {
  const { managed, ledger } = snapshot;
  if (!managed.has(job.infohash) || isPaused(job.infohash, ledger.wishes)) return true;
  return hasNoShare(job, snapshot, plan);
}
