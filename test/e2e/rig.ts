/**
 * A small real world on loopback, in a temporary directory, without root: rtorrent 0.9.8 as the client that is driven, a
 * tracker, a seeding peer, leeching peers when asked for, and an sshd as the big remote host. For end-to-end tests, contract
 * tests and the demo. Needs rtorrent, rsync, ssh, ssh-keygen and sshd, all of them Debian packages.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Addresses } from './rig/addresses.ts';
import { reserveAddresses } from './rig/addresses.ts';
import type { AllocationSampling, RemoteFile } from './rig/checks.ts';
import { allocatedBytesBelow, expectShipped, filesBelow, sampleAllocation } from './rig/checks.ts';
import type { DriverOptions, DriverResult, DriverRun } from './rig/driver-runs.ts';
import { drive, driverEnvironment, startDriver, writeIniSection } from './rig/driver-runs.ts';
import type { Leecher, Seeder } from './rig/peers.ts';
import { startLeecher, startSeeder } from './rig/peers.ts';
import { processesOfRig } from './rig/process-tree.ts';
import type { Processes } from './rig/processes.ts';
import { openProcesses, startedThrough } from './rig/processes.ts';
import type { Remote, RemoteOptions } from './rig/remote.ts';
import { startRemote } from './rig/remote.ts';
import type { Rtorrent, RtorrentOptions } from './rig/rtorrent.ts';
import { createRtorrent } from './rig/rtorrent.ts';
import type { RigTorrent, TorrentOptions } from './rig/torrents.ts';
import { addTorrent } from './rig/torrents.ts';
import type { Tracker } from './rig/tracker.ts';
import { startTracker } from './rig/tracker.ts';
import { until } from './rig/until.ts';

export interface RigOptions {
  readonly client?: RtorrentOptions;
  readonly remote?: RemoteOptions;
  /** KiB a second that the seeding peer sends at most; 0, the default, is no limit. */
  readonly seedRateKiB?: number;
  /** Where the rig's directory is made; the system's temporary directory by default. Keep it short: it holds sockets. */
  readonly parentDirectory?: string;
  /** Where its hosts are; by default loopback addresses that no other rig has. */
  readonly addresses?: Addresses;
  /** Keep the directory when the rig stops. */
  readonly keep?: boolean;
}

export interface Rig {
  readonly directory: string;
  readonly managedDirectory: string;
  /** The rtorrent that is driven. */
  readonly client: Rtorrent;
  readonly seeder: Seeder;
  readonly tracker: Tracker;
  readonly remote: Remote;
  /** For running the program, or rsync and ssh, as the rig's user: nothing but this gets in. */
  readonly environment: Readonly<Record<string, string>>;
  /** The user's configuration file; written at the start with defaults. */
  readonly configurationPath: string;
  /** Writes the configuration file anew: the defaults with these changes; undefined leaves a key out. */
  writeConfiguration(changes?: Readonly<Record<string, string | number | undefined>>): void;
  /** Runs the program to its end (at most `limitMs`, 60 s by default) whatever its exit code. */
  drive(
    args: readonly string[],
    options?: DriverOptions & { readonly limitMs?: number },
  ): Promise<DriverResult>;
  /** Starts the program and leaves it running. */
  startDriver(args: readonly string[], options?: DriverOptions): DriverRun;
  addTorrent(options: TorrentOptions): Promise<RigTorrent>;
  /** A peer that downloads what it is given, from all who have it; for ratios. */
  startLeecher(options?: RtorrentOptions): Promise<Leecher>;
  /** Below the remote's path; keys are paths as latin1, one character a byte. */
  remoteFiles(): Promise<Map<string, RemoteFile>>;
  /** Rejects with a list of differences unless all of the torrent is on the remote, whole, and nothing left over. */
  expectShipped(torrent: RigTorrent): Promise<void>;
  /** Allocated blocks of the regular files below a directory, by default the client's download directory. */
  allocatedBytes(directory?: string): number;
  /** The same again and again, every 50 ms unless told otherwise. */
  sampleAllocation(intervalMs?: number, directory?: string): AllocationSampling;
  /** Waits until `predicate` gives something truthy, and gives that; 120 s at most by default. */
  until<T>(description: string, predicate: () => T | Promise<T>, limitMs?: number): Promise<T>;
  /** Numbers of all processes that belong to the rig. */
  processIds(): number[];
  /** Ends every process and removes the directory. Safe to call twice. */
  stop(): Promise<void>;
}

/** Last numbers of the addresses; leechers count on from `leechers`. */
export const hosts = { client: 1, seeder: 2, tracker: 3, remote: 4, leechers: 10 } as const;

/** Everything that has to be ended again, whether the start succeeded or not. */
interface Opened {
  readonly directory: string;
  readonly addresses: Addresses;
  readonly processes: Processes;
  tracker?: Tracker;
}

