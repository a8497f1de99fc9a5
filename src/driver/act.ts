/** Acts: carries out one action of a plan, looking once more before each point of no return. */

import type {
  Action,
  Extend,
  Load,
  Outcome,
  Place,
  Purge,
  Retire,
  Roll,
  Select,
  SetAside,
  Start,
  Tidy,
  Unload,
} from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { isFileComplete } from '../core/pieces.ts';
import type { RtorrentTorrent } from '../core/snapshot.ts';
import { countOf, formatBytes } from '../core/units.ts';
import { begin, lookOnceMore, remove } from './deletion.ts';
import { firstLook } from './first-look.ts';
import { expectOwnFiles } from './own-files.ts';
import type { Ports } from './ports.ts';
import { roll } from './roll.ts';

/** The actions that are done when `act` returns; shipping, proving and streaming take long, and are jobs. */
export type ShortAction =
  Load | Select | Extend | Roll | Unload | SetAside | Start | Tidy | Place | Purge | Retire;

export function isShort(action: Action): action is ShortAction {
  return action.kind !== 'ship' && action.kind !== 'prove' && action.kind !== 'stream';
}

/** Carries it out. A fault becomes an outcome here and nowhere else; anything else that is thrown is our own mistake. */
export async function act(action: ShortAction, ports: Ports): Promise<Outcome> {
  return await outcomeOf(() => carryOut(action, ports));
}

/** Runs work that answers with a few words about what was done. */
export async function outcomeOf(work: () => Promise<Outcome | string>): Promise<Outcome> {
  try {
    const result = await work();
    return typeof result === 'string' ? { kind: 'done', detail: result } : result;
  } catch (error) {
    if (error instanceof Fault) return { kind: 'failed', message: error.message, remedy: error.remedy };
    throw error;
  }
}

/** What rtorrent has of a torrent at this moment. */
type Loaded = RtorrentTorrent | undefined;

/** What rtorrent may have died of is a failure and rests; what met none at all is tried again as soon as it is back. */
async function carryOut(action: ShortAction, ports: Ports): Promise<Outcome | string> {
  if (action.kind === 'place') {
    await ports.ledger.recordPlacement(action.managed.metainfo.infohash, action.place);
    return `at ${displayText(action.place)} on the remote`;
  }
  const first = await firstLook(action.managed.metainfo.infohash, ports.rtorrent);
  return first.kind === 'stale' ? first : await carryOutOn(first.loaded, action, ports);
}

async function carryOutOn(
  loaded: Loaded,
  action: Exclude<ShortAction, Place>,
  ports: Ports,
): Promise<Outcome | string> {
  switch (action.kind) {
    case 'load':
      await ports.rtorrent.load(action.managed, action.directory, action.uploadedBytes);
      await ports.ledger.clearIntent(action.managed.metainfo.infohash);
      return formatBytes(action.managed.metainfo.totalBytes);
    case 'select':
      return await select(loaded, action, ports);
    case 'extend':
      return await extend(loaded, action, ports);
    case 'roll':
      return await roll(loaded, action, ports);
    case 'unload':
      await begin(action, loaded, ports);
      await ports.rtorrent.erase(action.managed.metainfo.infohash);
      return 'its data stays';
    case 'set-aside':
      return await setAside(loaded, action, ports);
    case 'start':
      return await start(loaded, action, ports);
    case 'tidy':
      return await tidy(loaded, action, ports);
    case 'purge':
      return await purge(loaded, action, ports);
    case 'retire':
      return await retire(loaded, action, ports);
  }
}

/** What rtorrent does not start, because its files are gone, say, is taken out: after a rest it is loaded anew. */
async function start(loaded: Loaded, { managed, directory }: Start, ports: Ports): Promise<string> {
  const { infohash } = managed.metainfo;
  try {
    await ports.rtorrent.restart(infohash);
  } catch (error) {
    if (error instanceof Fault && error.kind === 'refused') {
      await begin({ kind: 'unload', managed, directory }, loaded, ports);
      await ports.rtorrent.erase(infohash);
    }
    throw error;
  }
  return 'started again';
}

