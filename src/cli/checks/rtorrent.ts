/** Checks of the rtorrent that answers: its methods, its socket, its download directory. */

import { accessSync, constants } from 'node:fs';
import { displayText } from '../../core/bytes.ts';
import { Fault } from '../../core/fault.ts';
import type { RtorrentView } from '../../core/snapshot.ts';
import { countOf } from '../../core/units.ts';
import type { Configuration } from '../config.ts';
import type { Wired } from '../wiring.ts';
import type { Finding } from './finding.ts';
import { checkSpace } from './space.ts';

export async function checkRtorrent(
  { ports, rtorrent }: Wired,
  configuration: Configuration,
): Promise<readonly Finding[]> {
  try {
    const view = await ports.rtorrent.observe();
    return [
      {
        check: 'rtorrent',
        state: 'ok',
        detail: `version ${view.version}, process ${view.processId}, ${countOf(view.torrents.size, 'torrent')}`,
      },
      checkMethods(await rtorrent.missingMethods()),
      ...checkSocket(configuration),
      checkDownloadDirectory(view),
      ...(await checkSpace(ports, configuration, view.version)),
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ check: 'rtorrent', state: 'problem', detail: error.message, remedy: error.remedy }];
  }
}

function checkMethods(missing: readonly string[]): Finding {
  const check = "rtorrent's methods";
  return missing.length === 0
    ? { check, state: 'ok', detail: 'it has all that are called' }
    : {
        check,
        state: 'problem',
        detail: `it does not know ${missing.join(', ')}`,
        remedy: 'use rtorrent 0.9.8 or newer, and report this with the version',
      };
}

function checkSocket({ rtorrent }: Configuration): readonly Finding[] {
  if (rtorrent.kind === 'embedded' || rtorrent.address.kind === 'unix') return [];
  const isLocal = /^(127\.|::1$|localhost$)/.test(rtorrent.address.host);
  return [
    {
      check: "rtorrent's socket",
      state: 'warning',
      detail: isLocal
        ? 'every user of this host can run commands as you through a TCP socket'
        : 'whoever reaches this TCP socket can run commands as you',
      remedy: 'use network.scgi.open_local = /path/to/socket in rtorrent.rc and scgi:///path/to/socket here',
    },
  ];
}

function checkDownloadDirectory({ defaultDirectory }: Pick<RtorrentView, 'defaultDirectory'>): Finding {
  const check = 'download directory';
  const shown = displayText(defaultDirectory);
  try {
    accessSync(Buffer.from(defaultDirectory, 'latin1'), constants.R_OK | constants.W_OK | constants.X_OK);
    return { check, state: 'ok', detail: shown };
  } catch {
    return {
      check,
      state: 'problem',
      detail: `${shown} is not readable and writable here`,
      remedy: 'make it, and run this program as the same user and on the same host as rtorrent',
    };
  }
}
