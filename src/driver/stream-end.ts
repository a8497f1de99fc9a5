/** The end of a stream: the whole file is read once more on the remote, gets its name there, and its receipt here. */

import type { Outcome } from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { hasPiece } from '../core/pieces.ts';
import type { Policy } from '../core/policy.ts';
import { prove } from '../core/prove.ts';
import { countOf, formatBytes } from '../core/units.ts';
import type { Ports } from './ports.ts';
import { hollow, provedNeighbours } from './stream-borders.ts';
import type { StreamWork } from './stream-work.ts';
import { piecesThere } from './stream-work.ts';
import type { Watch } from './transfer.ts';

/** Rejects with a `Fault`; `stale` where the remote has lost pieces: they are fetched again. */
export async function proveStreamed(
  work: StreamWork,
  ports: Ports,
  { verify: method }: Policy,
  { signal }: Watch,
): Promise<Outcome | string> {
  const { remote, ledger, clock } = ports;
  const { metainfo, file, path, streamed } = work;
  const { infohash } = metainfo;
  const { pieces, source } = await piecesThere(work, ports, signal);
  const lost = work.piecesOfFile().filter((piece) => !hasPiece(pieces, piece));
  if (lost.length > 0) {
    await ledger.dropPieces(infohash, file.index, lost);
    // It has its name, and was spoiled there: nothing is ever put in its place.
    if (source === 'final') return await moveElsewhere(work, ports);
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
  await hollow(work, await provedNeighbours(work, ports, work.piecesOfFile()), ports);
  await ledger.recordReceipts([proof.receipt]);
  return `${displayText(file.path)}, ${formatBytes(file.lengthBytes)} in ${countOf(work.shippedCount, 'piece')}`;
}

/** The torrent goes to a place of its own on the remote, once; a `Fault` where it cannot move any more. */
export async function moveElsewhere(work: StreamWork, { ledger }: Ports): Promise<Outcome> {
  const { elsewhere } = work.action;
  if (elsewhere === undefined) {
    throw new Fault('refused', `the remote holds another ${displayText(work.path)}`, 'move it away there');
  }
  await ledger.recordPlacement(work.metainfo.infohash, elsewhere);
  // What was recorded lies at the old place.
  await ledger.dropPieces(work.metainfo.infohash, work.file.index);
  const place = displayText(elsewhere);
  return { kind: 'stale', detail: `the remote holds something else under its name; it goes to ${place}` };
}
