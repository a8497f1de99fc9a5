/** The decision about one torrent that has something in rtorrent, on the disk or in the ledger. */

import type { Action, WaitReason } from './action.ts';
import type { Space } from './budget.ts';
import { selectedFiles } from './budget.ts';
import type { Infohash, ManagedTorrent } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import { isFetchedInParts, partsMode } from './parts.ts';
import { isFileComplete } from './pieces.ts';
import type { Policy } from './policy.ts';
import { wholeReceipt } from './prove.ts';
import { purge, purgeOrRetire } from './purge.ts';
import { isResting } from './retry.ts';
import { filesDue, hasReachedRatio, shipOrProve } from './ship.ts';
import type { Situation } from './situation.ts';
import type { RtorrentView, Snapshot } from './snapshot.ts';

/** What the decision about one torrent needs to know beyond its own situation. */
export interface Surroundings {
  readonly snapshot: Snapshot;
  readonly view: RtorrentView;
  readonly managed: ReadonlyMap<Infohash, ManagedTorrent>;
  readonly policy: Policy;
  readonly space: Space;
  readonly blockBytes: number;
}

/** The torrent is not in rtorrent and wants to be: whole, or in parts. Decided together with the others, by space. */
export interface Candidate {
  readonly kind: 'candidate';
  readonly inParts: boolean;
}

/** What to do about one torrent, by looking at it alone. */
export function decide(situation: Situation, around: Surroundings): Action | WaitReason | Candidate {
  const { loaded, job, failure, receipts, managed } = situation;
  if (job !== undefined) {
    return { kind: 'job', job: job.kind, doneBytes: job.doneBytes, totalBytes: job.totalBytes };
  }
  if (isResting(failure, around.snapshot.takenAtMs)) return { kind: 'retry', failure };
  const whole = wholeReceipt(managed.metainfo, receipts);
  if (whole !== undefined) return purgeOrRetire(situation, whole, around.view, around.managed);
  const inParts = isFetchedInParts(situation, around.space, around.blockBytes);
  if (loaded === undefined) return { kind: 'candidate', inParts };
  return inParts ? decideInParts(situation, around) : decideWhole(situation, around);
}

function decideWhole(situation: Situation, around: Surroundings): Action | WaitReason {
  const { loaded, managed } = situation;
  if (loaded === undefined || loaded.isHashing) return { kind: 'hashing' };
  if (loaded.isComplete) {
    if (!hasReachedRatio(situation, around.policy)) {
      return {
        kind: 'ratio',
        ratio: loaded.ratioPermille / 1000,
        requiredRatio: around.policy.requiredRatio,
      };
    }
    return ship(situation, around);
  }
  if (!loaded.isStarted) return { kind: 'stopped' };
  if (!loaded.isActive) return startOrWait(situation, around);
  return {
    kind: 'downloading',
    doneBytes: loaded.completedBytes,
    totalBytes: managed.metainfo.totalBytes,
  };
}

function decideInParts(situation: Situation, around: Surroundings): Action | WaitReason {
  const { loaded, detail, managed, receipts } = situation;
  if (loaded?.mode !== partsMode) return { kind: 'unload', managed };
  if (loaded.isHashing || detail === undefined) return { kind: 'hashing' };
  const selected = selectedFiles(detail);
  const wanted = contentFiles(managed.metainfo).filter((file) => selected.has(file.index));
  if (wanted.every((file) => receipts.has(file.index))) {
    return purge(situation, [...receipts.values()], around.view, around.managed);
  }
  if (!loaded.isStarted) return { kind: 'stopped' };
  // Closed by the low-diskspace guard, or its files are not as we said: start anew from what the disk really holds.
  if (!loaded.isActive) return { kind: 'unload', managed };
  if (filesDue(situation, around.policy).length > 0) return ship(situation, around);
  const done = wanted.filter((file) => isFileComplete(managed.metainfo, file, detail.pieces));
  const bytes = (files: typeof wanted): number => files.reduce((sum, file) => sum + file.lengthBytes, 0);
  return { kind: 'batch', files: wanted.length, doneBytes: bytes(done), totalBytes: bytes(wanted) };
}

function ship(situation: Situation, around: Surroundings): Action | WaitReason {
  const { snapshot, policy } = around;
  return shipOrProve(situation, filesDue(situation, policy), snapshot.remote, snapshot.ledger);
}

/** rtorrent closed it although it is meant to run; it starts again once all that it may still take is free. */
function startOrWait(situation: Situation, { space }: Surroundings): Action | WaitReason {
  const needBytes = situation.committedBytes - situation.allocatedBytes;
  const roomBytes = Math.max(0, space.freeBytes - space.reserveBytes);
  return needBytes <= roomBytes
    ? { kind: 'start', managed: situation.managed }
    : { kind: 'low-diskspace', needBytes, roomBytes };
}
