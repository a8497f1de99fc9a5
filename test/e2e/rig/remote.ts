/** The big remote host: an sshd of the rig's own on a high loopback port, with its own keys, for root and for anybody. */

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { freePort } from './addresses.ts';
import { descendantsOf, killRigProcesses, sendSignal } from './process-tree.ts';
import type { Processes } from './processes.ts';
import type { SlowLink } from './slow-link.ts';
import { startSlowLink } from './slow-link.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface RemoteOptions {
  /** KiB a second towards the host, changeable later; without it the line has no limit and no relay. */
  readonly rateKiB?: number;
}

export interface Remote {
  /** As `Host` in the rig's ssh_config. */
  readonly host: 'bighost';
  /** The directory to ship to; exists and is empty at the start. */
  readonly path: string;
  /** Where ssh connects to. */
  readonly address: string;
  readonly port: number;
  readonly logPath: string;
  /** The host goes away: nothing listens, and every session ends at once. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Kills the sshd process of each open connection; the host itself goes on. Gives how many there were. */
  cut(): number;
  /** The host hangs: connections stay open, and new ones are taken, but nothing is answered until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Only with the option `rateKiB`; 0 means no limit. */
  setRateKiB(rateKiB: number): void;
  /** Only with the option `rateKiB`: all that has gone towards the host so far. */
  sentBytes(): number;
  /** Ends what the test process itself holds of the line; the processes are the rig's to end. */
  disconnect(): void;
}

/** Makes keys and configuration below `place.directory`, the `ssh` wrapper in `place.wrapperDirectory`, and starts sshd. */
export async function startRemote(
  processes: Processes,
  environment: Readonly<Record<string, string>>,
  place: {
    readonly directory: string;
    readonly wrapperDirectory: string;
    readonly path: string;
    readonly address: string;
    /** Where the line to it begins. */
    readonly nearAddress: string;
  },
  options: RemoteOptions = {},
): Promise<Remote> {
  const { directory, path, address } = place;
  mkdirSync(directory);
  mkdirSync(path);
  // sshd's privilege separation wants its directory; Debian makes it at boot, which a container never did.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const [sshdPort, version] = await Promise.all([freePort(address), run('ssh', ['-V']), makeKeys(directory)]);
  writeFileSync(
    `${directory}/sshd_config`,
    sshdLines({ directory, address }, sshdPort, version.stderr).join('\n'),
  );
  const link =
    options.rateKiB === undefined
      ? undefined
      : await startSlowLink(place.nearAddress, { host: address, port: sshdPort }, options.rateKiB);
  const entry = { address: link?.address ?? address, port: link?.port ?? sshdPort };
  writeFileSync(`${directory}/ssh_config`, sshLines({ directory, ...entry }, entry.port).join('\n'));
  writeWrapper(place.wrapperDirectory, `${directory}/ssh_config`);
  const sshd = sshdIn(processes, environment, directory);
  await sshd.start();
  return {
    host: 'bighost',
    path,
    ...entry,
    logPath: `${directory}/log`,
    ...sshd,
    ...linkControls(link),
  };
}

function linkControls(link: SlowLink | undefined): Pick<Remote, 'setRateKiB' | 'sentBytes' | 'disconnect'> {
  const line = (): SlowLink => {
    if (link === undefined) throw new Error('the rig was started without remote.rateKiB');
    return link;
  };
  return {
    disconnect: () => link?.stop(),
    setRateKiB: (rateKiB) => line().setRateKiB(rateKiB),
    sentBytes: () => line().sentBytes(),
  };
}

