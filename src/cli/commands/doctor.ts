/** `doctor`: checks all that a pass needs, one line a check, each failure with its fix. Changes nothing. */

import { accessSync, constants, statSync } from 'node:fs';
import { runProgram } from '../../adapters/process.ts';
import { quoteForShell } from '../../adapters/ssh.ts';
import type { Space } from '../../core/budget.ts';
import { displayText } from '../../core/bytes.ts';
import { Fault } from '../../core/fault.ts';
import { plan } from '../../core/plan.ts';
import type { RtorrentView } from '../../core/snapshot.ts';
import { countOf, formatBytes } from '../../core/units.ts';
import { observe } from '../../driver/observe.ts';
import type { Configuration } from '../config.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { silentReporter } from '../report/reporter.ts';
import type { Terminal } from '../report/terminal.ts';
import type { Wired } from '../wiring.ts';
import { wire } from '../wiring.ts';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  readonly remedy?: string | undefined;
}

/** rtorrent's own guard closes every unfinished torrent below this much free space unless it is told otherwise. */
const guardBytes = 500e6;
const probeTimeoutMs = 60_000;

export async function doctor(context: Context): Promise<ExitCode> {
  const { configuration, places } = context;
  const wired = wire(configuration, places, silentReporter, true);
  const findings: Finding[] = [{ check: 'configuration', state: 'ok', detail: configuration.file }];
  try {
    findings.push(checkManagedDirectory(configuration));
    findings.push(...(await checkRtorrent(wired, configuration)));
    findings.push(await checkLocalRsync());
    findings.push(...(await checkRemote(wired, configuration)));
  } finally {
    await wired.close();
  }
  if (context.isJson) context.output.line(JSON.stringify({ checks: findings }, undefined, 2));
  else for (const finding of findings) print(context.output, finding);
  return findings.some(({ state }) => state === 'problem') ? exitCodes.problems : exitCodes.ok;
}

function checkManagedDirectory({ managedDirectory }: Configuration): Finding {
  const check = 'managed directory';
  try {
    if (!statSync(managedDirectory).isDirectory()) {
      return {
        check,
        state: 'problem',
        detail: `${managedDirectory} is no directory`,
        remedy: 'name the directory with your .torrent files',
      };
    }
    accessSync(managedDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
    return { check, state: 'ok', detail: managedDirectory };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return {
      check,
      state: 'problem',
      detail: `${managedDirectory} ${isMissing ? 'does not exist' : 'is not readable and writable'}`,
      remedy: isMissing
        ? `mkdir -p ${managedDirectory}`
        : `make it yours: chown -R "$USER" ${managedDirectory}`,
    };
  }
}

async function checkRtorrent(
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

function checkSocket({ socketAddress }: Configuration): readonly Finding[] {
  if (socketAddress.kind === 'unix') return [];
  const isLocal = /^(127\.|::1$|localhost$)/.test(socketAddress.host);
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

async function checkSpace(
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
    return [
      { check, state: 'warning', detail: `${detail}: the filesystem has less than space_limit`, remedy },
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

async function checkLocalRsync(): Promise<Finding> {
  const check = 'rsync here';
  const run = await runProgram({ file: 'rsync', arguments: ['--version'], timeoutMs: 10_000 });
  const version = /version (\S+)/.exec(run.stdout.toString())?.[1];
  return version === undefined
    ? {
        check,
        state: 'problem',
        detail: 'rsync is not installed',
        remedy: 'install rsync (apt-get install rsync)',
      }
    : { check, state: 'ok', detail: `version ${version}` };
}

async function checkRemote({ connection }: Wired, configuration: Configuration): Promise<readonly Finding[]> {
  const { remoteHost, remotePath } = configuration;
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
    const run = await connection.script(script, probeTimeoutMs);
    const lines = run.stdout.toString('utf8').split('\n');
    return [
      { check: 'ssh login', state: 'ok', detail: `${remoteHost}, without a password` },
      checkRemoteRsync(lines, remoteHost),
      checkRemotePath(lines, configuration),
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

function checkRemotePath(lines: readonly string[], { remoteHost, remotePath }: Configuration): Finding {
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

function print(output: Terminal, { check, state, detail, remedy }: Finding): void {
  const marks = {
    ok: ['green', 'ok     '],
    warning: ['yellow', 'warning'],
    problem: ['red', 'problem'],
  } as const;
  const [style, word] = marks[state];
  output.line(`${output.style(style, word)}  ${check.padEnd(20)} ${detail}`);
  if (remedy !== undefined && state !== 'ok') output.line(`${' '.repeat(9)}${' '.repeat(21)}→ ${remedy}`);
}
