/** What every deletion has in common: it is begun in the ledger, the remote is asked once more, and then files go. */

import type { Outcome, Purge, Retire, Roll, Tidy, Unload } from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import type { Receipt } from '../core/prove.ts';
import { deniedBy, listingOfSizes } from '../core/prove.ts';
import { countOf, formatBytes } from '../core/units.ts';
import type { RemovalOrder } from '../ports/seedbox.ts';
import type { Ports } from './ports.ts';

/** Written down before anything that cannot be taken back: afterwards rtorrent may not tell any more where the data lies. */
export async function begin(
  { kind, managed, directory }: Pick<Unload | Roll | Purge | Tidy | Retire, 'kind' | 'managed' | 'directory'>,
  { ledger, clock }: Ports,
): Promise<void> {
  await ledger.recordIntent(managed.metainfo.infohash, { step: kind, directory, atMs: clock.nowMs() });
}

/** Asks the remote again. What it no longer holds has no receipt any more, and will be proved or fetched again. */
export async function lookOnceMore(
  { managed, receipts }: { readonly managed: Purge['managed']; readonly receipts: readonly Receipt[] },
  ports: Ports,
): Promise<Outcome | undefined> {
  const sizes = await ports.remote.list(receipts.map((receipt) => receipt.remotePath));
  const denied = deniedBy(listingOfSizes(sizes), receipts);
  if (denied.length === 0) return undefined;
  const { infohash } = managed.metainfo;
  await ports.ledger.dropReceipts(
    infohash,
    denied.map((receipt) => receipt.fileIndex),
  );
  ports.reporter.noticed(
    managed,
    `the remote no longer holds ${countOf(denied.length, 'file')} that was proved to be there; nothing is deleted, it is looked at anew`,
  );
  return { kind: 'stale', detail: 'the remote changed meanwhile' };
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
