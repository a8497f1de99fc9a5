/** Starts the processes of one rig and ends them all, also when the test process itself is killed. */

import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identityOf, killRigProcesses, markVariable } from './process-tree.ts';
import { unmountBelow } from './small-disk.ts';

export interface StartOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
  readonly workingDirectory?: string;
  /** For sshd, which loses its mark: follow it by its descendants. */
  readonly followsDescent?: boolean;
}

export interface Processes {
  /** Starts a program in a process group of its own (Ctrl-C at a terminal does not reach it), marked as the rig's. */
  start(program: string, args: readonly string[], options: StartOptions): ChildProcess;
  /** What has to be given to `processesOfRig` beside the directory. */
  readonly followed: readonly string[];
  /** Kills everything and waits until it is gone; the watchdog too, which removes the directory unless it is kept. */
  stop(): Promise<void>;
}

export function openProcesses(directory: string, keepsDirectory: boolean): Processes {
  const followed: string[] = [];
  const watchdog = spawn(
    process.execPath,
    [fileURLToPath(import.meta.resolve('./watchdog.ts')), directory, keepsDirectory ? 'keep' : 'remove'],
    { detached: true, stdio: ['pipe', 'ignore', 'inherit'], env: {}, cwd: '/' },
  );
  // Nothing of a rig keeps the test process alive: a forgotten stop() must not hang it.
  watchdog.unref();
  const line = watchdog.stdin as NonNullable<typeof watchdog.stdin> & { unref(): void };
  line.unref();
  line.on('error', () => undefined);

  return {
    followed,
    start(program, args, options) {
      const child = spawn(program, args, {
        detached: true,
        stdio: options.stdio,
        cwd: options.workingDirectory ?? directory,
        env: { ...options.environment, [markVariable]: directory },
      });
      const { pid } = child;
      if (pid === undefined) {
        child.once('error', () => undefined);
        throw new Error(`${program} does not start: is it installed?`);
      }
      const identity = options.followsDescent === true ? identityOf(pid) : undefined;
      if (identity !== undefined) {
        followed.push(identity);
        line.write(`${identity}\n`);
      }
      return child;
    },
    async stop() {
      await killRigProcesses(directory, followed);
      unmountBelow(directory);
      line.end();
      if (!(await endsWithin(watchdog, 60_000))) throw new Error('the watchdog does not end');
    },
  };
}

/** The same, with each program started through another one that becomes it: `words` come before it. */
export function startedThrough(processes: Processes, words: readonly string[]): Processes {
  const [first, ...others] = words;
  if (first === undefined) return processes;
  return {
    ...processes,
    start: (program, args, options) => processes.start(first, [...others, program, ...args], options),
  };
}

/** Waits for the end of a child; false when it still runs after `limitMs`. */
export function endsWithin(child: ChildProcess, limitMs: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.off('exit', onExit);
      resolve(false);
    }, limitMs);
    const onExit = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    child.once('exit', onExit);
  });
}