/** Starts the whole world; when a part of it does not start, the rest is ended and the call rejects. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const addresses = options.addresses ?? (await reserveAddresses());
  const directory = mkdtempSync(`${options.parentDirectory ?? tmpdir()}/rig-`);
  const opened: Opened = { directory, addresses, processes: openProcesses(directory, options.keep === true) };
  try {
    return await assemble(opened, options);
  } catch (error) {
    await close(opened, options.keep === true);
    throw error;
  }
}

async function assemble(opened: Opened, options: RigOptions): Promise<Rig> {
  const { directory, addresses, processes } = opened;
  const places = makeDirectories(directory);
  const environment = driverEnvironment(places);
  const { tracker, client, seeder, remote } = await startParts(opened, options, places, environment);
  const configurationPath = `${places.home}/.rtorrent_low_space_driver.cf`;
  const defaults = {
    managed_torrents_directory: places.managedDirectory,
    remote_host: remote.host,
    remote_path: remote.path,
    space_limit: 1024 ** 3,
    required_ratio: 0,
    socket_url: `scgi://${client.socketPath}`,
    // Tests read it as people do.
    log_format: 'human',
  };
  const torrentPlaces = { ...places, seeder, tracker };
  let leecherCount = 0;
  let stopping: Promise<void> | undefined;
  const rig: Rig = {
    directory,
    managedDirectory: places.managedDirectory,
    client,
    seeder,
    tracker,
    remote,
    environment,
    configurationPath,
    writeConfiguration: (changes = {}) =>
      writeIniSection(configurationPath, 'main', { ...defaults, ...changes }),
    drive: (args, run = {}) => drive(processes, environment, args, { limitMs: 60_000, ...run }),
    startDriver: (args, run) => startDriver(processes, environment, args, run),
    addTorrent: (torrent) => addTorrent(torrentPlaces, torrent),
    startLeecher(leecherOptions) {
      leecherCount += 1;
      const address = addresses.at(hosts.leechers + leecherCount);
      return startLeecher(
        processes,
        environment,
        { directory: `${directory}/leecher-${leecherCount}`, address },
        leecherOptions,
      );
    },
    remoteFiles: () => filesBelow(remote.path),
    expectShipped: (torrent) => expectShipped(remote.path, torrent),
    allocatedBytes: (below = client.downloadDirectory) => allocatedBytesBelow(below),
    sampleAllocation: (intervalMs = 50, below = client.downloadDirectory) =>
      sampleAllocation(below, intervalMs),
    // A peer that was lost may come back to rtorrent after a minute.
    until: (description, predicate, limitMs = 120_000) =>
      until(description, predicate, limitMs, () => client.describe()),
    processIds: () => processesOfRig(directory, processes.followed).map(({ pid }) => pid),
    stop: () => (stopping ??= close(opened, options.keep === true, remote)),
  };
  rig.writeConfiguration();
  return rig;
}

/** All at once; none needs another to start. */
async function startParts(
  opened: Opened,
  options: RigOptions,
  { wrapperDirectory }: { readonly wrapperDirectory: string },
  environment: Readonly<Record<string, string>>,
) {
  const { directory, addresses, processes } = opened;
  const clientPlace = { directory: `${directory}/client`, address: addresses.at(hosts.client) };
  const seederPlace = { directory: `${directory}/seeder`, address: addresses.at(hosts.seeder) };
  const remotePlace = {
    directory: `${directory}/sshd`,
    path: `${directory}/remote`,
    address: addresses.at(hosts.remote),
    nearAddress: addresses.at(hosts.client),
    wrapperDirectory,
  };
  const on = (host: number): Processes => startedThrough(processes, addresses.enter?.(host) ?? []);
  const [tracker, client, seeder, remote] = await allStarted([
    startTracker(addresses.at(hosts.tracker)).then((running) => (opened.tracker = running)),
    createRtorrent(processes, environment, clientPlace, options.client).then(started),
    startSeeder(on(hosts.seeder), environment, seederPlace, options.seedRateKiB ?? 0),
    startRemote(on(hosts.remote), environment, remotePlace, options.remote),
  ]);
  return { tracker, client, seeder, remote };
}

/** Like Promise.all, but a failure waits for the others: what is still starting could not be ended. */
async function allStarted<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

async function started(rtorrent: Rtorrent): Promise<Rtorrent> {
  await rtorrent.start();
  return rtorrent;
}

function makeDirectories(directory: string) {
  const places = {
    home: `${directory}/home`,
    wrapperDirectory: `${directory}/bin`,
    stateDirectory: `${directory}/state`,
    temporaryDirectory: `${directory}/tmp`,
    managedDirectory: `${directory}/managed`,
    unmanagedDirectory: `${directory}/unmanaged`,
    seedDirectory: `${directory}/seed`,
  };
  for (const place of Object.values(places)) mkdirSync(place);
  return places;
}

async function close(
  { directory, addresses, processes, tracker }: Opened,
  keep: boolean,
  remote?: Remote,
): Promise<void> {
  remote?.disconnect();
  await processes.stop();
  await tracker?.stop();
  addresses.release();
  if (!keep) rmSync(directory, { recursive: true, force: true });
}
