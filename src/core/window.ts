/** The window of a torrent that is fetched in parts: sent as its files finish, widened while it downloads, rolled in between. */

import type { Action, Extend, Roll, WaitReason } from './action.ts';
import type { Window } from './budget.ts';
import { growthCeiling, selectedFiles } from './budget.ts';
import type { ByteString } from './bytes.ts';
import type { Draft } from './draft.ts';
import type { MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import { byProgress, keepsTurn } from './parts.ts';
import { isFileComplete } from './pieces.ts';
import { neighboursOf, rootPath } from './overlap.ts';
import { inFileOrder, purge } from './purge.ts';
import { isRollDue, leaving, without } from './roll.ts';
import { nextBatch } from './select.ts';
import { transferDue } from './ship.ts';
import { isStalled } from './set-aside.ts';
import type { Situation } from './situation.ts';
import type { RtorrentDetail } from './snapshot.ts';
import type { Surroundings } from './surroundings.ts';
import { filesUnderWay, waitForJobs } from './under-way.ts';

/** What there is of it, and what comes next. */
interface View {
  readonly situation: Situation;
  readonly directory: ByteString;
  readonly detail: RtorrentDetail;
  readonly selected: ReadonlySet<number>;
  /** Selected and not proved. */
  readonly wanted: readonly MetainfoFile[];
  /** Those of them that are whole. */
  readonly done: readonly MetainfoFile[];
  /** Neither selected, nor proved, nor on its way to the remote. */
  readonly rest: readonly MetainfoFile[];
}

const slotLacking: WaitReason = { kind: 'transfer-slot' };

/**
 * What becomes of the torrents that are being fetched in parts. One of them goes on to further files, within its own space
 * and the room that is left: the one with the fewest bytes to go. The others end with the files that they have. Those of
 * which nothing arrives are added to `stalled`. Answers whether the turn is taken.
 */
export function moveWindows(
  candidates: readonly Situation[],
  roomBytes: number,
  around: Surroundings,
  draft: Draft,
  stalled: Situation[],
): boolean {
  let isTurnTaken = false;
  for (const situation of [...candidates].sort(byProgress)) {
    const transfer = transferDue(situation, around);
    if (transfer === undefined && situation.jobs.length === 0 && isStalled(situation, around)) {
      stalled.push(situation);
      isTurnTaken = true;
      continue;
    }
    const isTaken = transfer !== undefined && 'managed' in transfer && draft.takes(transfer);
    const decision = isTaken
      ? transfer
      : decideOn(situation, transfer, isTurnTaken ? undefined : roomBytes, around);
    if (!isTaken) draft.add(situation, decision);
    isTurnTaken ||= keepsTurn(decision.kind);
  }
  return isTurnTaken;
}

/** Where no transfer begins. Undefined room is for one that has not the turn. */
function decideOn(
  situation: Situation,
  transfer: Action | WaitReason | undefined,
  roomBytes: number | undefined,
  around: Surroundings,
): Action | WaitReason {
  if (transfer !== undefined && !('managed' in transfer)) return transfer;
  const view = viewOf(situation);
  if (view === undefined) return { kind: 'details-unseen' };
  const move = roomBytes === undefined ? undefined : moveOn(view, roomBytes, around);
  const wait = waitForJobs(situation.jobs) ?? (transfer === undefined ? batchOf(view) : slotLacking);
  return move ?? endOf(view, around) ?? wait;
}

function viewOf(situation: Situation): View | undefined {
  const { managed, directory, detail, receipts, jobs } = situation;
  if (directory === undefined || detail === undefined) return undefined;
  const selected = selectedFiles(detail);
  const unproven = contentFiles(managed.metainfo).filter(({ index }) => !receipts.has(index));
  const wanted = unproven.filter(({ index }) => selected.has(index));
  const done = wanted.filter((file) => isFileComplete(managed.metainfo, file, detail.pieces));
  const busy = filesUnderWay(jobs);
  const rest = unproven.filter(({ index }) => !selected.has(index) && !busy.has(index));
  return { situation, directory, detail, selected, wanted, done, rest };
}

/** To further files, as soon as there is room for them: without a stop while it downloads, else by a roll. */
function moveOn(view: View, roomBytes: number, around: Surroundings): Extend | Roll | undefined {
  // The end of the torrent is no roll: all of it goes at once.
  if (view.rest.length === 0) return undefined;
  const window: Window = {
    budgetBytes: view.situation.committedBytes + roomBytes - around.space.deficitBytes,
    limitBytes: around.space.limitBytes,
    blockBytes: around.blockBytes,
  };
  return extend(view, window) ?? roll(view, window, around);
}

/** Asked for more before it has run dry, it goes on without a pause; once it has, rtorrent takes minutes to ask its peers. */
function extend(
  { situation, directory, selected, wanted, done, rest }: View,
  window: Window,
): Extend | undefined {
  const { managed, local, committedBytes } = situation;
  if (done.length === wanted.length) return undefined;
  const files = nextBatch(managed, rest, local, window, selected);
  if (files.length === 0) return undefined;
  const ceiling = growthCeiling(managed, new Set([...selected, ...files]), local, window.blockBytes);
  return { kind: 'extend', managed, directory, files, reservedBytes: Math.max(0, ceiling - committedBytes) };
}

function roll(view: View, window: Window, around: Surroundings): Roll | undefined {
  const { situation, directory, detail, wanted, done, rest } = view;
  const { managed, local, receipts, committedBytes, allocatedBytes } = situation;
  // Loaded anew, it would be loaded over the files of whatever else is there.
  const { infohash } = managed.metainfo;
  const root = rootPath(managed.metainfo, directory);
  if (neighboursOf(around.view, around.managed, root, infohash).length > 0) return undefined;
  const files = leaving(situation, detail, wanted);
  const selected = indicesOf(wanted);
  const next = new Set(nextBatch(managed, rest, without(local, files), window, new Set(selected)));
  const isDue = isRollDue({
    staying: wanted.length,
    isDry: done.length === wanted.length,
    backlogBytes: lengthOf(done),
    gainBytes: lengthOf(rest.filter(({ index }) => next.has(index))),
    restBytes: lengthOf(rest),
    windowBytes: window.budgetBytes,
  });
  if (!isDue) return undefined;
  const gone = new Set(indicesOf(files));
  const { reserveBytes, promisedBytes } = around.space;
  return {
    kind: 'roll',
    managed,
    directory,
    receipts: inFileOrder(receipts).filter(({ fileIndex }) => gone.has(fileIndex)),
    files,
    selected,
    rest: indicesOf(rest),
    window,
    heldBytes: reserveBytes + promisedBytes - (committedBytes - allocatedBytes),
  };
}

/** Of one that cannot go on, or has not the turn: it is purged once all of its files are proved. */
function endOf({ situation, selected, wanted }: View, around: Surroundings): Action | WaitReason | undefined {
  const { local, receipts, jobs } = situation;
  if (wanted.length > 0 || jobs.length > 0) return undefined;
  // What went with earlier batches is not asked about again: it is not here, and nothing hangs on it now.
  const isAtStake = (index: number): boolean => selected.has(index) || local?.files[index] !== undefined;
  const atStake = inFileOrder(receipts).filter(({ fileIndex }) => isAtStake(fileIndex));
  return purge(situation, atStake, around);
}

function batchOf({ situation, selected, wanted, done }: View): WaitReason {
  const files = contentFiles(situation.managed.metainfo).filter(({ index }) => selected.has(index));
  const totalBytes = lengthOf(files);
  const doneBytes = totalBytes - lengthOf(wanted) + lengthOf(done);
  return { kind: 'batch', files: files.length, doneBytes, totalBytes };
}

function indicesOf(files: readonly MetainfoFile[]): readonly number[] {
  return files.map(({ index }) => index);
}

function lengthOf(files: readonly MetainfoFile[]): number {
  return files.reduce((sum, file) => sum + file.lengthBytes, 0);
}
