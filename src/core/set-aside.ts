/** Setting aside: a torrent of which nothing arrives makes way for others, as far as little is lost by it. */

import type { SetAside, WaitReason } from './action.ts';
import { displayText, joinPath } from './bytes.ts';
import { pathsToKeep } from './purge.ts';
import type { Situation } from './situation.ts';
import { nextStall, stalledSinceMs } from './stall.ts';
import type { Surroundings } from './surroundings.ts';
import { allocatedOf, unfinishedFiles } from './tidy.ts';
import { formatDuration } from './units.ts';

/** What may be deleted of a torrent that is set aside: so much, or this share of it. The swarm has it, if it has anything. */
const mostLostBytes = 64 * 1024 ** 2;
const mostLostShare = 0.05;

/** Waits that another torrent's space or turn would end. */
const wantsWay: ReadonlySet<WaitReason['kind']> = new Set<WaitReason['kind']>([
  'space',
  'room-kept',
  'oversize-turn',
]);

export function wantsOthersToGo({ kind }: WaitReason): boolean {
  return wantsWay.has(kind);
}

/** Whether nothing has arrived for too long. */
export function isStalled(situation: Situation, around: Surroundings): boolean {
  return sinceMs(situation, around) !== undefined;
}

/** What a stalled torrent waits for while nobody needs what it has. */
export function stalled(situation: Situation, around: Surroundings): WaitReason {
  const { loaded, managed } = situation;
  return {
    kind: 'stalled',
    sinceMs: sinceMs(situation, around) ?? around.snapshot.takenAtMs,
    doneBytes: loaded?.completedBytes ?? 0,
    totalBytes: managed.metainfo.totalBytes,
  };
}

export function setAside(situation: Situation, around: Surroundings): SetAside | WaitReason {
  const { managed, directory, failure, loaded } = situation;
  const since = sinceMs(situation, around);
  if (directory === undefined || loaded === undefined || since === undefined)
    return stalled(situation, around);
  const nowMs = around.snapshot.takenAtMs;
  const complaint = loaded.message === '' ? '' : ` (${displayText(loaded.message)})`;
  const message = `nothing arrived for ${formatDuration(nowMs - since)}${complaint}`;
  const keep = pathsToKeep(managed.metainfo, directory, around);
  const isKnown = !('kind' in keep);
  const unfinished = isKnown
    ? unfinishedFiles(situation).filter((file) => !keep.has(joinPath(directory, file.path)))
    : [];
  const lostBytes = allocatedOf(situation, unfinished);
  const isLittle = lostBytes <= Math.max(mostLostBytes, mostLostShare * managed.metainfo.totalBytes);
  return {
    kind: 'set-aside',
    managed,
    directory,
    receivedBytes: loaded.receivedBytes,
    files: isLittle ? unfinished : [],
    keep: isKnown ? keep : new Set(),
    failure: nextStall(failure, message, nowMs),
  };
}

function sinceMs(
  { managed, loaded }: Situation,
  { snapshot, view, policy }: Surroundings,
): number | undefined {
  const mark = snapshot.ledger.progress.get(managed.metainfo.infohash);
  return loaded && stalledSinceMs(loaded, mark, view.processId, policy, snapshot.takenAtMs);
}
