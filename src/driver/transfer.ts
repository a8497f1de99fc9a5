/** The long work: copies files to the remote, and proves that they arrived. */

import type { ProveContent, Ship } from '../core/action.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash } from '../core/metainfo.ts';
import { remotePathOf } from '../core/metainfo.ts';
import type { Policy } from '../core/policy.ts';
import type { Receipt, RemoteFile } from '../core/prove.ts';
import { prove } from '../core/prove.ts';
import type { TransferOrder } from '../ports/remote.ts';
import type { Ports } from './ports.ts';

/** Bounds and listeners of one piece of long work. */
export interface Watch {
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Copies the files; rejects with a `Fault`. What has arrived is found out by looking, not by the program's word. */
export async function ship(action: Ship, ports: Ports, watch: Watch): Promise<string> {
  await ports.ledger.beginShipment(
    action.managed.metainfo.infohash,
    action.files.map((file) => remotePathOf(action.managed.metainfo, file)),
    ports.clock.nowMs(),
  );
  await ports.remote.ship(orderOf(action, watch, false));
  return `${action.files.length} of ${action.managed.metainfo.files.length} files`;
}

/**
 * Compares both copies, sends once more what differs although we put it there, and writes receipts for what is proved.
 * Rejects with a `Fault` that names the first file that is not.
 */
export async function proveContent(
  action: ProveContent,
  ports: Ports,
  policy: Policy,
  shipments: ReadonlyMap<ByteString, Infohash>,
  watch: Watch,
): Promise<string> {
  const { metainfo } = action.managed;
  const differing =
    policy.verify === 'size' ? new Set<ByteString>() : await settle(action, ports, shipments, watch);
  const paths = action.files.map((file) => remotePathOf(metainfo, file));
  const sizes = await ports.remote.list(paths);
  const listing = new Map<ByteString, RemoteFile>();
  for (const [path, sizeBytes] of sizes) {
    const read = differing.has(path) ? 'different' : 'same';
    listing.set(path, { sizeBytes, content: policy.verify === 'size' ? 'unread' : read });
  }
  const receipts: Receipt[] = [];
  const doubts: string[] = [];
  const nowMs = ports.clock.nowMs();
  for (const file of action.files) {
    const remotePath = remotePathOf(metainfo, file);
    const proof = prove({ metainfo, file, remotePath, listing, method: policy.verify, nowMs });
    if (proof.kind === 'proved') receipts.push(proof.receipt);
    else doubts.push(`${displayText(remotePath)} is ${proof.kind} on the remote`);
  }
  if (receipts.length > 0) await ports.ledger.recordReceipts(receipts);
  const [doubt] = doubts;
  if (doubt !== undefined) {
    throw new Fault(
      'failed',
      doubts.length === 1 ? doubt : `${doubt}, and ${doubts.length - 1} more files are not proved`,
      'nothing was deleted here; check the disk of the remote, and move the file away there if it is not from here',
    );
  }
  return `${receipts.length} files proved by ${policy.verify}`;
}

/** Compares; what differs and is ours is sent again, once, and compared again. Answers with what differs at the end. */
async function settle(
  action: ProveContent,
  ports: Ports,
  shipments: ReadonlyMap<ByteString, Infohash>,
  watch: Watch,
): Promise<ReadonlySet<ByteString>> {
  const { metainfo } = action.managed;
  const differing = await ports.remote.compare(orderOf(action, watch, false));
  const ours = action.files.filter((file) => {
    const path = remotePathOf(metainfo, file);
    return differing.has(path) && shipments.get(path) === metainfo.infohash;
  });
  if (ours.length === 0) return differing;
  await ports.remote.ship(orderOf({ ...action, files: ours }, watch, true));
  return await ports.remote.compare(orderOf(action, watch, false));
}

function orderOf(
  { managed: { metainfo }, directory, files }: Pick<Ship, 'managed' | 'directory' | 'files'>,
  { onProgress, signal }: Watch,
  isRepair: boolean,
): TransferOrder {
  const destination = metainfo.isMultiFile ? metainfo.name : asByteString('');
  return { directory, files, destination, isRepair, onProgress, signal };
}
