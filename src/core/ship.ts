/** Shipping: which files are due to go to the remote, and whether they are to be sent, proved, or left alone. */

import type { Action, WaitReason } from './action.ts';
import type { ByteString } from './bytes.ts';
import { standingOf } from './duty.ts';
import type { Metainfo, MetainfoFile } from './metainfo.ts';
import { contentFiles } from './metainfo.ts';
import { partsMode } from './parts.ts';
import { isFileComplete } from './pieces.ts';
import { ownPlace, remotePathOf } from './place.ts';
import type { Policy } from './policy.ts';
import type { Situation } from './situation.ts';
import { selectedFiles } from './budget.ts';
import type { LedgerView, RtorrentTorrent, Snapshot } from './snapshot.ts';
import type { Surroundings } from './surroundings.ts';
import { filesUnderWay } from './under-way.ts';

/** What is fetched in parts goes in small orders, so that proof and deletion follow soon, and the next files. */
const ordersPerWindow = 8;

/**
 * Files that are whole here, without a receipt, and allowed to go: all of a complete torrent, once its duty is done
 * unless the user wants it sooner; of a torrent that is fetched in parts, which earns no ratio worth waiting for, those that are
 * finished and not under way, and no more of them than go in one order: first those that were sent before, for the proof
 * makes room.
 */
export function filesDue(
  situation: Situation,
  ledger: Pick<LedgerView, 'shipments' | 'placements'>,
  policy: Policy,
  nowMs: number,
): readonly MetainfoFile[] {
  const { loaded, detail, managed, receipts, jobs, committedBytes } = situation;
  if (loaded === undefined || loaded.isHashing) return [];
  const isWhole = loaded.mode !== partsMode;
  if (isWhole && !(loaded.isComplete && mayLeave(managed.metainfo, loaded, policy, nowMs))) return [];
  const unproven = contentFiles(managed.metainfo).filter((file) => !receipts.has(file.index));
  if (isWhole) return unproven;
  if (detail === undefined) return [];
  const selected = selectedFiles(detail);
  const busy = filesUnderWay(jobs);
  const due = unproven.filter(({ index }) => selected.has(index) && !busy.has(index));
  const finished = due.filter((file) => isFileComplete(managed.metainfo, file, detail.pieces));
  const isSent = (file: MetainfoFile): boolean => wasSent(managed.metainfo, file, ledger);
  const inOrder = [...finished.filter(isSent), ...finished.filter((file) => !isSent(file))];
  return inOneOrder(inOrder, committedBytes / ordersPerWindow);
}

/** Whether the ledger says that what the remote has under the file's name is of this torrent, put there by us. */
export function wasSent(
  metainfo: Metainfo,
  file: MetainfoFile,
  { shipments, placements }: Pick<LedgerView, 'shipments' | 'placements'>,
): boolean {
  return shipments.get(remotePathOf(metainfo, file, placements)) === metainfo.infohash;
}

/** The first of the files that are so large together, but at least one. */
function inOneOrder(files: readonly MetainfoFile[], mostBytes: number): readonly MetainfoFile[] {
  let bytes = 0;
  const end = files.findIndex(({ lengthBytes }) => (bytes += lengthBytes) > mostBytes);
  return end === -1 ? files : files.slice(0, Math.max(1, end));
}

function mayLeave(metainfo: Metainfo, loaded: RtorrentTorrent, policy: Policy, nowMs: number): boolean {
  return policy.shipWhen === 'completed' || standingOf(metainfo, loaded, policy.duty, nowMs).isDone;
}

/**
 * What is to be sent or proved next of a torrent, or why it cannot be; undefined where nothing is due. Beside what is under
 * way only more of the same begins: as long as nothing is proved, a proof may move the torrent to another place.
 */
export function transferDue(
  situation: Situation,
  { snapshot, policy }: Pick<Surroundings, 'snapshot' | 'policy'>,
): Action | WaitReason | undefined {
  const due = filesDue(situation, snapshot.ledger, policy, snapshot.takenAtMs);
  if (due.length === 0) return undefined;
  const decision = shipOrProve(situation, due, snapshot, policy);
  if (situation.jobs.length === 0) return decision;
  const mayMove = placeElsewhere(situation, snapshot.ledger) !== undefined;
  const isMore = decision.kind === 'ship' || decision.kind === 'prove';
  return isMore && !mayMove ? decision : undefined;
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
  const arrived: MetainfoFile[] = [];
  const absent: MetainfoFile[] = [];
  for (const file of files) {
    const path = remotePathOf(managed.metainfo, file, ledger.placements);
    const there = remote.value.get(path);
    const owner = ledger.shipments.get(path);
    const isOurs = owner === infohash;
    // By its size alone a file proves nothing that we did not put there ourselves.
    const isComparable = isOurs || policy.verify === 'checksum';
    if (there?.sizeBytes === file.lengthBytes && isComparable) {
      arrived.push(file);
      continue;
    }
    const isWanted = owner !== undefined && known.has(owner);
    const isTaken = !isOurs && (there !== undefined || isWanted);
    if (isTaken && elsewhere !== undefined) return { kind: 'place', managed, place: elsewhere };
    // Where nothing is there yet, it is the first one's that cannot go elsewhere.
    if (isTaken && there !== undefined) return { kind: 'remote-conflict', path, other: owner };
    absent.push(file);
  }
  if (isShippedFirst(situation, absent, arrived)) return { kind: 'ship', managed, directory, files: absent };
  return { kind: 'prove', managed, directory, files: arrived, elsewhere };
}

/** In parts, what has arrived is proved first: it makes room, and the rest can go out meanwhile. */
function isShippedFirst(
  { loaded }: Situation,
  absent: readonly MetainfoFile[],
  arrived: readonly MetainfoFile[],
): boolean {
  return absent.length > 0 && (loaded?.mode !== partsMode || arrived.length === 0);
}

/**
 * Where it would go; undefined once it cannot any more. A torrent moves once, and only before anything of it is proved: it
 * is never split over two places.
 */
export function placeElsewhere(
  { managed, receipts }: Pick<Situation, 'managed' | 'receipts'>,
  ledger: LedgerView,
): ByteString | undefined {
  const { metainfo } = managed;
  return receipts.size > 0 || ledger.placements.has(metainfo.infohash) ? undefined : ownPlace(metainfo);
}
