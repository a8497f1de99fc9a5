/** All that the driver is handed: the world, by its ports. */

import type { LedgerPort } from '../ports/ledger.ts';
import type { RemotePort } from '../ports/remote.ts';
import type { RtorrentPort } from '../ports/rtorrent.ts';
import type { ClockPort, ReporterPort } from '../ports/runtime.ts';
import type { SeedboxPort } from '../ports/seedbox.ts';

export interface Ports {
  readonly rtorrent: RtorrentPort;
  readonly remote: RemotePort;
  readonly seedbox: SeedboxPort;
  readonly ledger: LedgerPort;
  readonly clock: ClockPort;
  readonly reporter: ReporterPort;
}
