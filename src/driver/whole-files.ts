/** Whether files are whole here before they are sent or proved: rtorrent vouches for what it has open, and for nothing else. */

import type { Outcome, ProveContent, Ship } from '../core/action.ts';
import { displayText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { isFileComplete } from '../core/pieces.ts';
import { begin } from './deletion.ts';
import { firstLook } from './first-look.ts';
import type { Ports } from './ports.ts';

/**
 * Reads the pieces of a torrent that rtorrent has closed: it goes on calling complete what was complete when it was
 * closed, whatever became of the files. `stale` while rtorrent is away, restarting say: no torrent has failed then. Rejects
 * with a `Fault` where one is not whole any more; the torrent is then taken out of rtorrent, to be loaded anew, checked and
 * mended.
 */
export async function expectWholeFiles(
  { managed, directory, files }: Pick<Ship | ProveContent, 'managed' | 'directory' | 'files'>,
  { rtorrent, seedbox, ledger, clock }: Ports,
): Promise<Outcome | undefined> {
  const { metainfo } = managed;
  const first = await firstLook(metainfo.infohash, rtorrent);
  if (first.kind === 'stale') return first;
  const { loaded } = first;
  if (loaded?.isOpen === true) return undefined;
  const { pieces, inPlace } = await seedbox.verifyPieces({ managed, directory });
  const broken = files.find((file) => !inPlace.has(file.index) || !isFileComplete(metainfo, file, pieces));
  if (broken === undefined) return undefined;
  if (loaded !== undefined) {
    await begin({ kind: 'unload', managed, directory }, loaded, { ledger, clock });
    await rtorrent.erase(metainfo.infohash);
  }
  throw new Fault(
    'failed',
    `${displayText(broken.path)} is not whole here any more, and rtorrent has it closed`,
    'the torrent is loaded anew, checked and mended',
  );
}
