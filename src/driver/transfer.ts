/** The long work: copies files to the remote, and proves that they arrived. */

import type { Outcome, ProveContent, Ship } from '../core/action.ts';
import type { ByteString } from '../core/bytes.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { MetainfoFile } from '../core/metainfo.ts';
import { remoteDirectoryOf, remotePathOf } from '../core/place.ts';
import type { Policy } from '../core/policy.ts';
import type { Proof, Receipt, RemoteListing } from '../core/prove.ts';
import { listingOfSizes, prove } from '../core/prove.ts';
import { wasSent } from '../core/ship.ts';
import { countOf, formatBytes } from '../core/units.ts';
import type { LedgerView, StreamProgress } from '../core/snapshot.ts';
import type { TransferOrder } from '../ports/remote.ts';
import type { Ports } from './ports.ts';
import { expectWholeFiles } from './whole-files.ts';

/** Bounds and listeners of one piece of long work. */
export interface Watch {
  readonly onProgress: (doneBytes: number, stream?: StreamProgress) => void;
  readonly signal: AbortSignal;
  /** What a transfer may take of the link at this moment; 0 for no limit. */
  readonly bandwidthBytesPerSecond: () => number;
  /** What a stream may take of the disk at this moment, in bytes of allocated blocks; undefined for as much as at first. */
  readonly windowBytes: () => number | undefined;
}

/**
 * Copies the files; rejects with a `Fault`. What has arrived is found out by looking, not by the program's word. What the
 * remote has told in this very turn (`isJustSeen`) is not asked again.
 */
export async function ship(
  action: Ship,
  ports: Ports,
  ledger: LedgerView,
  watch: Watch,
  isJustSeen: boolean,
): Promise<Outcome | string> {
  const { metainfo } = action.managed;
  const doubt = await expectWholeFiles(action, ports);
  if (doubt !== undefined) return doubt;
  const paths = action.files.map((file) => remotePathOf(metainfo, file, ledger.placements));
  if (!isJustSeen && !(await isStillFree(action, paths, ports, ledger))) {
    return { kind: 'stale', detail: 'the remote changed meanwhile' };
  }
  await ports.ledger.beginShipment(metainfo.infohash, paths, ports.clock.nowMs());
  await send(orderOf(action, ledger, watch, false), ports);
  const sizes = await ports.remote.list(paths);
  const lacking = action.files.find(
    (file, index) => sizes.get(paths[index] ?? file.path) !== file.lengthBytes,
  );
  if (lacking !== undefined) {
    throw new Fault(
      'failed',
      `${displayText(lacking.path)} has not arrived with the size that it has to have`,
      'let rtorrent check the torrent: its file here may have been changed',
    );
  }
  return `${action.files.length} of ${countOf(metainfo.files.length, 'file')}`;
}

/** It waited for its turn, and what lies there now is not to be written over. */
async function isStillFree(
  { managed: { metainfo }, files }: Ship,
  paths: readonly ByteString[],
  { remote }: Ports,
  ledger: LedgerView,
): Promise<boolean> {
  const there = await remote.list(paths);
  return files.every((file, index) => {
    const sizeBytes = there.get(paths[index] ?? file.path);
    return sizeBytes === undefined || (wasSent(metainfo, file, ledger) && sizeBytes !== file.lengthBytes);
  });
}

/**
 * Reads both copies, sends once more what differs although we put it there, and writes receipts for what is proved. Where
 * something else lies under the torrent's name, the torrent is given a place of its own. Rejects with a `Fault` that names
 * the first file that is not proved.
 */
export async function proveContent(
  action: ProveContent,
  ports: Ports,
  policy: Policy,
  ledger: LedgerView,
  watch: Watch,
): Promise<Outcome | string> {
  const { metainfo } = action.managed;
  const doubt = await expectWholeFiles(action, ports);
  if (doubt !== undefined) return doubt;
  let proofs = await proveAll(action, ports, policy, ledger, watch);
  const differing = action.files.filter((file) => proofs.get(file.index)?.kind === 'different');
  const isOurs = (file: MetainfoFile): boolean => wasSent(metainfo, file, ledger);
  if (action.elsewhere !== undefined && !differing.every(isOurs)) {
    await ports.ledger.recordPlacement(metainfo.infohash, action.elsewhere);
    const shown = displayText(action.elsewhere);
    return { kind: 'stale', detail: `the remote holds something else under its name; it goes to ${shown}` };
  }
  const repairs = differing.filter(isOurs);
  if (repairs.length > 0) {
    await send(orderOf({ ...action, files: repairs }, ledger, watch, true), ports);
    proofs = new Map([
      ...proofs,
      ...(await proveAll({ ...action, files: repairs }, ports, policy, ledger, watch)),
    ]);
  }
  return await conclude(action, ports, ledger, proofs);
}

