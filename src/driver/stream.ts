/** Streams one file that is larger than the disk: from its place on the remote to its receipt. */

import type { Outcome, Stream } from '../core/action.ts';
import { Fault } from '../core/fault.ts';
import type { ShippedPiece } from '../core/piece-part.ts';
import type { PieceSet } from '../core/pieces.ts';
import { hasPiece, piecesIn, piecesOf } from '../core/pieces.ts';
import type { Policy } from '../core/policy.ts';
import type { Snapshot, StreamProgress } from '../core/snapshot.ts';
import { mostDownloads, streamRate } from '../core/stream-rate.ts';
import type { StreamSession } from '../ports/rtorrent.ts';
import { begin } from './deletion.ts';
import { firstLook } from './first-look.ts';
import type { Ports } from './ports.ts';
import { moveElsewhere, proveStreamed } from './stream-end.ts';
import { StreamLoop, wasEnded, wasFilled } from './stream-loop.ts';
import type { StreamWork } from './stream-work.ts';
import { allocatedBytesOf, piecesThere, workOn } from './stream-work.ts';
import type { Watch } from './transfer.ts';

/** All of it is on the remote: nothing more comes in, and others may have the space and the turn. */
const noWindow: StreamProgress = { windowBytes: 0, arrivingBytes: 0, fetchedBytes: 0, sendingBytes: 0 };

/** However patient the user is with stalled torrents: a run from cron is to come to its end. */
const mostIdleMs = 3_600_000;

/**
 * Resolves once the file is on the remote, whole, and proved; or, `stale`, where it was interrupted and goes on from what is
 * there. The torrent is not loaded afterwards. Rejects with a `Fault`.
 */
export async function stream(
  action: Stream,
  ports: Ports,
  policy: Policy,
  snapshot: Snapshot,
  watch: Watch,
): Promise<Outcome | string> {
  try {
    return await streamIn(workOn(action, snapshot.ledger), ports, policy, snapshot, watch);
  } catch (error) {
    // What was ended has not failed.
    if (error instanceof Fault && watch.signal.aborted) return { kind: 'stale', detail: wasEnded };
    throw error;
  }
}

async function streamIn(
  work: StreamWork,
  ports: Ports,
  policy: Policy,
  snapshot: Snapshot,
  watch: Watch,
): Promise<Outcome | string> {
  const { action } = work;
  const moved = await settlePlace(work, ports, snapshot, watch);
  if (moved !== undefined) return moved;
  await begin({ ...action, kind: 'unload' }, undefined, ports);
  if (!work.isRemembered) await recall(work, ports, watch);
  if (!work.isWhole()) {
    const interruption = await fetchAndShip(work, ports, policy, watch);
    if (interruption !== undefined) return interruption;
  }
  // What could not be closed now is still steered by what the next stream would take over.
  const seen = await firstLook(work.metainfo.infohash, ports.rtorrent);
  if (seen.kind !== 'stale' && seen.loaded === undefined) watch.onProgress(work.shippedBytes, noWindow);
  return await proveStreamed(work, ports, policy, watch);
}

/** The ledger is new or lost, or the file was sent whole and never proved: the remote itself tells what it holds. */
async function recall(work: StreamWork, ports: Ports, { signal }: Watch): Promise<void> {
  const { infohash } = work.metainfo;
  const { pieces, source } = await piecesThere(work, ports, signal);
  const own = work.piecesOfFile();
  const found: readonly ShippedPiece[] = own
    .filter((piece) => hasPiece(pieces, piece))
    .map((piece) => ({ piece, partDigest: undefined }));
  // Under its name it takes no more pieces; once they are recorded, nobody looks again whether it has it.
  if (source === 'final' && found.length < own.length) await ports.remote.reopenPieces(work.streamed);
  if (found.length > 0) await ports.ledger.recordPieces(infohash, work.file.index, found);
  work.shipped(found);
}

/**
 * Where the remote holds something else under its name, the torrent goes to a place of its own, once. Else the name is taken
 * for it before the first byte goes out.
 */
