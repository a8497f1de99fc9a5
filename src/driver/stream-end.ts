/** The end of a stream: the whole file is read once more on the remote, gets its name there, and its receipt here. */

import type { Outcome } from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { hasPiece } from '../core/pieces.ts';
import type { Policy } from '../core/policy.ts';
import { prove } from '../core/prove.ts';
import { countOf, formatBytes } from '../core/units.ts';
import type { Ports } from './ports.ts';
import type { StreamWork } from './stream-work.ts';
import type { Watch } from './transfer.ts';

/** Rejects with a `Fault`; `stale` where the remote has lost pieces: they are fetched again. */
export async function proveStreamed(
  work: StreamWork,
  { remote, ledger, clock }: Ports,
  { verify: method }: Policy,
  { signal }: Watch,
): Promise<Outcome | string> {
  const { metainfo, file, path, streamed, partDigests } = work;
  const { infohash } = metainfo;
  const question = { ...streamed, partDigests, onProgress: () => undefined, signal };
  const { pieces, source } = await remote.listPieces(question);
  const lost = work.piecesOfFile().filter((piece) => !hasPiece(pieces, piece));
  if (lost.length > 0) {
    await ledger.dropPieces(infohash, file.index, lost);
    return { kind: 'stale', detail: `the remote has lost ${countOf(lost.length, 'piece')} of it` };
  }
  if (source === 'partial') await remote.finishPieces(streamed);
  const listing = await remote.digest([path], file.lengthBytes, signal);
  const evidence = { kind: 'pieces', verified: pieces } as const;
  const nowMs = clock.nowMs();
  const proof = prove({ metainfo, file, remotePath: path, listing, evidence, method, nowMs });
  if (proof.kind !== 'proved') {
    throw new Fault(
      'failed',
      `${displayText(path)} on the remote is not what it was a moment ago`,
      'see whether anybody else writes there',
    );
  }
  await ledger.recordReceipts([proof.receipt]);
  return `${displayText(file.path)}, ${formatBytes(file.lengthBytes)} in ${countOf(work.shippedCount, 'piece')}`;
}