async function select(loaded: Loaded, action: Select, ports: Ports): Promise<Outcome | string> {
  const { managed, directory, uploadedBytes } = action;
  if (loaded !== undefined) return { kind: 'stale', detail: 'it was loaded meanwhile' };
  // Read anew from the disk: what rtorrent tells its peers that we have, we have.
  const { pieces, inPlace } = await ports.seedbox.verifyPieces({ managed, directory });
  const selected = new Set(action.files);
  await ports.rtorrent.loadSelected({ managed, directory, selected, uploadedBytes, pieces, inPlace });
  await ports.ledger.clearIntent(managed.metainfo.infohash);
  return `${action.files.length} of ${countOf(managed.metainfo.files.length, 'file')}`;
}

async function extend(
  loaded: Loaded,
  { managed, files }: Extend,
  { rtorrent }: Ports,
): Promise<Outcome | string> {
  const { infohash } = managed.metainfo;
  if (loaded?.isActive !== true) return { kind: 'stale', detail: 'it is not running any more' };
  // Then its peers may be gone: it has to be loaded anew to find them at once.
  if (loaded.isPartiallyDone) return { kind: 'stale', detail: 'it has run dry meanwhile' };
  await rtorrent.selectMore(infohash, new Set(files));
  return `${countOf(files.length, 'file')} more`;
}

/** Its rest is written down last of what may be cut: until then it is only loaded once more. */
async function setAside(loaded: Loaded, action: SetAside, ports: Ports): Promise<Outcome | string> {
  const { managed, directory, keep, failure } = action;
  const { infohash } = managed.metainfo;
  if (loaded === undefined) return { kind: 'stale', detail: 'it was taken out meanwhile' };
  if (loaded.receivedBytes !== action.receivedBytes) return { kind: 'stale', detail: 'it gets on again' };
  await begin({ kind: 'unload', managed, directory }, loaded, ports);
  await ports.rtorrent.erase(infohash);
  // Loaded anew, it is not to be judged by how long it had been still before.
  await ports.ledger.recordProgress(new Map([[infohash, undefined]]));
  await ports.ledger.recordFailure(infohash, failure);
  if (action.files.length === 0) return 'its data stays';
  const { pieces } = await ports.seedbox.verifyPieces({ managed, directory });
  const files = action.files.filter((file) => !isFileComplete(managed.metainfo, file, pieces));
  return await remove({ managed, directory, files, keep }, ports);
}

/** What turns out to be whole, read from the disk, stays. */
async function tidy(loaded: Loaded, action: Tidy, ports: Ports): Promise<Outcome | string> {
  const { managed, directory, keep } = action;
  if (loaded !== undefined) return { kind: 'stale', detail: 'it was loaded meanwhile' };
  const { pieces } = await ports.seedbox.verifyPieces({ managed, directory });
  const files = action.files.filter((file) => !isFileComplete(managed.metainfo, file, pieces));
  if (files.length === 0)
    throw new Fault('failed', 'its leftovers turn out to be whole files', 'raise space_limit');
  await begin(action, loaded, ports);
  return await remove({ managed, directory, files, keep }, ports);
}

/**
 * Closed, deleted, erased, in this order: nothing is served of which bytes are gone, and cut anywhere the next look finds
 * it loaded and proven, and does the rest.
 */
async function purge(loaded: Loaded, action: Purge, ports: Ports): Promise<Outcome | string> {
  const { managed, directory, isLoaded } = action;
  const { infohash } = managed.metainfo;
  if ((loaded !== undefined) !== isLoaded) return { kind: 'stale', detail: 'rtorrent changed meanwhile' };
  const doubt = await lookOnceMore(action, ports);
  if (doubt !== undefined) return doubt;
  await begin(action, loaded, ports);
  if (isLoaded) await ports.rtorrent.close(infohash);
  else await expectOwnFiles(action, ports);
  const detail = await remove({ managed, directory, files: action.files, keep: action.keep }, ports);
  if (isLoaded) await ports.rtorrent.erase(infohash);
  return detail;
}

async function retire(loaded: Loaded, action: Retire, ports: Ports): Promise<Outcome | string> {
  const { managed, directory } = action;
  if (loaded !== undefined) return { kind: 'stale', detail: 'it was loaded meanwhile' };
  const doubt = await lookOnceMore(action, ports);
  if (doubt !== undefined) return doubt;
  await begin(action, loaded, ports);
  // A purge that was cut after the last file has left its directories.
  await ports.seedbox.remove({ managed, directory, files: [], keep: new Set() });
  await ports.seedbox.retire(managed);
  await ports.ledger.setPriority(managed.metainfo.infohash, undefined);
  await ports.ledger.clearIntent(managed.metainfo.infohash);
  return `${countOf(action.receipts.length, 'file')}, all on the remote`;
}
