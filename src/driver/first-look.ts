/** The look at a torrent in rtorrent that comes before anything is done to it: whether there is an rtorrent to do it to. */

import type { Outcome } from '../core/action.ts';
import { Fault } from '../core/fault.ts';
import type { Infohash } from '../core/metainfo.ts';
import type { RtorrentTorrent } from '../core/snapshot.ts';
import type { RtorrentPort } from '../ports/rtorrent.ts';

/** `loaded` is undefined where rtorrent has it not. */
export type FirstLook =
  | { readonly kind: 'seen'; readonly loaded: RtorrentTorrent | undefined }
  /** rtorrent is away, restarting say: nothing has been done, and no torrent has failed. The next look finds out when it is back. */
  | (Outcome & { readonly kind: 'stale' });

/** Rejects with a `Fault` where rtorrent is there, and refuses. */
export async function firstLook(infohash: Infohash, rtorrent: RtorrentPort): Promise<FirstLook> {
  try {
    return { kind: 'seen', loaded: await rtorrent.look(infohash) };
  } catch (error) {
    if (error instanceof Fault && isAbsence(error)) return { kind: 'stale', detail: error.message };
    throw error;
  }
}

/** Nobody answers, or an answer breaks off. */
function isAbsence({ kind }: Fault): boolean {
  return kind === 'unreachable' || kind === 'garbled';
}
