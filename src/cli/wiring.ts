/** The composition root: the one place where the real adapters are handed to the driver. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedRtorrent } from '../adapters/embedded-rtorrent.ts';
import { SqliteLedger } from '../adapters/ledger-sqlite.ts';
import { RsyncRemote } from '../adapters/remote-rsync.ts';
import type { RtorrentRpc } from '../adapters/rtorrent-rpc.ts';
import { Rtorrent } from '../adapters/rtorrent.ts';
import { systemClock } from '../adapters/runtime.ts';
import { Seedbox } from '../adapters/seedbox.ts';
import { SshLines } from '../adapters/ssh-lines.ts';
import type { SshConnection } from '../adapters/ssh.ts';
import type { Ports } from '../driver/ports.ts';
import type { ReporterPort } from '../ports/runtime.ts';
import type { Configuration } from './config.ts';
import { openRpc } from './embedded.ts';
import type { Places } from './places.ts';
import { ledgerPath } from './places.ts';

const connectTimeoutMs = 20_000;
/** A transfer that moves nothing for this long is taken for dead. */
const stallMs = 5 * 60_000;

export interface Wired {
  readonly ports: Ports;
  readonly rpc: RtorrentRpc;
  readonly rtorrent: Rtorrent;
  readonly connection: SshConnection;
  readonly ledger: SqliteLedger;
  /** Ends connections and closes the ledger; never rejects for what is gone already. */
  close(): Promise<void>;
}

/**
 * `isReadOnly` for commands that only look: then nothing is made on this host. `embedded` is the rtorrent that the caller
 * runs itself, if it does.
 */
export function wire(
  configuration: Configuration,
  places: Places,
  reporter: ReporterPort,
  isReadOnly: boolean,
  embedded?: EmbeddedRtorrent,
): Wired {
  const rpc = openRpc(configuration, places, embedded);
  const rtorrent = new Rtorrent(rpc, systemClock, places.home, join(places.state, 'scratch'));
  if (!isReadOnly) mkdirSync(places.state, { recursive: true, mode: 0o700 });
  const lines = new SshLines({
    host: configuration.remoteHost,
    socketDirectories: places.sockets,
    connectTimeoutMs,
  });
  const ledger = openLedger(configuration, places, isReadOnly);
  const remote = new RsyncRemote(lines, {
    path: configuration.remotePath,
    stallMs,
    isPathInUse: ledger.hasShipped(),
  });
  const seedbox = new Seedbox(configuration.managedDirectory);
  return {
    ports: { rtorrent, remote, seedbox, ledger, clock: systemClock, reporter },
    rpc,
    rtorrent,
    connection: lines.questions,
    ledger,
    close: async () => {
      await Promise.allSettled([rtorrent.disconnect(), remote.disconnect()]);
      await ledger.close();
    },
  };
}

/** The ledger of this configuration's remote. */
export function openLedger(configuration: Configuration, places: Places, isReadOnly: boolean): SqliteLedger {
  const { remoteHost, remotePath, managedDirectory } = configuration;
  const remote = `${remoteHost}:${remotePath}`;
  return SqliteLedger.open({ path: ledgerPath(places), remote, managedDirectory, isReadOnly });
}
