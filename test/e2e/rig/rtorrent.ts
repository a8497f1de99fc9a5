/** One rtorrent 0.9.8 of a rig: its directory, its rc file, its life. */

import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RpcParameter, RpcValue } from '../../support/rpc.ts';
import { call } from '../../support/rpc.ts';
import { freePort } from './addresses.ts';
import { sendSignal } from './process-tree.ts';
import type { Processes } from './processes.ts';
import { endsWithin } from './processes.ts';
import { mountSmallDisk } from './small-disk.ts';
import { until } from './until.ts';

export interface RtorrentOptions {
  /** Further lines of the rc file, after all others. */
  readonly extraLines?: readonly string[];
  /**
   * `off` removes rtorrent's own guard, which closes incomplete torrents 5 s after the start and then each minute when
   * less than 500 MB are free; `default` leaves it.
   */
  readonly lowDiskspaceTimer?: 'default' | 'off';
  /** The download directory is a filesystem of its own, of this size; by default it is a plain directory. */
  readonly diskBytes?: number;
}

export interface Rtorrent {
  readonly address: string;
  readonly port: number;
  readonly directory: string;
  readonly socketPath: string;
  readonly downloadDirectory: string;
  readonly sessionDirectory: string;
  readonly logPath: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Any method; text and numbers come back as such, lists as arrays. Rejects with RpcFault when rtorrent refuses. */
  call(method: string, ...parameters: readonly RpcParameter[]): Promise<RpcValue>;
  /** Starts it and waits until it answers. */
  start(): Promise<void>;
  /** Ends it: `kill` as by `kill -9`, otherwise cleanly (it tells the tracker and saves its session; about 1 s). */
  stop(how: { readonly kill: boolean }): Promise<void>;
  /** Ends and starts it on the same session, address and port. */
  restart(how: { readonly kill: boolean }): Promise<void>;
  /** Whether it runs or how it ended, and the last lines of its log: for messages. */
  describe(): string;
}

export async function createRtorrent(
  processes: Processes,
  environment: Readonly<Record<string, string>>,
  place: { readonly directory: string; readonly address: string },
  options: RtorrentOptions = {},
): Promise<Rtorrent> {
  const { directory } = place;
  const facts = await prepare(place, options);
  const { socketPath, logPath } = facts;
  let child: ChildProcess | undefined;
  let lastEnd = 'was not started yet';

  const rtorrent: Rtorrent = {
    ...facts,
    get pid() {
      return child?.pid;
    },
    call: (method, ...parameters) => call(socketPath, method, parameters),
    async start() {
      if (child !== undefined) throw new Error(`${directory}: rtorrent runs already`);
      // rtorrent leaves its socket behind when it ends, and will not listen on it again.
      rmSync(socketPath, { force: true });
      const started = launch(processes, environment, directory);
      child = started;
      started.once('exit', (code, killedBy) => {
        lastEnd = `ended by itself (${killedBy ?? `exit code ${code}`})`;
        if (child === started) child = undefined;
      });
      await until(
        'rtorrent answers',
        // One that ended will never answer: no use to wait for it.
        async () => child !== started || Number(await call(socketPath, 'system.pid')) > 0,
        60_000,
        () => rtorrent.describe(),
      );
      if (child !== started) throw new Error(`rtorrent does not start\n${rtorrent.describe()}`);
    },
    async stop({ kill }) {
      const ending = child;
      if (ending?.pid === undefined) return;
      sendSignal(ending.pid, kill ? 'SIGKILL' : 'SIGINT');
      if (!(await endsWithin(ending, 60_000))) {
        throw new Error(`rtorrent does not end\n${rtorrent.describe()}`);
      }
      child = undefined;
      lastEnd = `was ended by the rig (${kill ? 'kill -9' : 'cleanly'})`;
    },
    async restart(how) {
      await rtorrent.stop(how);
      await rtorrent.start();
    },
    describe() {
      const state = child === undefined ? lastEnd : `runs as process ${child.pid}`;
      return `rtorrent in ${directory} ${state}; the end of its log:\n${tailOf(logPath)}${tailOf(`${directory}/output`)}`;
    },
  };
  return rtorrent;
}

type Facts = Omit<Rtorrent, 'pid' | 'call' | 'start' | 'stop' | 'restart' | 'describe'>;

/** Makes its directories and its rc file. */
async function prepare(
  { directory, address }: Pick<Facts, 'directory' | 'address'>,
  options: RtorrentOptions,
): Promise<Facts> {
  const facts: Facts = {
    address,
    port: await freePort(address),
    directory,
    socketPath: `${directory}/socket`,
    logPath: `${directory}/log`,
    downloadDirectory: `${directory}/download`,
    sessionDirectory: `${directory}/session`,
  };
  mkdirSync(directory, { recursive: true });
  if (options.diskBytes === undefined) mkdirSync(facts.downloadDirectory);
  else mountSmallDisk(facts.downloadDirectory, options.diskBytes);
  mkdirSync(facts.sessionDirectory);
  writeFileSync(`${directory}/rtorrent.rc`, rcLines(facts, options).join('\n') + '\n');
  return facts;
}

function launch(
  processes: Processes,
  environment: Readonly<Record<string, string>>,
  directory: string,
): ChildProcess {
  const output = openSync(`${directory}/output`, 'a');
  const child = processes.start('rtorrent', ['-n', '-o', `import=${directory}/rtorrent.rc`], {
    environment,
    stdio: ['ignore', output, output],
    workingDirectory: directory,
  });
  closeSync(output);
  child.unref();
  return child;
}

/** The lines a user of 0.9.8 would write, with the rig's paths; the timer and all limits stay as rtorrent has them. */
function rcLines(place: Facts, options: RtorrentOptions): string[] {
  return [
    'system.daemon.set = true',
    'encoding.add = UTF-8',
    `directory.default.set = ${place.downloadDirectory}`,
    `session.path.set = ${place.sessionDirectory}`,
    `network.bind_address.set = ${place.address}`,
    `network.local_address.set = ${place.address}`,
    `network.port_range.set = ${place.port}-${place.port}`,
    'network.port_random.set = no',
    'dht.mode.set = disable',
    'protocol.pex.set = no',
    'trackers.use_udp.set = no',
    `log.open_file = "rtorrent", ${place.logPath}`,
    'log.add_output = "info", "rtorrent"',
    'log.add_output = "tracker_info", "rtorrent"',
    ...(options.lowDiskspaceTimer === 'off' ? ['schedule_remove2 = low_diskspace'] : []),
    ...(options.extraLines ?? []),
    // Last, so that whoever is answered finds all of the above in force.
    `network.scgi.open_local = ${place.socketPath}`,
  ];
}

function tailOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-40).join('\n');
  } catch {
    return `(no ${path})\n`;
  }
}
