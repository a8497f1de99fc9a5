/** Broken planners and broken hands: each makes one mistake that the simulator has to find, or it finds nothing. */

import type { Action, Plan, Purge, Stream } from '../../src/core/action.ts';
import { contentFiles, pieceRangeOf } from '../../src/core/metainfo.ts';
import { hasPiece, piecesOf } from '../../src/core/pieces.ts';
import type { PieceSet } from '../../src/core/pieces.ts';
import { plan } from '../../src/core/plan.ts';
import type { Metainfo } from '../../src/core/metainfo.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { Ports } from '../../src/driver/ports.ts';
import type { RemotePort } from '../../src/ports/remote.ts';
import type { RtorrentPort } from '../../src/ports/rtorrent.ts';
import type { SeedboxPort } from '../../src/ports/seedbox.ts';
import { makeDuty } from '../support/world.ts';
import type { SimSeedbox } from './sim-seedbox.ts';
import type { Tampering } from './simulate.ts';
import type { World } from './world.ts';

export interface Canary {
  readonly name: string;
  readonly tampering: Tampering;
}

export const canaries: readonly Canary[] = [
  { name: 'spends on credit', tampering: { decide: spendOnCredit } },
  { name: 'trusts counts of pieces', tampering: { wrap: trustCounts } },
  { name: 'forgets border pieces', tampering: { decide: forgetBorders } },
  { name: 'forgets border pieces in a roll', tampering: { decide: forgetBordersInRoll } },
  { name: 'purges on size alone', tampering: { policy: (policy) => ({ ...policy, verify: 'size' }) } },
  { name: 'deletes recursively', tampering: { wrap: deleteRecursively } },
  { name: 'claims pieces that it has not read', tampering: { wrap: claimUnread } },
  { name: 'takes every file of the remote for its own', tampering: { decide: ownEverything } },
  { name: 'deletes what others have', tampering: { decide: keepNothing } },
  { name: 'deletes before it closes', tampering: { wrap: neverClose } },
  { name: 'forgets what it owes', tampering: { policy: (policy) => ({ ...policy, duty: makeDuty() }) } },
  { name: 'retires before it has proved', tampering: { decide: retireEarly } },
  { name: 'punches before the remote has the pieces', tampering: { wrap: punchUnsent } },
  { name: 'deletes before it has written that down', tampering: { wrap: neverIntend } },
  { name: 'streams without the slot', tampering: { wrap: streamUnheld } },
  { name: 'lets a stream have more than its window', tampering: { decide: widenWindows } },
];

/** Counts what its purges are about to free as room already. */
function spendOnCredit(snapshot: Snapshot, policy: Policy): Plan {
  if (!snapshot.disk.seen) return plan(snapshot, policy);
  let credit = 0;
  for (const action of plan(snapshot, policy).actions) {
    if (action.kind !== 'purge') continue;
    credit += snapshot.disk.value.torrents.get(action.managed.metainfo.infohash)?.allocatedBytes ?? 0;
  }
  return plan(snapshot, { ...policy, spaceLimitBytes: policy.spaceLimitBytes + credit });
}

/** Takes `f.completed_chunks` at its word: it counts the first piece of a file twice after a file that ends on a border. */
function trustCounts(ports: Ports): Ports {
  return {
    ...ports,
    rtorrent: withMethods(ports.rtorrent, {
      details: async (infohashes) => {
        const { managed } = await ports.seedbox.scan();
        const details = await ports.rtorrent.details(infohashes);
        return new Map(
          [...details].map(([infohash, detail]) => {
            const metainfo = managed.get(infohash)?.metainfo;
            return [infohash, metainfo ? { ...detail, pieces: byCount(metainfo, detail.pieces) } : detail];
          }),
        );
      },
    }),
  };
}

function byCount(metainfo: Metainfo, have: PieceSet): PieceSet {
  const found = new Set<number>();
  for (let piece = 0; piece < have.count; piece += 1) if (hasPiece(have, piece)) found.add(piece);
  for (const file of metainfo.files) {
    const range = pieceRangeOf(metainfo, file);
    if (range === undefined || file.offsetBytes === 0 || file.offsetBytes % metainfo.pieceLengthBytes !== 0)
      continue;
    let count = hasPiece(have, range.first) ? 1 : 0;
    for (let piece = range.first; piece <= range.last; piece += 1) if (hasPiece(have, piece)) count += 1;
    if (count < range.last - range.first + 1) continue;
    for (let piece = range.first; piece <= range.last; piece += 1) found.add(piece);
  }
  return piecesOf(have.count, found);
}

/** Counts the files of a batch, and not the pieces that reach into their neighbours. */
function forgetBorders(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  const roomBytes = decided.space?.roomBytes ?? 0;
  const actions = decided.actions.map((action): Action => {
    if (action.kind !== 'select') return action;
    const proved = snapshot.ledger.receipts.get(action.managed.metainfo.infohash);
    const files: number[] = [];
    let bytes = 0;
    for (const file of contentFiles(action.managed.metainfo)) {
      if (proved?.has(file.index) === true || file.index < (action.files[0] ?? 0)) continue;
      bytes += file.lengthBytes;
      if (bytes > roomBytes) break;
      files.push(file.index);
    }
    return files.length > action.files.length ? { ...action, files } : action;
  });
  return { ...decided, actions };
}

