/** What every deletion has in common: it is begun in the ledger, the remote is asked once more, and then files go. */

import type { Outcome, Purge, Retire, Roll, Tidy, Unload } from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import type { Receipt, RemoteListing } from '../core/prove.ts';
import { deniedBy, listingOfSizes } from '../core/prove.ts';
import type { RtorrentTorrent } from '../core/snapshot.ts';
import { countOf, formatBytes } from '../core/units.ts';
import type { RemovalOrder } from '../ports/seedbox.ts';
import type { Ports } from './ports.ts';

/** Which torrent it is about, and what was proved of it. */
interface Question {
  readonly managed: Purge['managed'];
  readonly receipts: readonly Receipt[];
}

/**
 * Written down before anything that cannot be taken back: afterwards rtorrent, which has it as `loaded` now, may not tell any
 * more where the data lies, and what was uploaded.
 */
export async function begin(
  { kind, managed, directory }: Pick<Unload | Roll | Purge | Tidy | Retire, 'kind' | 'managed' | 'directory'>,
  loaded: RtorrentTorrent | undefined,
  { ledger, clock }: Pick<Ports, 'ledger' | 'clock'>,
): Promise<void> {
  const { infohash } = managed.metainfo;
  const uploadedBytes = loaded?.uploadedBytes;
  await ledger.recordIntent(infohash, { step: kind, directory, atMs: clock.nowMs(), uploadedBytes });
}

/** Undefined where the remote still bears out all of the receipts; else what of them is proved or fetched again. */
export async function lookOnceMore(question: Question, ports: Ports): Promise<Outcome | undefined> {
  const denied = await dropDenied(question, ports);
  if (denied.length === 0) return undefined;
  return { kind: 'stale', detail: 'the remote changed meanwhile' };
}

/** Asks the remote again. What it no longer holds has no receipt any more; answers with those receipts. */
export async function dropDenied(question: Question, ports: Ports): Promise<readonly Receipt[]> {
  const { managed, receipts } = question;
  const denied = deniedBy(await listAgain(question, ports), receipts);
  if (denied.length === 0) return denied;
  const { infohash } = managed.metainfo;
  await ports.ledger.dropReceipts(
    infohash,
    denied.map((receipt) => receipt.fileIndex),
  );
  ports.reporter.noticed(
    managed,
    `the remote no longer holds ${countOf(denied.length, 'file')} that was proved to be there; nothing is deleted, it is looked at anew`,
  );
  return denied;
}

/**
 * The names and sizes; and the content once more of what the ledger does not say that we put there: it is another's file,
 * who may have changed it since, or the ledger was lost. Rejects with a `Fault` where that cannot be read.
 */
async function listAgain(
  { managed: { metainfo }, receipts }: Question,
  { remote, ledger }: Ports,
): Promise<RemoteListing> {
  const sizes = await remote.list(receipts.map(({ remotePath }) => remotePath));
  const { shipments } = await ledger.read([metainfo]);
  const others = receipts.filter(
    ({ remotePath, lengthBytes, digest }) =>
      digest !== undefined &&
      sizes.get(remotePath) === lengthBytes &&
      shipments.get(remotePath) !== metainfo.infohash,
  );
  if (others.length === 0) return listingOfSizes(sizes);
  const bytes = others.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const paths = others.map(({ remotePath }) => remotePath);
  const digests = await remote.digest(paths, bytes, new AbortController().signal);
  const unread = paths.find((path) => !digests.has(path));
  if (unread !== undefined) {
    throw new Fault(
      'failed',
      `${displayText(unread)} on the remote could not be read once more`,
      'nothing was deleted here; see whether it can be read there',
    );
  }
  return new Map([...listingOfSizes(sizes), ...digests]);
}

/** Deletes; tells of what stays, and in a few words what went. */
export async function remove(order: RemovalOrder, { seedbox, reporter }: Ports): Promise<string> {
  const { removedFiles, freedBytes, spared, leftOver } = await seedbox.remove(order);
  for (const { path, reason } of spared) {
    reporter.noticed(order.managed, `${displayText(path)} stays: ${reason}`);
  }
  for (const path of leftOver) {
    reporter.noticed(order.managed, `${displayText(path)} stays: it is not the torrent's own`);
  }
  return `${countOf(removedFiles, 'file')}, ${formatBytes(freedBytes)} freed`;
}
