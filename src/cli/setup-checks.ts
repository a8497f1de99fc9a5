/** The doctor's checks, for answers that are in no configuration yet. */

import type { SocketAddress } from '../adapters/rtorrent-rpc.ts';
import { RtorrentRpc } from '../adapters/rtorrent-rpc.ts';
import { SshConnection } from '../adapters/ssh.ts';
import { checkEmbeddedStart } from './checks/embedded.ts';
import type { Finding } from './checks/finding.ts';
import { findingOf } from './checks/finding.ts';
import { checkLocalRsync, checkManagedDirectory } from './checks/here.ts';
import { checkRemote } from './checks/remote.ts';
import type { Configuration } from './config.ts';
import { embeddedSettings } from './embedded.ts';
import type { Places } from './places.ts';

const connectTimeoutMs = 20_000;

/** All that a set-up needs. `signal` ends it early; what was begun is ended then. */
export async function checkSetup(
  configuration: Configuration,
  places: Places,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [rtorrent, rsync, remote] = await Promise.all([
    checkRtorrentChoice(configuration, places),
    checkLocalRsync(),
    checkRemotePlace(configuration, places, signal),
  ]);
  return [checkTorrents(configuration.managedDirectory), ...rtorrent, rsync, ...remote];
}

/** As the doctor's, but a directory that is not there is made. */
export function checkTorrents(directory: string): Finding {
  const finding = checkManagedDirectory(directory);
  if (!finding.detail.endsWith('does not exist')) return finding;
  return { check: finding.check, state: 'ok', detail: `${directory} will be made` };
}

export async function checkRemotePlace(
  place: Pick<Configuration, 'remoteHost' | 'remotePath'>,
  places: Places,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const connection = new SshConnection({
    host: place.remoteHost,
    socketDirectories: places.sockets,
    connectTimeoutMs,
  });
  try {
    return await checkRemote(connection, place, signal);
  } finally {
    await connection.close();
  }
}

async function checkRtorrentChoice(
  configuration: Configuration,
  places: Places,
): Promise<readonly Finding[]> {
  const { rtorrent } = configuration;
  if (rtorrent.kind === 'embedded') {
    return await checkEmbeddedStart(embeddedSettings(rtorrent, configuration, places));
  }
  return [await findingOf('rtorrent', async () => `version ${await versionAt(rtorrent.address)} answers`)];
}

/** @throws Fault */
export async function versionAt(address: SocketAddress): Promise<string> {
  const version = await new RtorrentRpc(address).call('system.client_version');
  return typeof version === 'string' ? version : 'unknown';
}
