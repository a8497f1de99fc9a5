/** Checks of the space: what the limit comes to, and whether rtorrent's own guard would strike within it. */

import type { Space } from '../../core/budget.ts';
import { Fault } from '../../core/fault.ts';
import { plan } from '../../core/plan.ts';
import { formatBytes } from '../../core/units.ts';
import { observe } from '../../driver/observe.ts';
import type { Configuration } from '../config.ts';
import type { Wired } from '../wiring.ts';
import type { Finding } from './finding.ts';

/** rtorrent's own guard closes every unfinished torrent below this much free space unless it is told otherwise. */
const guardBytes = 500e6;

export async function checkSpace(
  ports: Wired['ports'],
  { policy }: Configuration,
  version: string,
): Promise<readonly Finding[]> {
  const check = 'space';
  try {
    const { space } = plan(await observe(ports, policy, []), policy);
    if (space === undefined) return [{ check, state: 'problem', detail: 'the disk cannot be measured' }];
    const detail = `limit ${formatBytes(space.limitBytes)}, allocated ${formatBytes(space.allocatedBytes)}, room ${formatBytes(space.roomBytes)}, ${formatBytes(space.freeBytes)} free`;
    if (space.limitedBy === 'space_limit')
      return [{ check, state: 'ok', detail }, checkGuard(space, version)];
    const remedy = `it works within what is there; make room, or set space_limit = ${Math.floor(space.limitBytes / 1024 ** 2)}MiB`;
    const less = space.limitedBy === 'quota' ? 'your quota leaves' : 'the filesystem has';
    return [
      { check, state: 'warning', detail: `${detail}: ${less} less than space_limit`, remedy },
      checkGuard(space, version),
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ check, state: 'warning', detail: `not known: ${error.message}` }];
  }
}

/** Its setting cannot be asked for over XML-RPC: what can be told is whether the default would strike. */
function checkGuard(space: Space, version: string): Finding {
  const check = 'low-diskspace guard';
  const leftBytes = space.freeBytes - space.roomBytes - space.promisedBytes;
  if (leftBytes >= guardBytes) {
    return {
      check,
      state: 'ok',
      detail: `${formatBytes(leftBytes)} stay free, rtorrent's default asks for ${formatBytes(guardBytes)}`,
    };
  }
  const schedule = /^0\.(?:9|1[0-5])\b/.test(version) ? 'schedule2' : 'schedule';
  const floor = Math.max(1, Math.floor(space.reserveBytes / 2 / 1024 ** 2));
  return {
    check,
    state: 'warning',
    detail: `with this limit only ${formatBytes(Math.max(0, leftBytes))} stay free; by default rtorrent then closes every unfinished torrent`,
    remedy: `put into rtorrent.rc, unless you have it already: ${schedule} = low_diskspace,5,60,((close_low_diskspace,${floor}M))`,
  };
}
