/** Shipping: which files are due to go to the remote, and whether they are to be sent, proved, or left alone. */

import type { Action, WaitReason } from './action.ts';
import type { ByteString } from './bytes.ts';
import type { MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import { partsMode } from './parts.ts';
import { isFileComplete } from './pieces.ts';
import { ownPlace, remotePathOf } from './place.ts';
import type { Policy } from './policy.ts';
import type { Situation } from './situation.ts';
import { selectedFiles } from './budget.ts';
import type { LedgerView, Snapshot } from './snapshot.ts';

/**
 * Files that are whole here, without a receipt, and allowed to go: all of a complete torrent that has reached its
 * ratio; the finished ones of a torrent that is fetched in parts, which earns no ratio worth waiting for.
 */
export function filesDue(situation: Situation, policy: Policy): readonly MetainfoFile[] {
  const { loaded, detail, managed, receipts } = situation;
  if (loaded === undefined || loaded.isHashing) return [];
  const unproven = contentFiles(managed.metainfo).filter((file) => !receipts.has(file.index));
  if (loaded.mode === partsMode) {
    if (detail === undefined) return [];
    const selected = selectedFiles(detail);
    return unproven.filter(
      (file) => selected.has(file.index) && isFileComplete(managed.metainfo, file, detail.pieces),
    );
  }
  return loaded.isComplete && hasReachedRatio(situation, policy) ? unproven : [];
}

export function hasReachedRatio({ loaded }: Situation, policy: Policy): boolean {
  return loaded !== undefined && loaded.ratioPermille >= Math.round(policy.requiredRatio * 1000);
}

/**
 * What to do with files that are due. What the remote holds under the same name and size is compared before it is
 * sent again; what it holds with another size is overwritten only where the ledger says that we put it there. Where it is
 * another's, the whole torrent goes to a place of its own.
 */
export function shipOrProve(
  situation: Situation,
  files: readonly MetainfoFile[],
  { remote, ledger, managed: known }: Pick<Snapshot, 'remote' | 'ledger' | 'managed'>,
  policy: Policy,
): Action | WaitReason {
  const { managed, directory, loaded } = situation;
  if (directory === undefined) {
    return { kind: 'place-unknown', reported: loaded?.reportedDirectory ?? managed.metainfo.name };
  }
  if (!remote.seen) return { kind: 'remote-unseen', reason: remote.reason, remedy: remote.remedy };
  const { infohash } = managed.metainfo;
  const elsewhere = placeElsewhere(situation, ledger);
  const absent: MetainfoFile[] = [];
  for (const file of files) {
    const path = remotePathOf(managed.metainfo, file, ledger.placements);
    const there = remote.value.get(path);
    const owner = ledger.shipments.get(path);
    const isOurs = owner === infohash;
    // By its size alone a file proves nothing that we did not put there ourselves.
    const isComparable = isOurs || policy.verify === 'checksum';
    if (there?.sizeBytes === file.lengthBytes && isComparable) continue;
    const isWanted = owner !== undefined && known.has(owner);
    const isTaken = !isOurs && (there !== undefined || isWanted);
    if (isTaken && elsewhere !== undefined) return { kind: 'place', managed, place: elsewhere };
    // Where nothing is there yet, it is the first one's that cannot go elsewhere.
    if (isTaken && there !== undefined) return { kind: 'remote-conflict', path, other: owner };
    absent.push(file);
  }
  if (absent.length > 0) return { kind: 'ship', managed, directory, files: absent };
  return { kind: 'prove', managed, directory, files, elsewhere };
}

/** A torrent moves once, and only before anything of it is proved: it is never split over two places. */
function placeElsewhere({ managed, receipts }: Situation, ledger: LedgerView): ByteString | undefined {
  const { metainfo } = managed;
  return receipts.size > 0 || ledger.placements.has(metainfo.infohash) ? undefined : ownPlace(metainfo);
}
