/** Which torrent is meant by what a person calls it; where that is not clear, it is said what there is. */

import type { Named } from '../../core/find.ts';
import { findTorrent } from '../../core/find.ts';
import type { Context } from '../context.ts';

/** So many names fit into one line of a log. */
const mostNames = 10;

/** Undefined where none or several are called so; the log then says which there are. */
export function torrentMeant<T extends Named>(
  { log }: Context,
  called: string,
  torrents: Iterable<T>,
): T | undefined {
  const all = [...torrents];
  const found = findTorrent(called, all);
  switch (found.kind) {
    case 'found':
      return found.torrent;
    case 'none':
      log.error('no managed torrent is called so', {
        detail: called,
        remedy: all.length === 0 ? 'there are none at all' : `there are: ${namesOf(all)}`,
      });
      return undefined;
    case 'several':
      log.error('several torrents are called so', {
        detail: namesOf(found.candidates),
        remedy: 'write more of the name, or of the infohash',
      });
      return undefined;
  }
}

function namesOf(torrents: readonly Named[]): string {
  const names = torrents
    .slice(0, mostNames)
    .map(({ name, infohash }) => `${name} (${infohash.slice(0, 8).toLowerCase()})`);
  const more = torrents.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more; status names all` : '');
}
