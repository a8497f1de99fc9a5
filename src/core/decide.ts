/** The decision about one torrent that has something in rtorrent, on the disk or in the ledger. */

import type { Action, WaitReason } from './action.ts';
import { selectedFiles } from './budget.ts';
import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import { closedMode, isFetchedInParts, partsMode, streamMode } from './parts.ts';
import { wholeReceipt } from './prove.ts';
import { purgeLeftovers, purgeOrRetire } from './purge.ts';
import { isResting, stallStep } from './retry.ts';
import { isAllHere, seeding, seedsOn } from './seed.ts';
import { filesDue, shipOrProve } from './ship.ts';
import { isStalled } from './set-aside.ts';
import type { Situation } from './situation.ts';
import type { Failure, RtorrentDetail, RtorrentTorrent } from './snapshot.ts';
import type { Surroundings } from './surroundings.ts';
import { waitForJobs } from './under-way.ts';
import { isPaused } from './wishes.ts';

/** What cannot be decided for one torrent alone, because several want the same space. */
export interface Candidate {
  /**
   * Not in rtorrent: to be loaded whole, or in parts; or closed by the low-diskspace guard, to be started again; or being
   * fetched in parts, to go on to further files; or being fetched whole, but nothing arrives.
   */
  readonly kind: 'load-whole' | 'load-parts' | 'restart' | 'window' | 'stall';
}

/** What to do about one torrent, by looking at it alone. */
export function decide(situation: Situation, around: Surroundings): Action | WaitReason | Candidate {
  const { loaded, jobs, failure, receipts, managed } = situation;
  const underWay = waitForJobs(jobs);
  if (underWay !== undefined) return goesOnBesideJobs(situation, around) ? { kind: 'window' } : underWay;
  // Its stream was cut short: what it claims to have may be gone, so that it is taken out, paused or not.
  if (loaded?.mode === streamMode) return unload(situation);
  if (isPaused(managed.metainfo.infohash, around.snapshot.ledger.wishes)) return { kind: 'paused' };
  if (isResting(failure, around.snapshot.takenAtMs)) return resting(situation, failure, around);
  const whole = wholeReceipt(managed.metainfo, receipts);
  if (whole !== undefined) return seedsOn(situation, around) ?? purgeOrRetire(situation, whole, around);
  const inParts = isFetchedInParts(situation, around.space, around.policy, around.blockBytes);
  const cleanup = loaded === undefined ? purgeLeftovers(situation, around) : undefined;
  if (cleanup !== undefined) return cleanup;
  if (loaded === undefined) return { kind: inParts ? 'load-parts' : 'load-whole' };
  if (loaded.isHashing) return { kind: 'hashing' };
  // A purge was cut short, and its proofs are lost since: what is left of it is loaded anew.
  if (loaded.mode === closedMode && !loaded.isComplete) return unload(situation);
  return inParts ? decideInParts(situation, loaded) : decideWhole(situation, loaded, around);
}

/** Of a torrent that is fetched in parts, one batch is proved while the next is sent, and further files are fetched. */
function goesOnBesideJobs(
  { loaded, detail, failure, managed }: Situation,
  { snapshot }: Surroundings,
): boolean {
  if (isPaused(managed.metainfo.infohash, snapshot.ledger.wishes)) return false;
  if (isResting(failure, snapshot.takenAtMs)) return false;
  if (loaded?.mode !== partsMode || detail === undefined) return false;
  const isRunning = loaded.isStarted && loaded.isActive && !loaded.isHashing && detail.isAsLoaded;
  return isRunning && hasSelection(detail, managed.metainfo);
}

/** What was set aside may hold space that it needs no more: of that, nothing has failed. */
function resting(situation: Situation, failure: Failure, around: Surroundings): Action | WaitReason {
  const isSetAside = failure.step === stallStep && situation.loaded === undefined;
  return (isSetAside ? purgeLeftovers(situation, around) : undefined) ?? { kind: 'retry', failure };
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
  // A purge was cut short, and what it had proved, or its duty, is lost since: we stopped it, nobody else.
  if (!loaded.isStarted) return loaded.mode === closedMode ? unload(situation) : { kind: 'stopped' };
  if (loaded.isComplete) return seeding(situation, loaded, around, false);
  if (!loaded.isActive) return { kind: 'restart' };
  if (loaded.isPartiallyDone) return { kind: 'partly-wanted' };
  if (isStalled(situation, around)) return { kind: 'stall' };
  return {
    kind: 'downloading',
    doneBytes: loaded.completedBytes,
    totalBytes: situation.managed.metainfo.totalBytes,
  };
}

function decideInParts(situation: Situation, loaded: RtorrentTorrent): Action | WaitReason | Candidate {
  const { detail, managed } = situation;
  if (loaded.mode !== partsMode) return unload(situation);
  if (detail === undefined) return { kind: 'details-unseen' };
  if (!hasSelection(detail, managed.metainfo)) return unload(situation);
  if (!loaded.isStarted) return { kind: 'stopped' };
  // Closed by the low-diskspace guard, or its files are not as we said: start anew from what the disk really holds.
  if (!loaded.isActive) return unload(situation);
  // rtorrent was started anew or told to check it: by what it knows now it would fetch things again, or take too much.
  if (!detail.isAsLoaded) return unload(situation);
  if (situation.directory === undefined) return unload(situation);
  return { kind: 'window' };
}

function hasSelection(detail: RtorrentDetail, metainfo: Metainfo): boolean {
  const selected = selectedFiles(detail);
  return contentFiles(metainfo).some(({ index }) => selected.has(index));
}

function unload({ managed, directory, loaded }: Situation): Action | WaitReason {
  if (directory !== undefined) return { kind: 'unload', managed, directory };
  return { kind: 'place-unknown', reported: loaded?.reportedDirectory ?? managed.metainfo.name };
}

function filesDueIn(situation: Situation, { snapshot, policy }: Surroundings): readonly MetainfoFile[] {
  return filesDue(situation, snapshot.ledger, policy, snapshot.takenAtMs);
}

function ship(situation: Situation, around: Surroundings): Action | WaitReason {
  return shipOrProve(situation, filesDueIn(situation, around), around.snapshot, around.policy);
}
