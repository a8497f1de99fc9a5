/** Checks of the rtorrent that answers: its methods, its socket, its download directory. */

import { accessSync, constants } from 'node:fs';
import { displayText } from '../../core/bytes.ts';
import { Fault } from '../../core/fault.ts';
import type { RtorrentView } from '../../core/snapshot.ts';
import { countOf } from '../../core/units.ts';
import type { Configuration } from '../config.ts';
import { embeddedSettings } from '../embedded.ts';
import type { Places } from '../places.ts';
import type { Wired } from '../wiring.ts';
import { checkEmbeddedStart, checkRunningEmbedded } from './embedded.ts';
import { checkExposure } from './exposure.ts';
import type { Finding } from './finding.ts';
import { checkRcFile, findRcFile, guardOfFile } from './rc-files.ts';
import { checkSpace } from './space.ts';

export async function checkRtorrent(
  { ports, rtorrent, rpc }: Wired,
  configuration: Configuration,
  places: Places,
): Promise<readonly Finding[]> {
  const { rtorrent: choice } = configuration;
  const rcFile = choice.kind === 'external' ? findRcFile(places.home) : undefined;
  const further = rcFile === undefined ? [] : await checkRcFile(rcFile);
  try {
    const view = await ports.rtorrent.observe();
    return [
      {
        check: 'rtorrent',
        state: 'ok',
        detail: `version ${view.version}, process ${view.processId}, ${countOf(view.torrents.size, 'torrent')}`,
      },
      checkMethods(await rtorrent.missingMethods()),
      ...(choice.kind === 'external' ? [] : [await checkRunningEmbedded()]),
      ...(await checkExposure(configuration, rpc, view.processId)),
      ...further,
      checkDownloadDirectory(view),
      ...(await checkSpace(ports, configuration, view.version, guardOfFile(rcFile))),
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const finding = { check: 'rtorrent', detail: error.message, remedy: error.remedy };
    if (choice.kind === 'embedded' && error.kind === 'unreachable') {
      const start = await checkEmbeddedStart(embeddedSettings(choice, configuration, places));
      return [{ ...finding, state: 'warning' }, ...start];
    }
    return [{ ...finding, state: 'problem' }, ...further];
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