/** A remote that is full is told with what it was to hold. */
async function send(order: TransferOrder, { remote }: Ports): Promise<void> {
  try {
    await remote.ship(order);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'full') throw error;
    const wanted = formatBytes(order.files.reduce((sum, file) => sum + file.lengthBytes, 0));
    throw new Fault('full', `${error.message} for ${wanted}`, error.remedy);
  }
}

/** Looks at both copies of each file, as strictly as the user asks. */
async function proveAll(
  { managed, directory, files }: Pick<ProveContent, 'managed' | 'directory' | 'files'>,
  { remote, seedbox, clock }: Ports,
  { verify: method }: Policy,
  { placements }: LedgerView,
  { onProgress, signal }: Watch,
): Promise<ReadonlyMap<number, Proof>> {
  const { metainfo } = managed;
  const paths = files.map((file) => remotePathOf(metainfo, file, placements));
  const bytes = files.reduce((sum, file) => sum + file.lengthBytes, 0);
  // Both disks read at once.
  const [listing, digests]: [RemoteListing, ReadonlyMap<number, string>] =
    method === 'size'
      ? [listingOfSizes(await remote.list(paths)), new Map()]
      : await Promise.all([
          remote.digest(paths, bytes, signal),
          seedbox.digest({ managed, directory }, files, onProgress, signal),
        ]);
  const nowMs = clock.nowMs();
  const proofs = files.map((file) => {
    const remotePath = remotePathOf(metainfo, file, placements);
    const evidence = { kind: 'copy', localDigest: digests.get(file.index) } as const;
    return [file.index, prove({ metainfo, file, remotePath, listing, evidence, method, nowMs })] as const;
  });
  return new Map(proofs);
}

/** Writes receipts for what is proved; what is not is a fault that names it. */
async function conclude(
  { managed: { metainfo }, files }: ProveContent,
  ports: Ports,
  ledger: LedgerView,
  proofs: ReadonlyMap<number, Proof>,
): Promise<string> {
  const receipts: Receipt[] = [];
  const doubts: string[] = [];
  for (const file of files) {
    const proof = proofs.get(file.index);
    if (proof?.kind === 'proved') receipts.push(proof.receipt);
    else {
      const shown = displayText(remotePathOf(metainfo, file, ledger.placements));
      doubts.push(`${shown} ${doubtWords[proof?.kind ?? 'missing']}`);
    }
  }
  if (receipts.length > 0) await ports.ledger.recordReceipts(receipts);
  const [doubt] = doubts;
  if (doubt === undefined) return `${countOf(receipts.length, 'file')}, by ${receipts[0]?.method ?? 'size'}`;
  throw new Fault(
    'failed',
    doubts.length === 1 ? doubt : `${doubt}, and ${doubts.length - 1} more files are not proved`,
    'nothing was deleted here; check the disks of both hosts, and move the file away there if it is not from here',
  );
}

const doubtWords: Readonly<Record<Exclude<Proof['kind'], 'proved'>, string>> = {
  missing: 'is missing on the remote',
  'wrong-size': 'has another size on the remote',
  different: 'differs on the remote',
  unread: 'could not be read on both sides',
};

function orderOf(
  { managed: { metainfo }, directory, files }: Pick<Ship, 'managed' | 'directory' | 'files'>,
  { placements }: LedgerView,
  watch: Watch,
  isRepair: boolean,
): TransferOrder {
  const { onProgress, signal } = watch;
  const destination = remoteDirectoryOf(metainfo, placements);
  const bandwidthBytesPerSecond = watch.bandwidthBytesPerSecond();
  return { directory, files, destination, isRepair, bandwidthBytesPerSecond, onProgress, signal };
}
