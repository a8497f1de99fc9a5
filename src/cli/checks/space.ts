/** Checks of the space: what the limit comes to, and whether rtorrent's own guard would strike within it. */

import { guardLine } from '../../codec/rtorrent-rc.ts';
import type { Space } from '../../core/budget.ts';
import { Fault } from '../../core/fault.ts';
import { plan } from '../../core/plan.ts';
import { formatBytes } from '../../core/units.ts';
import { observe } from '../../driver/observe.ts';
import type { Configuration } from '../config.ts';
import type { Wired } from '../wiring.ts';
import type { Finding } from './finding.ts';

/** rtorrent's own guard closes every unfinished torrent below this much free space unless it is told otherwise. */
const defaultGuardBytes = 500e6;

export async function checkSpace(
  ports: Wired['ports'],
  { policy, rtorrent }: Configuration,
  version: string,
  knownGuardBytes: number | undefined,
): Promise<readonly Finding[]> {
  const check = 'space';
  try {
    const { space } = plan(await observe(ports, policy, []), policy);
    if (space === undefined) return [{ check, state: 'problem', detail: 'the disk cannot be measured' }];
    const detail = `limit ${formatBytes(space.limitBytes)}, allocated ${formatBytes(space.allocatedBytes)}, free ${formatBytes(space.roomBytes)}; ${formatBytes(space.freeBytes)} unused on the filesystem`;
    // One of ours has the guard that fits.
    const guard = rtorrent.kind === 'embedded' ? [] : [checkGuard(space, version, knownGuardBytes)];
    if (space.limitedBy === 'space_limit') return [{ check, state: 'ok', detail }, ...guard];
    const remedy = `it works within what is there; make room, or set space_limit = ${Math.floor(space.limitBytes / 1024 ** 2)}MiB`;
    const less = space.limitedBy === 'quota' ? 'your quota leaves' : 'the filesystem has';
    return [
      { check, state: 'warning', detail: `${detail}: ${less} less than space_limit`, remedy },
      ...guard,
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ check, state: 'warning', detail: `not known: ${error.message}` }];
  }
}

/** Its setting cannot be asked for over XML-RPC: what can be told is what the rc file says, or what the default would do. */
function checkGuard(space: Space, version: string, knownBytes: number | undefined): Finding {
  const check = 'low-diskspace guard';
  const leftBytes = Math.max(0, space.freeBytes - space.roomBytes - space.promisedBytes);
  const guardBytes = knownBytes ?? defaultGuardBytes;
  const whose = knownBytes === undefined ? "rtorrent's default" : 'rtorrent.rc';
  const left = formatBytes(leftBytes);
  if (leftBytes >= guardBytes) {
    const detail = `${left} stay free, ${whose} asks for ${formatBytes(guardBytes)}`;
    return { check, state: 'ok', detail };
  }
  return {
    check,
    state: 'warning',
    detail: `with this limit only ${left} stay free; by ${whose} rtorrent closes every unfinished torrent below ${formatBytes(guardBytes)}`,
    remedy: `put into rtorrent.rc, unless you have it already: ${guardLine(version, Math.floor(space.reserveBytes / 2))}`,
  };
}
