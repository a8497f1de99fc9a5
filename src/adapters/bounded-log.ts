/** Keeps the log of an rtorrent small, while it runs. */

import { renameSync, statSync } from 'node:fs';
import { asByteString, bytesOfText } from '../core/bytes.ts';
import { logName } from '../codec/rtorrent-rc.ts';
import type { RtorrentRpc } from './rtorrent-rpc.ts';

/** A log of at least this size goes to `<path>.old`, in the place of the one before, and a new one is begun. */
export async function boundLog(rpc: RtorrentRpc, path: string, mostBytes: number): Promise<void> {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < mostBytes) return;
  keepOldLog(path);
  // It opens the file anew under the same name, and lets go of the old one.
  await rpc
    .call('log.open_file', asByteString(''), bytesOfText(logName), bytesOfText(path))
    .catch(() => undefined);
}

/** Moves the log aside: rtorrent empties it when it opens it. */
export function keepOldLog(path: string): void {
  try {
    renameSync(path, `${path}.old`);
  } catch {
    // There is none yet.
  }
}
