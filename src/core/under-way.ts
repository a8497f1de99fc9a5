/** What is under way for one torrent: its transfers and proofs, several at once where they are about different files. */

import type { WaitReason } from './action.ts';
import type { Job } from './snapshot.ts';

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

/** Indices of the files that they are about. */
export function filesUnderWay(jobs: readonly Job[]): ReadonlySet<number> {
  return new Set(jobs.flatMap(({ files }) => files));
}