async function settlePlace(
  work: StreamWork,
  ports: Ports,
  snapshot: Snapshot,
  watch: Watch,
): Promise<Outcome | undefined> {
  const { infohash } = work.metainfo;
  const { path, file } = work;
  const { remote, ledger, clock } = ports;
  const owner = snapshot.ledger.shipments.get(path);
  if (owner === infohash) return undefined;
  const there = (await remote.list([path])).get(path);
  const isAnothers = owner !== undefined && snapshot.managed.has(owner);
  const isFree = there === undefined ? !isAnothers : there === file.lengthBytes && owner === undefined;
  // Under its full size it may be this very file.
  if (isFree && (there === undefined || (await isThisFile(work, ports, watch)))) {
    await ledger.beginShipment(infohash, [path], clock.nowMs());
    return undefined;
  }
  return await moveElsewhere(work, ports);
}

/**
 * Whether the file under the final name is this one, as far as its pieces can be told. Where the ledger was lost, border
 * pieces cannot: they are fetched once more.
 */
async function isThisFile(work: StreamWork, ports: Ports, { signal }: Watch): Promise<boolean> {
  const { pieces, source } = await piecesThere(work, ports, signal);
  const told = work.piecesOfFile().filter((piece) => work.canTell(piece));
  return source === 'final' && told.length > 0 && told.every((piece) => hasPiece(pieces, piece));
}

async function fetchAndShip(
  work: StreamWork,
  ports: Ports,
  policy: Policy,
  watch: Watch,
): Promise<Outcome | undefined> {
  const before = work.shippedCount;
  let mostPeers = mostDownloads(work.window);
  let interruption = await fetchFrom(mostPeers, work, ports, policy, watch);
  // Each peer that went away may have left a piece unfinished: in the end one is fetched after the other.
  while (interruption === wasFilled && mostPeers > 1) {
    mostPeers = Math.floor(mostPeers / 2);
    interruption = await fetchFrom(mostPeers, work, ports, policy, watch);
  }
  if (interruption === undefined) return undefined;
  const hasMoved = work.shippedCount > before || watch.signal.aborted;
  if (!hasMoved) throw new Fault('failed', interruption, 'it goes on from what is on the remote');
  return { kind: 'stale', detail: interruption };
}

/** From so many peers at once. Resolves as the loop does; the torrent is not loaded afterwards. */
async function fetchFrom(
  mostPeers: number,
  work: StreamWork,
  ports: Ports,
  { stallTimeoutMs }: Policy,
  watch: Watch,
): Promise<string | undefined> {
  const { believed, inPlace } = await prepare(work, ports);
  const { managed, directory } = work.action;
  const session = await ports.rtorrent.openStream({
    managed,
    directory,
    file: work.file,
    pieces: believed,
    inPlace,
    mostDownloads: mostPeers,
    rateBytesPerSecond: streamRate(work.window, await allocatedBytesOf(work, ports)),
  });
  try {
    const bounds = { mostIdleMs: Math.min(stallTimeoutMs, mostIdleMs), mostPeers };
    return await new StreamLoop(work, session, ports, watch, bounds).run();
  } finally {
    await closeQuietly(session);
  }
}

/**
 * Makes its file sparse, and frees what of it is neither whole here nor to be kept: it would be fetched again in any case.
 * Answers with what rtorrent may believe: what is whole here, and what the remote holds.
 */
async function prepare(
  work: StreamWork,
  { seedbox }: Ports,
): Promise<{ readonly believed: PieceSet; readonly inPlace: ReadonlySet<number> }> {
  const { metainfo, file, action } = work;
  const place = { managed: action.managed, directory: action.directory };
  await seedbox.prepareStream(place, file);
  const { pieces, inPlace } = await seedbox.verifyPieces(place);
  const own = work.piecesOfFile();
  const isBorder = (piece: number): boolean => piece === own[0] || piece === own.at(-1);
  const useless = own.filter(
    (piece) => work.isShipped(piece) || (!hasPiece(pieces, piece) && !isBorder(piece)),
  );
  await seedbox.punch({ ...place, file, pieces: piecesOf(metainfo.pieceCount, useless) });
  const shipped = own.filter((piece) => work.isShipped(piece));
  const believed = piecesOf(metainfo.pieceCount, [...piecesIn(pieces), ...shipped]);
  return { believed, inPlace };
}

/** What does not close now is stopped by rtorrent itself, and taken out at the next look. */
async function closeQuietly(session: StreamSession): Promise<void> {
  try {
    await session.close();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
