/** What other programs really wrote: .torrent files and replies of rtorrent, by their names in `recorded/`. */

import { readFileSync } from 'node:fs';

export function recorded(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`recorded/${name}`, import.meta.url)));
}
