/** Starts an rtorrent of our own once: writes its rc file for the version that is installed, and waits until it answers. */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { RcSettings } from '../codec/rtorrent-rc.ts';
import { renderRc, unknownCommandOf, unknownTo, versionOfHelp } from '../codec/rtorrent-rc.ts';
import { Fault } from '../core/fault.ts';
import { keepOldLog } from './bounded-log.ts';
import { identityOf } from './own-processes.ts';
import { faultOfLimits, runProgram } from './process.ts';
import { readTextOrEmpty } from './read-text.ts';
import { RtorrentRpc } from './rtorrent-rpc.ts';

/** Before it answers it reads its session: thousands of torrents take a while on a slow disk. */
const startLimitMs = 120_000;
const pollMs = 50;

/** Below the directory of the rtorrent. Relative in its command line: a comma in the path would end the option. */
export const rcName = 'rtorrent.rc';
export const commandLine: readonly string[] = ['-n', '-o', `import=${rcName}`];

export interface RunningRtorrent {
  readonly pid: number;
  readonly identity: string;
  /** Undefined where it was started by an earlier run of this program. */
  readonly child: ChildProcess | undefined;
}

/**
 * The version of the rtorrent that is installed.
 *
 * @throws Fault
 */
export async function installedVersion(): Promise<string> {
  const run = await runProgram({ file: 'rtorrent', arguments: ['-h'], timeoutMs: 10_000 });
  const version = versionOfHelp(run.stdout.toString('utf8') + run.stderr);
  if (version !== undefined) return version;
  if (!run.isMissing) {
    throw faultOfLimits(run) ?? new Fault('failed', 'the program named rtorrent does not tell its version');
  }
  throw new Fault(
    'missing-program',
    'rtorrent is not installed',
    'install rtorrent (apt-get install rtorrent), or set socket_url to where one answers',
  );
}

/**
 * Starts it; resolves once it answers on its socket, or at once when the signal is given. A stale socket is removed before. What the installed version turns
 * out not to know is written by its other name, or left out.
 *
 * @throws Fault where it cannot be started; then nothing of it runs
 */
export async function launch(
  directory: string,
  settings: RcSettings,
  version: string,
  signal: AbortSignal,
): Promise<RunningRtorrent> {
  const told = new Set<string>();
  for (;;) {
    const rc = renderRc(settings, { guessed: unknownTo(version), told });
    if ('missing' in rc) throw new Fault('refused', `rtorrent ${version} does not know ${rc.missing}`);
    writeFileSync(`${directory}/${rcName}`, `${settingsLine(settings)}\n${rc.text}`, { mode: 0o600 });
    keepOldLog(settings.logPath);
    removeLeftovers(settings);
    const running = await launchOnce(directory, settings.socketPath, signal);
    if (running !== undefined) return running;
    const command = unknownCommandOf(outputOf(directory));
    // A name that it complains of twice is one of the user's own lines.
    if (command === undefined || told.has(command)) throw refusalOf(directory);
    told.add(command);
  }
}

/** Whether the rtorrent that runs was started with the same settings. */
export function hasSameSettings(directory: string, settings: RcSettings): boolean {
  return readTextOrEmpty(`${directory}/${rcName}`).startsWith(`${settingsLine(settings)}\n`);
}

/**
 * What one that was killed left: its socket, and the lock of its session. rtorrent takes over the lock of a process that
 * is gone by itself, but not of one that nobody has waited for, as in a container without an init.
 */
function removeLeftovers({ socketPath, sessionDirectory }: RcSettings): void {
  rmSync(socketPath, { force: true });
  const lock = `${sessionDirectory}/rtorrent.lock`;
  const [host, pid] = readTextOrEmpty(lock).split(':+');
  if (host === hostname() && identityOf(Number(pid)) === undefined) rmSync(lock, { force: true });
}

/** Names the settings, whatever names the commands turned out to have. */
function settingsLine(settings: RcSettings): string {
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
  return `# Written anew at each start; settings ${digest.slice(0, 16)}.`;
}

/** Undefined where it ended before it answered. */
async function launchOnce(
  directory: string,
  socketPath: string,
  signal: AbortSignal,
): Promise<RunningRtorrent | undefined> {
  const output = openSync(`${directory}/output`, 'w', 0o600);
  // A group of its own: Ctrl-C at a terminal is for us alone, we end it when our own work is over.
  const child = spawn('rtorrent', commandLine, {
    cwd: directory,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  const failure = new Promise<Error>((resolve) => child.once('error', resolve));
  const { pid } = child;
  const identity = pid === undefined ? undefined : identityOf(pid);
  if (pid === undefined) throw new Fault('failed', `rtorrent cannot be started: ${(await failure).message}`);
  const rpc = new RtorrentRpc({ kind: 'unix', path: socketPath });
  const endMs = performance.now() + startLimitMs;
  while (identity !== undefined && child.exitCode === null && child.signalCode === null) {
    if (signal.aborted || (await answersAs(rpc, pid))) return { pid, identity, child };
    if (performance.now() > endMs) {
      child.kill('SIGKILL');
      throw new Fault('limit', `rtorrent did not answer within ${startLimitMs / 1000} s of its start`);
    }
    await delay(pollMs);
  }
  return undefined;
}

/** Whether that process is the one that answers. */
export async function answersAs(rpc: RtorrentRpc, pid: number): Promise<boolean> {
  try {
    return Number(await rpc.call('system.pid')) === pid;
  } catch {
    return false;
  }
}

function refusalOf(directory: string): Fault {
  const output = outputOf(directory).trim();
  const words = /^rtorrent: (.*)/m.exec(output)?.[1] ?? output.split('\n')[0] ?? '';
  const sentence = `rtorrent does not start: ${words === '' ? 'it says nothing' : words}`;
  return new Fault('refused', sentence, `see ${directory}/output`);
}

function outputOf(directory: string): string {
  return readTextOrEmpty(`${directory}/output`);
}
