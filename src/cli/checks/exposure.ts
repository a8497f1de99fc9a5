/** Checks who else can command rtorrent: whoever reaches its socket can run programs as its user. */

import { statSync } from 'node:fs';
import { tcpListenersOf } from '../../adapters/own-sockets.ts';
import type { RtorrentRpc } from '../../adapters/rtorrent-rpc.ts';
import type { Configuration } from '../config.ts';
import type { Finding } from './finding.ts';

const check = "rtorrent's socket";
const remedy = 'use network.scgi.open_local = /path/to/socket in rtorrent.rc and scgi:///path/to/socket here';

/** By the configuration, by the socket's own permissions, and by what else the process listens on. */
export async function checkExposure(
  { rtorrent }: Configuration,
  rpc: RtorrentRpc,
  processId: number,
): Promise<readonly Finding[]> {
  if (rtorrent.kind === 'embedded') return [];
  const { address } = rtorrent;
  if (address.kind === 'tcp') return [tcpFinding(/^(127\.|::1$|localhost$)/.test(address.host), undefined)];
  const peers = Number(await rpc.call('network.listen.port').catch(() => 0));
  // Its peers come to one port; any other that it listens on is for commands.
  const open = peers === 0 ? [] : tcpListenersOf(processId).filter(({ port }) => port !== peers);
  return [
    ...open.slice(0, 1).map(({ isLoopback, port }) => tcpFinding(isLoopback, port)),
    ...checkPermissions(address.path),
  ];
}

function tcpFinding(isLocal: boolean, port: number | undefined): Finding {
  const socket = port === undefined ? 'TCP socket' : `TCP socket (port ${port}, beside the unix socket)`;
  const detail = isLocal
    ? `every user of this host can run commands as you through a ${socket}`
    : `whoever reaches this ${socket} can run commands as you`;
  return { check, state: 'warning', detail, remedy };
}

/** Connecting takes the right to write to the socket (unix(7)); its directory may still keep others out. */
function checkPermissions(path: string): readonly Finding[] {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  const directory =
    statSync(path.slice(0, path.lastIndexOf('/')) || '/', { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o002) === 0 || (directory & 0o001) === 0) return [];
  return [
    {
      check,
      state: 'warning',
      detail: `every user of this host may write to ${path}, and so run commands as you`,
      remedy: `chmod o-w ${path}, or keep it in a directory of yours alone (chmod 700)`,
    },
  ];
}
