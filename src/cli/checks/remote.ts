/** Checks of the remote host: the login, rsync there, and the path. */

import type { SshConnection } from '../../adapters/ssh.ts';
import { quoteForShell } from '../../adapters/ssh.ts';
import { Fault } from '../../core/fault.ts';
import { formatBytes } from '../../core/units.ts';
import type { Finding } from './finding.ts';

const probeTimeoutMs = 60_000;

export interface RemotePlace {
  readonly remoteHost: string;
  readonly remotePath: string;
}

export async function checkRemote(
  connection: SshConnection,
  place: RemotePlace,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const { remoteHost, remotePath } = place;
  const root = quoteForShell(remotePath);
  // Each line answers one question; the path's nearest parent tells whether it could be made.
  const script = `rsync --version 2>/dev/null | head -n 1
p=${root}; while [ ! -e "$p" ] && [ "$p" != / ] && [ "$p" != . ]; do p=$(dirname -- "$p"); done
if [ -d ${root} ] && [ -w ${root} ]; then echo path writable
elif [ -e ${root} ]; then echo path refused
elif [ -d "$p" ] && [ -w "$p" ]; then echo path makeable
else echo path missing; fi
df -Pk -- "$p" 2>/dev/null | tail -n 1
`;
  try {
    const run = await connection.script(script, probeTimeoutMs, signal);
    const lines = run.stdout.toString('utf8').split('\n');
    return [
      { check: 'ssh login', state: 'ok', detail: `${remoteHost}, without a password` },
      checkRemoteRsync(lines, remoteHost),
      checkRemotePath(lines, place),
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ check: 'ssh login', state: 'problem', detail: error.message, remedy: error.remedy }];
  }
}

function checkRemoteRsync(lines: readonly string[], host: string): Finding {
  const version = lines
    .map((line) => /^rsync\s+version (\S+)/.exec(line)?.[1])
    .find((found) => found !== undefined);
  return version === undefined
    ? {
        check: 'rsync there',
        state: 'problem',
        detail: `${host} has no rsync`,
        remedy: `install rsync on ${host}`,
      }
    : { check: 'rsync there', state: 'ok', detail: `version ${version}` };
}

function checkRemotePath(lines: readonly string[], { remoteHost, remotePath }: RemotePlace): Finding {
  const check = 'remote path';
  const state = lines.map((line) => /^path (\w+)$/.exec(line)?.[1]).find((found) => found !== undefined);
  const freeKib = Number(/\s(\d+)\s+\d+%\s/.exec(lines.at(-2) ?? '')?.[1] ?? Number.NaN);
  const free = Number.isNaN(freeKib) ? '' : `, ${formatBytes(freeKib * 1024)} free`;
  if (state === 'writable')
    return { check, state: 'ok', detail: `${remoteHost}:${remotePath} is writable${free}` };
  if (state === 'makeable')
    return { check, state: 'ok', detail: `${remoteHost}:${remotePath} will be made${free}` };
  return {
    check,
    state: 'problem',
    detail: `${remoteHost}:${remotePath} cannot be written`,
    remedy: `ssh ${remoteHost} mkdir -p ${quoteForShell(remotePath)}, and make it writable for that login`,
  };
}
