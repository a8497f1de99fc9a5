/** Checks of an rtorrent that this program runs: is one installed, and will it find what it needs to start? */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { installedVersion } from '../../adapters/embedded-launch.ts';
import type { EmbeddedSettings } from '../../adapters/embedded-rtorrent.ts';
import { firstFreePort } from '../../adapters/free-port.ts';
import { Fault } from '../../core/fault.ts';
import type { Finding } from './finding.ts';
import { findingOf } from './finding.ts';

const check = 'embedded rtorrent';

/** Of one that runs: that it is installed is all there is to say. */
export async function checkRunningEmbedded(): Promise<Finding> {
  return await findingOf(check, async () => `version ${await installedVersion()} is installed, and runs`);
}

/** Of one that does not run: all that its start needs. */
export async function checkEmbeddedStart(settings: EmbeddedSettings): Promise<readonly Finding[]> {
  return [
    await findingOf(
      check,
      async () => `version ${await installedVersion()} is installed; the daemon runs it`,
    ),
    await findingOf('its directories', () => directoriesOf(settings)),
    await findingOf('its port for peers', async () => await portOf(settings)),
    ...(settings.furtherLines === undefined ? [] : [await checkFurtherLines(settings.furtherLines)]),
  ];
}

/** @throws Fault */
function directoriesOf({ directory, downloadDirectory }: EmbeddedSettings): string {
  for (const path of [directory, downloadDirectory]) {
    const present = nearestPresent(path);
    if (!statSync(present).isDirectory()) {
      throw new Fault('refused', `${path} cannot be made: ${present} is no directory`, 'name another place');
    }
    if (!isPermitted(present, constants.R_OK | constants.W_OK | constants.X_OK)) {
      throw new Fault(
        'refused',
        `${path} ${present === path ? 'is not writable' : `cannot be made: ${present} is not writable`}`,
        path === downloadDirectory
          ? 'set rtorrent_download_directory to a place that is'
          : 'set XDG_STATE_HOME to a place that is',
      );
    }
  }
  return `${directory}, downloads to ${downloadDirectory}`;
}

async function portOf({ ports, bindAddress }: EmbeddedSettings): Promise<string> {
  try {
    const port = await firstFreePort(ports, bindAddress);
    if (port !== undefined) return `${port} is free`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault('refused', error.message, 'set rtorrent_address to one of them, or remove the line');
  }
  const range = ports.first === ports.last ? `${ports.first}` : `${ports.first}-${ports.last}`;
  throw new Fault('refused', `no port of ${range} is free`, 'set rtorrent_ports to others');
}

async function checkFurtherLines(path: string): Promise<Finding> {
  return await findingOf('its further lines', () => {
    if (isPermitted(path, constants.R_OK)) return path;
    const reason = existsSync(path) ? 'is not readable' : 'does not exist';
    throw new Fault('refused', `${path} ${reason}`, 'mend rtorrent_further_rc, or remove the line');
  });
}

/** The path itself, or the directory that it would be made in. */
function nearestPresent(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestPresent(dirname(path));
}

function isPermitted(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
