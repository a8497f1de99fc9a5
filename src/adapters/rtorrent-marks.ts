/** What this program writes down at a torrent in rtorrent as it loads it, and what is told by that later. */

import type { XmlRpcCall } from '../codec/xmlrpc-value.ts';
import type { ByteString } from '../core/bytes.ts';
import { asByteString, bytesOfText } from '../core/bytes.ts';
import { partsMode } from '../core/parts.ts';
import { command } from './rtorrent-answers.ts';
import { modeKey, uploadedKey } from './rtorrent-fields.ts';

/**
 * The custom field that holds `d.load_date` as it was when this program loaded the torrent. A restart of rtorrent keeps the
 * field, and loads the torrent at another time.
 */
export const loadedKey = 'drv.loaded';

/** `d.hashing` of a check that was asked for; those of a load and of a completion are others. */
const byHand = 3;

/** Commands for its load. */
export const partsCommands: readonly ByteString[] = [
  `d.custom.set=${modeKey},${partsMode}`,
  `d.custom.set=${loadedKey},$cat=$d.load_date=`,
].map(bytesOfText);

/** A command for the load of a torrent that was loaded before. */
export function uploadCommands(uploadedBytes: number): readonly ByteString[] {
  return uploadedBytes === 0 ? [] : [asByteString(`d.custom.set=${uploadedKey},${uploadedBytes}`)];
}

/**
 * Has rtorrent take the mark away where it is told to check such a torrent. 0.9.8 would allocate whole files from then on of which
 * a border piece is fetched. Lasts until rtorrent ends; the same once more changes nothing.
 */
export const noticeChecks: XmlRpcCall = command(
  'method.set_key',
  asByteString(''),
  asByteString('event.download.hash_queued'),
  asByteString('drv_checked'),
  asByteString(
    `branch="equal=\\"cat=$d.custom=${modeKey},$d.hashing=\\",cat=${partsMode}${byHand}","d.custom.set=${loadedKey},checked"`,
  ),
);

/** `mark` is empty where it was not loaded so, or by a version of this program that made none. */
export function isAsItWasLoaded(loadedAtSeconds: number, mark: ByteString): boolean {
  return mark === '' || mark === String(loadedAtSeconds);
}
