/** One multiplexed ssh connection to the remote, opened at the first need and shared by all that follows. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { ProgramOrder, RunRecord } from './process.ts';
import { runProgram } from './process.ts';
import { faultOfRemoteRun } from './remote-faults.ts';
import { scriptFromInput } from './remote-script.ts';

/**
 * A unix socket's path holds at most 107 bytes, and ssh adds 17 while it sets one up; our own part takes 25.
 */
const longestDirectory = 107 - 17 - 25;

/** A host that is silent for this long is taken for dead, whatever TCP thinks. */
const keepAlive = ['ServerAliveInterval=15', 'ServerAliveCountMax=4'];

export interface SshSettings {
  /** As ssh takes it: an alias of the user's configuration, a host, or user@host. */
  readonly host: string;
  /** Private directories that may hold the connection's socket; the first whose path is short enough serves. */
  readonly socketDirectories: readonly string[];
  readonly connectTimeoutMs: number;
}

export class SshConnection {
  private readonly settings: SshSettings;
  private directory: Promise<string> | undefined;

  constructor(settings: SshSettings) {
    this.settings = settings;
  }

  get host(): string {
    return this.settings.host;
  }

  /**
   * Runs a script in the remote's POSIX shell, given on standard input so that the login shell parses nothing of it.
   * Rejects with a fault where the login fails; the script's own exit code is in the record.
   */
  async script(text: string | Uint8Array, timeoutMs: number, signal?: AbortSignal): Promise<RunRecord> {
    const run = await runProgram({
      file: 'ssh',
      arguments: [...(await this.options()), '--', this.settings.host, 'exec sh -s'],
      input: typeof text === 'string' ? Buffer.from(text, 'utf8') : text,
      timeoutMs,
      outputLimitBytes: 64 * 1024 ** 2,
      ...(signal === undefined ? {} : { signal }),
    });
    if (run.exitCode === 255 || run.exitCode === undefined) throw faultOfRemoteRun(run, this.settings.host);
    return run;
  }

  /**
   * Runs a script of one line that takes what follows it on standard input. Rejects with a fault where the login fails or
   * one of the limits is hit; the script's own exit code is in the record.
   */
  async scriptWithInput(
    line: string,
    input: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    limits: Pick<ProgramOrder, 'timeoutMs' | 'silenceMs' | 'outputLimitBytes' | 'signal' | 'onOutput'>,
  ): Promise<RunRecord> {
    const run = await runProgram({
      file: 'ssh',
      arguments: [...(await this.options()), '--', this.settings.host, scriptFromInput],
      input: startingWith(Buffer.from(line), input),
      ...limits,
    });
    const isAnswer = run.limit === undefined && run.exitCode !== 255 && run.exitCode !== undefined;
    if (!isAnswer) throw faultOfRemoteRun(run, this.settings.host);
    return run;
  }

  /** The command by which rsync reaches the remote through this connection. */
  async shellCommand(): Promise<string> {
    return ['ssh', ...(await this.options())].map(quoteForRsync).join(' ');
  }

  /** Ends the connection and removes its socket. Idempotent. */
  async close(): Promise<void> {
    if (this.directory === undefined) return;
    const options = await this.options();
    if (existsSync(socketIn(await this.directory))) {
      await runProgram({
        file: 'ssh',
        arguments: [...options, '-O', 'exit', '--', this.settings.host],
        timeoutMs: 5_000,
      });
    }
    await rm(await this.directory, { recursive: true, force: true });
    this.directory = undefined;
  }

  private async options(): Promise<readonly string[]> {
    this.directory ??= this.makeDirectory();
    const settings = [
      'BatchMode=yes',
      `ConnectTimeout=${Math.ceil(this.settings.connectTimeoutMs / 1000)}`,
      ...keepAlive,
      'ControlMaster=auto',
      // ssh splits this at blanks, and knows `%h` and the like in it.
      `ControlPath="${socketIn(await this.directory).replaceAll('%', '%%')}"`,
      // Were this process killed, the connection would end by itself after this.
      'ControlPersist=60',
    ];
    return settings.flatMap((setting) => ['-o', setting]);
  }

  private async makeDirectory(): Promise<string> {
    const usable = this.settings.socketDirectories.filter(
      (path) => Buffer.byteLength(path) <= longestDirectory,
    );
    for (const path of usable) {
      try {
        return await mkdtemp(join(path, 'rlsd-'));
      } catch {
        // Not writable: the next one may be.
      }
    }
    throw new Fault(
      'refused',
      `no directory can hold the ssh connection's socket: ${this.settings.socketDirectories.join(', ')}`,
      'set XDG_RUNTIME_DIR to a private directory of yours with a short path',
    );
  }
}

async function* startingWith(
  first: Uint8Array,
  rest: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function socketIn(directory: string): string {
  return join(directory, 'ssh');
}

/** rsync splits its `--rsh` at blanks and knows both kinds of quotes; one that is doubled stands for itself. */
function quoteForRsync(part: string): string {
  return /^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "''")}'`;
}

/** Quotes a text for a POSIX shell. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
