/** Seeding: complete torrents that stay until their duty is done, before they are shipped or after. */

import type { WaitReason } from './action.ts';
import { standingOf } from './duty.ts';
import { contentFiles } from './metainfo.ts';
import { partsMode } from './parts.ts';
import type { Situation } from './situation.ts';
import type { RtorrentTorrent } from './snapshot.ts';
import type { Surroundings } from './surroundings.ts';

/** Shipped before its duty was done, it stays until it is. A purge that was begun goes on, and so does what seeds no more. */
export function seedsOn(situation: Situation, around: Surroundings): WaitReason | undefined {
  const { loaded, managed } = situation;
  const { policy, snapshot } = around;
  if (policy.shipWhen !== 'completed' || loaded === undefined || loaded.mode === partsMode) return undefined;
  if (snapshot.ledger.intents.get(managed.metainfo.infohash)?.step === 'purge') return undefined;
  if (standingOf(managed.metainfo, loaded, policy.duty, snapshot.takenAtMs).isDone) return undefined;
  if (loaded.isHashing) return { kind: 'hashing' };
  if (!loaded.isComplete || (!loaded.isOpen && !isAllHere(situation))) return undefined;
  return loaded.isStarted ? seeding(situation, loaded, around, true) : { kind: 'stopped' };
}

/** What a complete torrent waits for. */
export function seeding(
  { managed }: Situation,
  loaded: RtorrentTorrent,
  { policy, snapshot }: Surroundings,
  isShipped: boolean,
): WaitReason {
  const { ratio, seededMs, terms } = standingOf(managed.metainfo, loaded, policy.duty, snapshot.takenAtMs);
  return { kind: 'ratio', ratio, seededMs, terms, isShipped };
}

/** Whether every file of it lies on the disk, whatever it holds. */
export function isAllHere({ managed, local }: Situation): boolean {
  return (
    local === undefined ||
    contentFiles(managed.metainfo).every(({ index }) => local.files[index] !== undefined)
  );
}
