/** The decision about one torrent that has something in rtorrent, on the disk or in the ledger. */

import type { Action, WaitReason } from './action.ts';
import { selectedFiles } from './budget.ts';
import type { MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import { isFetchedInParts, partsMode } from './parts.ts';
import { isFileComplete } from './pieces.ts';
import { wholeReceipt } from './prove.ts';
import { inFileOrder, purge, purgeLeftovers, purgeOrRetire } from './purge.ts';
import { isResting } from './retry.ts';
import { isAllHere, seeding, seedsOn } from './seed.ts';
import { filesDue, placeElsewhere, shipOrProve } from './ship.ts';
import type { Situation } from './situation.ts';
import type { RtorrentTorrent } from './snapshot.ts';
import type { Surroundings } from './surroundings.ts';
import { waitForJobs } from './under-way.ts';
import { isPaused } from './wishes.ts';

/** What cannot be decided for one torrent alone, because several want the same space. */
export interface Candidate {
  /** Not in rtorrent: to be loaded whole, or in parts; or closed by the low-diskspace guard, to be started again. */
  readonly kind: 'load-whole' | 'load-parts' | 'restart';
}

/** What to do about one torrent, by looking at it alone. */
export function decide(situation: Situation, around: Surroundings): Action | WaitReason | Candidate {
  const { loaded, jobs, failure, receipts, managed } = situation;
  const underWay = waitForJobs(jobs);
  if (underWay !== undefined) return besideJobs(situation, around) ?? underWay;
  if (isPaused(managed.metainfo.infohash, around.snapshot.ledger.wishes)) return { kind: 'paused' };
  if (isResting(failure, around.snapshot.takenAtMs)) return { kind: 'retry', failure };
  const whole = wholeReceipt(managed.metainfo, receipts);
  if (whole !== undefined) return seedsOn(situation, around) ?? purgeOrRetire(situation, whole, around);
  const inParts = isFetchedInParts(situation, around.space, around.policy, around.blockBytes);
  const cleanup = loaded === undefined ? purgeLeftovers(situation, around) : undefined;
  if (cleanup !== undefined) return cleanup;
  if (loaded === undefined) return { kind: inParts ? 'load-parts' : 'load-whole' };
  if (loaded.isHashing) return { kind: 'hashing' };
  return inParts ? decideInParts(situation, loaded, around) : decideWhole(situation, loaded, around);
}

/**
 * What goes on while transfers of the torrent are under way: of one that is fetched in parts, one batch is proved while the
 * next one is sent.
 */
function besideJobs(situation: Situation, around: Surroundings): Action | undefined {
  const { loaded, failure, managed } = situation;
  if (isPaused(managed.metainfo.infohash, around.snapshot.ledger.wishes)) return undefined;
  if (loaded?.mode !== partsMode || !loaded.isActive) return undefined;
  if (isResting(failure, around.snapshot.takenAtMs)) return undefined;
  // A proof may move the torrent to another place, as long as nothing is proved: nothing else goes out meanwhile.
  if (placeElsewhere(situation, around.snapshot.ledger) !== undefined) return undefined;
  if (filesDueIn(situation, around).length === 0) return undefined;
  const decision = ship(situation, around);
  return decision.kind === 'ship' || decision.kind === 'prove' ? decision : undefined;
}

function decideWhole(
  situation: Situation,
  loaded: RtorrentTorrent,
  around: Surroundings,
): Action | WaitReason | Candidate {
  // A purge was cut short and its proofs are lost, or somebody deleted files: closed as it is, it would stay so for ever.
  const isGutted = loaded.isComplete && !loaded.isOpen && !isAllHere(situation);
  if (isGutted) return unload(situation);
  if (filesDueIn(situation, around).length > 0) return ship(situation, around);
  if (!loaded.isStarted) return { kind: 'stopped' };
  if (loaded.isComplete) return seeding(situation, loaded, around, false);
  if (!loaded.isActive) return { kind: 'restart' };
  if (loaded.isPartiallyDone) return { kind: 'partly-wanted' };
  return {
    kind: 'downloading',
    doneBytes: loaded.completedBytes,
    totalBytes: situation.managed.metainfo.totalBytes,
  };
}

function decideInParts(
  situation: Situation,
  loaded: RtorrentTorrent,
  around: Surroundings,
): Action | WaitReason {
  const { detail, managed, receipts } = situation;
  if (loaded.mode !== partsMode) return unload(situation);
  if (detail === undefined) return { kind: 'details-unseen' };
  const selected = selectedFiles(detail);
  const wanted = contentFiles(managed.metainfo).filter((file) => selected.has(file.index));
  if (wanted.length === 0) return unload(situation);
  if (wanted.every((file) => receipts.has(file.index))) {
    // What went with earlier batches is not asked about again: it is not here, and nothing hangs on it now.
    const isAtStake = (index: number): boolean =>
      selected.has(index) || situation.local?.files[index] !== undefined;
    const atStake = inFileOrder(receipts).filter(({ fileIndex }) => isAtStake(fileIndex));
    return purge(situation, atStake, around);
  }
  if (!loaded.isStarted) return { kind: 'stopped' };
  // Closed by the low-diskspace guard, or its files are not as we said: start anew from what the disk really holds.
  if (!loaded.isActive) return unload(situation);
  if (filesDueIn(situation, around).length > 0) return ship(situation, around);
  const done = wanted.filter((file) => isFileComplete(managed.metainfo, file, detail.pieces));
  return { kind: 'batch', files: wanted.length, doneBytes: lengthOf(done), totalBytes: lengthOf(wanted) };
}

function unload({ managed, directory, loaded }: Situation): Action | WaitReason {
  if (directory !== undefined) return { kind: 'unload', managed, directory };
  return { kind: 'place-unknown', reported: loaded?.reportedDirectory ?? managed.metainfo.name };
}

function filesDueIn(situation: Situation, { snapshot, policy }: Surroundings): readonly MetainfoFile[] {
  return filesDue(situation, policy, snapshot.takenAtMs);
}

function ship(situation: Situation, around: Surroundings): Action | WaitReason {
  return shipOrProve(situation, filesDueIn(situation, around), around.snapshot, around.policy);
}

function lengthOf(files: readonly MetainfoFile[]): number {
  return files.reduce((sum, file) => sum + file.lengthBytes, 0);
}
