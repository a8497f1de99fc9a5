/** Runs the program under test as a user of the rig would: environment, configuration file, bounded runs. */

import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sendSignal } from './process-tree.ts';
import type { Processes } from './processes.ts';

/** How one run of the program ended. */
export interface DriverResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DriverOptions {
  /** The program to run; by default the checkout's own. */
  readonly program?: string;
  /** Further variables. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

/** A run under way. */
export interface DriverRun {
  readonly pid: number;
  readonly finished: Promise<DriverResult>;
  /** Signals the program alone, not the processes it started. */
  signal(name: NodeJS.Signals): void;
  /** What it wrote so far. */
  output(): { readonly stdout: string; readonly stderr: string };
}

const checkoutProgram = fileURLToPath(new URL('../../../bin/rtorrent-low-space-driver', import.meta.url));

/** The environment of a user whose home is the rig's: nothing of the test's own gets in but the way to programs. */
export function driverEnvironment(place: {
  readonly home: string;
  readonly wrapperDirectory: string;
  readonly stateDirectory: string;
  readonly temporaryDirectory: string;
}): Readonly<Record<string, string>> {
  const systemPath = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    HOME: place.home,
    PATH: [place.wrapperDirectory, dirname(process.execPath), systemPath].join(':'),
    XDG_STATE_HOME: place.stateDirectory,
    TMPDIR: place.temporaryDirectory,
    LANG: 'C.UTF-8',
  };
}

/** Writes an ini file of one section; a value of undefined leaves the key out. */
export function writeIniSection(
  path: string,
  section: string,
  values: Readonly<Record<string, string | number | undefined>>,
): void {
  const lines = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} = ${value}`],
  );
  writeFileSync(path, [`[${section}]`, ...lines, ''].join('\n'));
}

export function startDriver(
  processes: Processes,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  options: DriverOptions = {},
): DriverRun {
  const program = options.program ?? checkoutProgram;
  const child = processes.start(program, args, {
    environment: { ...environment, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.workingDirectory === undefined ? {} : { workingDirectory: options.workingDirectory }),
  });
  const { stdout, stderr, pid } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error(`${program} does not start`);
  const output = { stdout: '', stderr: '' };
  stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
  stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
  const finished = new Promise<DriverResult>((resolve) => {
    const settle = (): void => resolve({ exitCode: child.exitCode, signal: child.signalCode, ...output });
    child.once('close', settle);
    // A process that the program left behind may hold its pipes open: no waiting for that.
    child.once('exit', () => setTimeout(settle, 500));
  });
  return { pid, finished, signal: (name) => sendSignal(pid, name), output: () => ({ ...output }) };
}

/** Runs the program to its end; after `limitMs` it is killed with its process group, and the call rejects. */
export async function drive(
  processes: Processes,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  options: DriverOptions & { readonly limitMs: number },
): Promise<DriverResult> {
  const run = startDriver(processes, environment, args, options);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), options.limitMs);
  });
  const result = await Promise.race([run.finished, limit]);
  clearTimeout(timer);
  if (result !== undefined) return result;
  sendSignal(-run.pid, 'SIGKILL');
  const { stdout, stderr } = run.output();
  const command = [options.program ?? checkoutProgram, ...args].join(' ');
  throw new Error(
    `${command}: still running after ${options.limitMs} ms\nstdout:\n${stdout}\nstderr:\n${stderr}`,
  );
}
