/** The rtorrent of this configuration: the user's own, or one that this program runs. */

import { join } from 'node:path';
import type { EmbeddedEvent, EmbeddedSettings } from '../adapters/embedded-rtorrent.ts';
import { EmbeddedRtorrent } from '../adapters/embedded-rtorrent.ts';
import { RtorrentRpc } from '../adapters/rtorrent-rpc.ts';
import { formatDuration } from '../core/units.ts';
import type { Configuration } from './config.ts';
import type { Places } from './places.ts';
import { rtorrentDirectory, rtorrentSocket } from './places.ts';
import type { Log } from './report/log.ts';
import type { RtorrentChoice } from './rtorrent-keys.ts';

/** The connection to it. `embedded` where this process runs it: then more is known of why it does not answer. */
export function openRpc(
  { rtorrent, managedDirectory }: Configuration,
  places: Places,
  embedded: EmbeddedRtorrent | undefined,
): RtorrentRpc {
  if (rtorrent.kind === 'external') return new RtorrentRpc(rtorrent.address);
  const address = { kind: 'unix', path: rtorrentSocket(places, managedDirectory) } as const;
  if (embedded !== undefined) {
    const remedy = `it is started again by itself; its log is ${rtorrentDirectory(places, managedDirectory)}/log`;
    return new RtorrentRpc(address, () => ({ reason: embedded.whyAbsent(), remedy }));
  }
  return new RtorrentRpc(address, () => ({
    reason: 'the embedded rtorrent does not run',
    remedy: 'it runs with the daemon: start `rtorrent-low-space-driver daemon`',
  }));
}

/** How this program runs one. */
export function embeddedSettings(
  rtorrent: Extract<RtorrentChoice, { readonly kind: 'embedded' }>,
  { managedDirectory, policy }: Pick<Configuration, 'managedDirectory' | 'policy'>,
  places: Places,
): EmbeddedSettings {
  const directory = rtorrentDirectory(places, managedDirectory);
  const { kind: _kind, downloadDirectory = join(directory, 'download'), ...rest } = rtorrent;
  return {
    ...rest,
    directory,
    downloadDirectory,
    socketPath: rtorrentSocket(places, managedDirectory),
    spaceLimitBytes: policy.spaceLimitBytes,
  };
}

/** One that this process is to run; undefined where the user runs it. It is started by `start`, and told of in the log. */
export function openEmbedded(
  configuration: Configuration,
  places: Places,
  log: Log,
  onEvent: (event: EmbeddedEvent) => void,
): EmbeddedRtorrent | undefined {
  const { rtorrent } = configuration;
  if (rtorrent.kind === 'external') return undefined;
  const settings = embeddedSettings(rtorrent, configuration, places);
  return new EmbeddedRtorrent(settings, (event) => {
    tell(log, event, settings.directory);
    onEvent(event);
  });
}

function tell(log: Log, event: EmbeddedEvent, directory: string): void {
  if (event.kind === 'started') {
    const origin = event.isTakenOver ? ', left by an earlier run' : '';
    log.info('rtorrent runs', { detail: `version ${event.version}, process ${event.pid}${origin}` });
  } else {
    const detail = `${event.sentence}; again in ${formatDuration(event.againInMs)}`;
    log.warn('rtorrent ended', { detail, remedy: `its log is ${directory}/log` });
  }
}
