/** Checks of an rtorrent that this program runs: is one installed, and can it have its place? */

import { installedVersion } from '../../adapters/embedded-launch.ts';
import { Fault } from '../../core/fault.ts';
import type { Finding } from './finding.ts';

/** `isRunning` where it answers. */
export async function checkEmbedded(isRunning: boolean): Promise<readonly Finding[]> {
  const check = 'embedded rtorrent';
  try {
    const version = await installedVersion();
    if (isRunning) return [{ check, state: 'ok', detail: `version ${version} is installed, and runs` }];
    const detail = `version ${version} is installed; it runs with the daemon, which does not run`;
    return [{ check, state: 'warning', detail, remedy: 'start `rtorrent-low-space-driver daemon`' }];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ check, state: 'problem', detail: error.message, remedy: error.remedy }];
  }
}