/** Takes two pieces more for what comes after a roll. */
function forgetBordersInRoll(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  const actions = decided.actions.map((action): Action => {
    if (action.kind !== 'roll') return action;
    const budgetBytes = action.window.budgetBytes + 2 * action.managed.metainfo.pieceLengthBytes;
    return { ...action, window: { ...action.window, budgetBytes } };
  });
  return { ...decided, actions };
}

/** Takes everything below the torrent's directory. */
function deleteRecursively(ports: Ports, world: World): Ports {
  const { seedbox } = ports;
  return {
    ...ports,
    seedbox: withMethods<SeedboxPort>(seedbox, {
      remove: async (order) => {
        const report = await seedbox.remove(order);
        if (!order.managed.metainfo.isMultiFile) return report;
        for (const path of [...world.disk.files.keys()]) {
          if (path.startsWith(`${order.directory}/`)) (seedbox as unknown as SimSeedbox).removeOne(path);
        }
        return report;
      },
    }),
  };
}

/** Believes that a file of the right size holds the right bytes. */
function claimUnread(ports: Ports): Ports {
  return {
    ...ports,
    seedbox: withMethods(ports.seedbox, {
      verifyPieces: async (place) => {
        const { inPlace } = await ports.seedbox.verifyPieces(place);
        const { metainfo } = place.managed;
        const found = new Set<number>();
        for (const file of metainfo.files) {
          const range = pieceRangeOf(metainfo, file);
          if (range === undefined || !inPlace.has(file.index)) continue;
          for (let piece = range.first; piece <= range.last; piece += 1) found.add(piece);
        }
        return { inPlace, pieces: piecesOf(metainfo.pieceCount, found) };
      },
    }),
  };
}

function ownEverything(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  const actions = decided.actions.map((action): Action => {
    if (action.kind !== 'place' || !snapshot.rtorrent.seen) return action;
    const { managed } = action;
    const loaded = snapshot.rtorrent.value.torrents.get(managed.metainfo.infohash);
    if (loaded === undefined) return action;
    return {
      kind: 'ship',
      managed,
      directory: loaded.reportedDirectory,
      files: contentFiles(managed.metainfo),
    };
  });
  return { ...decided, actions };
}

function keepNothing(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  const forget = (action: Purge): Purge => ({ ...action, keep: new Set() });
  return {
    ...decided,
    actions: decided.actions.map((action) => (action.kind === 'purge' ? forget(action) : action)),
  };
}

function neverClose(ports: Ports): Ports {
  return { ...ports, rtorrent: withMethods(ports.rtorrent, { close: async () => Promise.resolve() }) };
}

function neverIntend(ports: Ports): Ports {
  return { ...ports, ledger: withMethods(ports.ledger, { recordIntent: async () => Promise.resolve() }) };
}

/** Once it has shipped, it takes the .torrent away of what is not loaded any more. */
function retireEarly(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  const shipped = new Set(snapshot.ledger.shipments.values());
  const actions = decided.actions.map((action): Action =>
    (action.kind === 'load' || action.kind === 'select') && shipped.has(action.managed.metainfo.infohash)
      ? { kind: 'retire', managed: action.managed, directory: action.directory, receipts: [] }
      : action,
  );
  return { ...decided, actions };
}

/** Takes every piece for shipped as soon as it is handed over. */
function punchUnsent(ports: Ports): Ports {
  const shipPieces: RemotePort['shipPieces'] = async ({ pieces }) =>
    Promise.resolve({ proved: pieces.map((piece) => ({ piece, partDigest: undefined })), broken: [] });
  return { ...ports, remote: withMethods(ports.remote, { shipPieces }) };
}

/** Believes that its own peer has the slot, whether it has or not. */
function streamUnheld(ports: Ports, world: World): Ports {
  const openStream: RtorrentPort['openStream'] = async (order) => {
    const session = await ports.rtorrent.openStream(order);
    return withMethods(session, {
      tick: async (rate, mostDownloads) => {
        const stream = world.rtorrent.torrents.get(order.managed.metainfo.infohash)?.stream;
        if (stream !== undefined) stream.isSlotHeld = false;
        return { ...(await session.tick(rate, mostDownloads)), isSlotHeld: true };
      },
    });
  };
  return { ...ports, rtorrent: withMethods(ports.rtorrent, { openStream }) };
}

function widenWindows(snapshot: Snapshot, policy: Policy): Plan {
  const decided = plan(snapshot, policy);
  const widen = (action: Stream): Stream => ({ ...action, windowBytes: action.windowBytes * 3 });
  const actions = decided.actions.map((action) => (action.kind === 'stream' ? widen(action) : action));
  // Else the driver would end the stream as soon as it sees what it has promised.
  const space = decided.space && { ...decided.space, deficitBytes: 0 };
  return { ...decided, actions, space };
}

/** The same port with some methods of another. */
function withMethods<P extends object>(port: P, methods: Partial<P>): P {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(methods, key) ?? Reflect.get(target, key);
      return typeof method === 'function' ? (method.bind(target) as unknown) : method;
    },
  });
}

/** The least seed up to `most` whose world finds the canary out; undefined where none does. */
export async function firstCatch(
  { tampering }: Canary,
  most: number,
  run: (seed: number, tampering: Tampering) => Promise<{ readonly finding: string | undefined }>,
): Promise<{ readonly seed: number; readonly finding: string } | undefined> {
  for (let seed = 1; seed <= most; seed += 1) {
    const { finding } = await run(seed, tampering);
    if (finding !== undefined) return { seed, finding };
  }
  return undefined;
}
