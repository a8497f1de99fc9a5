/** Where the program keeps its own things, and where it looks for the user's. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** unix(7): 108 bytes, the last of them a zero. */
const mostSocketPathBytes = 107;

export interface Places {
  readonly home: string;
  readonly configuration: string;
  /** What `up` was last called with, as a configuration. */
  readonly upConfiguration: string;
  /** Ledger, lock and scratch files (XDG Base Directory: state). */
  readonly state: string;
  /** Private directories that may hold a socket, the best first. */
  readonly sockets: readonly string[];
}

export function findPlaces(environment: NodeJS.ProcessEnv): Places {
  const home = environment['HOME'] ?? homedir();
  const stateHome = absoluteOnly(environment['XDG_STATE_HOME']) ?? join(home, '.local', 'state');
  const state = join(stateHome, 'rtorrent-low-space-driver');
  const runtime = absoluteOnly(environment['XDG_RUNTIME_DIR']);
  return {
    home,
    configuration: join(home, '.rtorrent_low_space_driver.cf'),
    upConfiguration: join(state, 'up.cf'),
    state,
    sockets: [...(runtime === undefined ? [] : [runtime]), state, tmpdir()],
  };
}

/** The user's own configuration, or where there is none that of `up`. */
export function configurationFile({ configuration, upConfiguration }: Places): string {
  return !existsSync(configuration) && existsSync(upConfiguration) ? upConfiguration : configuration;
}

/** The specification has paths that are not absolute ignored. */
function absoluteOnly(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined;
}

/** The lock of one managed directory: whoever drives another one is in nobody's way. */
export function lockPath(places: Places, managedDirectory: string): string {
  return join(places.state, `lock-${digestOf(managedDirectory)}`);
}

/** Where an rtorrent of our own for one managed directory has its session, its log and its rc file. */
export function rtorrentDirectory(places: Places, managedDirectory: string): string {
  return join(places.state, `rtorrent-${digestOf(managedDirectory)}`);
}

/** Where it listens: beside its session, or in the first private directory whose path is not too long for a socket. */
export function rtorrentSocket(places: Places, managedDirectory: string): string {
  const paths = [
    join(rtorrentDirectory(places, managedDirectory), 'socket'),
    ...places.sockets.slice(0, -1).map((one) => join(one, `rtorrent-${digestOf(managedDirectory)}`)),
  ];
  return paths.find((path) => Buffer.byteLength(path) <= mostSocketPathBytes) ?? paths[0] ?? '';
}

/** Where the daemon that drives the managed directory answers. */
export function controlSocketPath(places: Places, managedDirectory: string): string {
  return join(places.state, `control-${digestOf(managedDirectory)}.sock`);
}

function digestOf(managedDirectory: string): string {
  return createHash('sha256').update(managedDirectory).digest('hex').slice(0, 12);
}

export function ledgerPath(places: Places): string {
  return join(places.state, 'ledger.sqlite');
}