function sshdIn(
  processes: Processes,
  environment: Readonly<Record<string, string>>,
  directory: string,
): Pick<Remote, 'start' | 'stop' | 'cut' | 'freeze' | 'thaw'> {
  let listener: { readonly pid: number; readonly identity: string } | undefined;
  const sessions = (): number[] =>
    listener === undefined
      ? []
      : descendantsOf(listener.pid).flatMap(({ pid, name }) => (name.startsWith('sshd') ? [pid] : []));
  const signalAll = (name: NodeJS.Signals): void => {
    for (const pid of listener === undefined ? [] : [listener.pid, ...sessions()]) sendSignal(pid, name);
  };
  return {
    async start() {
      if (listener !== undefined) throw new Error('the remote runs already');
      rmSync(`${directory}/pid`, { force: true });
      // sshd starts itself anew for each connection, and so has to be called by its whole path.
      const args = ['-D', '-f', `${directory}/sshd_config`, '-E', `${directory}/log`];
      const child = processes.start(sshdPath(), args, { environment, stdio: 'ignore', followsDescent: true });
      child.unref();
      // sshd writes its pid file when it listens: seen so, no probe of ours counts as a connection.
      await until(
        'sshd listens',
        () => existsSync(`${directory}/pid`),
        60_000,
        () => readOrEmpty(`${directory}/log`),
      );
      listener = { pid: child.pid ?? 0, identity: processes.followed.at(-1) ?? '' };
    },
    async stop() {
      if (listener === undefined) return;
      // No process carries this as its mark: only sshd and what descends from it is meant.
      await killRigProcesses(`${directory}/none`, [listener.identity]);
      listener = undefined;
    },
    cut() {
      const cut = sessions();
      for (const pid of cut) sendSignal(pid, 'SIGKILL');
      return cut.length;
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
  };
}

async function makeKeys(directory: string): Promise<void> {
  const make = (name: string): Promise<unknown> =>
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', `${directory}/${name}`]);
  await Promise.all([make('host_key'), make('user_key')]);
  writeFileSync(`${directory}/authorized_keys`, readFileSync(`${directory}/user_key.pub`));
  writeFileSync(`${directory}/known_hosts`, `bighost ${readFileSync(`${directory}/host_key.pub`, 'latin1')}`);
}

interface SshPlace {
  readonly directory: string;
  readonly address: string;
}

function sshdLines({ directory, address }: SshPlace, port: number, versionText: string): string[] {
  const [, major = '0', minor = '0'] = /OpenSSH_(\d+)\.(\d+)/.exec(versionText) ?? [];
  // From 9.8 on sshd shuts out an address whose connections break; breaking them is what tests do.
  const hasPenalties = Number(major) * 100 + Number(minor) >= 908;
  return [
    `ListenAddress ${address}:${port}`,
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    `PidFile ${directory}/pid`,
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 200',
    'MaxSessions 200',
    'PrintMotd no',
    // The login shell reads this user's own start-up files otherwise, which may take long, lock, or print.
    `SetEnv HOME=${directory}`,
    'LogLevel VERBOSE',
    ...(hasPenalties ? ['PerSourcePenalties no'] : []),
    '',
  ];
}

function sshLines({ directory, address }: SshPlace, port: number): string[] {
  return [
    'Host bighost',
    `  HostName ${address}`,
    `  Port ${port}`,
    `  User ${userInfo().username}`,
    '  HostKeyAlias bighost',
    `  IdentityFile ${directory}/user_key`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${directory}/known_hosts`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '',
  ];
}

/** ssh reads the home directory of the passwd file and not $HOME: a wrapper first in PATH gives it the rig's configuration. */
function writeWrapper(wrapperDirectory: string, configurationPath: string): void {
  const real = (process.env['PATH'] ?? '/usr/bin')
    .split(':')
    .map((directory) => `${directory}/ssh`)
    .find(existsSync);
  if (real === undefined) throw new Error('no ssh in PATH: install openssh-client');
  const wrapper = `${wrapperDirectory}/ssh`;
  writeFileSync(wrapper, `#!/bin/sh\nexec '${real}' -F '${configurationPath}' "$@"\n`);
  chmodSync(wrapper, 0o755);
}

function sshdPath(): string {
  const path = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find(existsSync);
  if (path === undefined) throw new Error('no sshd: install openssh-server');
  return path;
}

function readOrEmpty(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
