/** `verify`: compares what the ledger says was shipped with the remote again. Changes nothing, on either side. */

import { displayText } from '../../core/bytes.ts';
import type { ReceiptRecord, RemoteListing } from '../../core/prove.ts';
import { listingOfSizes } from '../../core/prove.ts';
import { countOf, formatBytes } from '../../core/units.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { silentReporter } from '../report/reporter.ts';
import { wire } from '../wiring.ts';

interface Difference {
  readonly path: string;
  readonly infohash: string;
  readonly kind: 'missing' | 'wrong-size' | 'different';
  readonly detail: string;
}

/** `isReadingData` reads every file on the remote and compares its checksum with the one of its proof. */
export async function verify(context: Context, isReadingData: boolean): Promise<ExitCode> {
  const { configuration, places, output } = context;
  const wired = wire(configuration, places, silentReporter, true);
  try {
    const receipts = wired.ledger.allReceipts();
    const listing = await listingOf(wired, receipts, isReadingData);
    const differences = receipts.flatMap((receipt) => differenceOf(receipt, listing) ?? []);
    const bytes = receipts.reduce((sum, receipt) => sum + receipt.lengthBytes, 0);
    const unread = isReadingData ? receipts.filter(({ digest }) => digest === undefined).length : 0;
    if (context.isJson) {
      output.line(JSON.stringify({ files: receipts.length, bytes, unread, differences }, undefined, 2));
    } else {
      for (const { path, detail } of differences)
        output.line(`${output.style('red', 'problem')}  ${path}: ${detail}`);
      output.line(summaryOf(receipts, bytes, differences.length, unread, isReadingData));
    }
    return differences.length === 0 ? exitCodes.ok : exitCodes.problems;
  } finally {
    await wired.close();
  }
}

async function listingOf(
  { ports: { remote } }: ReturnType<typeof wire>,
  receipts: readonly ReceiptRecord[],
  isReadingData: boolean,
): Promise<RemoteListing> {
  const paths = [...new Set(receipts.map(({ remotePath }) => remotePath))];
  if (paths.length === 0) return new Map();
  if (!isReadingData) {
    return listingOfSizes(await remote.list(paths));
  }
  const bytes = receipts.reduce((sum, receipt) => sum + receipt.lengthBytes, 0);
  return await remote.digest(paths, bytes, new AbortController().signal);
}

function differenceOf(receipt: ReceiptRecord, listing: RemoteListing): Difference | undefined {
  const { remotePath, infohash, lengthBytes, digest } = receipt;
  const there = listing.get(remotePath);
  const of = (kind: Difference['kind'], detail: string): Difference => ({
    path: displayText(remotePath),
    infohash,
    kind,
    detail,
  });
  if (there === undefined) return of('missing', 'is no longer there');
  if (there.sizeBytes !== lengthBytes) {
    return of('wrong-size', `has ${there.sizeBytes} bytes, it was proved with ${lengthBytes}`);
  }
  const isDifferent = there.digest !== undefined && digest !== undefined && there.digest !== digest;
  return isDifferent ? of('different', 'has other content than when it was proved') : undefined;
}

function summaryOf(
  receipts: readonly ReceiptRecord[],
  bytes: number,
  problems: number,
  unread: number,
  isReadingData: boolean,
): string {
  const torrents = new Set(receipts.map(({ infohash }) => infohash)).size;
  const how = isReadingData ? 'content read' : 'names and sizes looked at; --read-data reads them';
  const doubt = unread === 0 ? '' : `, ${unread} of them proved by size alone`;
  return `${countOf(receipts.length, 'file')} of ${countOf(torrents, 'torrent')} (${formatBytes(bytes)}), ${how}${doubt}: ${problems === 0 ? 'all there' : countOf(problems, 'problem')}`;
}
