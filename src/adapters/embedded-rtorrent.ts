/** An rtorrent of our own: started with a private configuration, watched, started again when it ends, and ended with us. */

import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PortRange, RcSettings } from '../codec/rtorrent-rc.ts';
import { guardOf } from '../core/budget.ts';
import { bytesOfText } from '../core/bytes.ts';
import { Fault } from '../core/fault.ts';
import { boundLog } from './bounded-log.ts';
import type { RunningRtorrent } from './embedded-launch.ts';
import { answersAs, commandLine, hasSameSettings, installedVersion, launch } from './embedded-launch.ts';
import { measureFilesystem } from './local-disk.ts';
import { findOwnProcesses, identityOf, workingDirectoryOf } from './own-processes.ts';
import { RtorrentRpc } from './rtorrent-rpc.ts';

export interface EmbeddedSettings {
  /** For its session, its log and its rc file; made where it is not there, for this user alone. */
  readonly directory: string;
  readonly socketPath: string;
  readonly downloadDirectory: string;
  readonly ports: PortRange;
  readonly bindAddress: string | undefined;
  readonly dht: boolean;
  readonly pex: boolean;
  /** A file with further lines for its rc file. */
  readonly furtherLines: string | undefined;
  readonly spaceLimitBytes: number;
}

export type EmbeddedEvent =
  | {
      readonly kind: 'started';
      readonly version: string;
      readonly pid: number;
      /** It was there already, left by an earlier run that was killed. */
      readonly isTakenOver: boolean;
    }
  /** It ended by itself, or could not be started again; it is tried again after this long. */
  | { readonly kind: 'ended'; readonly sentence: string; readonly againInMs: number };

const leastRestMs = 1_000;
const mostRestMs = 60_000;
/** What ran this long did not end because of how it was started. */
const soundMs = 10 * 60_000;
const mostLogBytes = 4 * 1024 ** 2;
/** Between asking it to end and ending it: it tells its trackers, which may not answer. */
const politeMs = 20_000;
const quickMs = 10_000;
const watchMs = 500;

/** What it takes to be killed for not answering: so many questions in a row, so far apart, each with this patience. */
export interface HangLimits {
  readonly everyMs: number;
  readonly answerMs: number;
  readonly mostMisses: number;
}

/** Saving a large session blocks it for seconds, checking a large torrent for less. */
const usualLimits: HangLimits = { everyMs: 60_000, answerMs: 60_000, mostMisses: 5 };

/** Opened with `start`, closed with `stop`. One process at a time may have one directory: the caller holds a lock. */
export class EmbeddedRtorrent {
  private readonly settings: EmbeddedSettings;
  private readonly tell: (event: EmbeddedEvent) => void;
  private readonly rpc: RtorrentRpc;
  private readonly stopping = new AbortController();
  private running: RunningRtorrent | undefined;
  private absence = 'rtorrent was not started yet';
  private watching: Promise<void> = Promise.resolve();
  private misses = 0;
  private readonly limits: HangLimits;

  constructor(
    settings: EmbeddedSettings,
    tell: (event: EmbeddedEvent) => void,
    limits: HangLimits = usualLimits,
  ) {
    this.settings = settings;
    this.tell = tell;
    this.limits = limits;
    this.rpc = new RtorrentRpc({ kind: 'unix', path: settings.socketPath }, undefined, limits.answerMs);
  }

  /** Why it does not answer, for a person; undefined while it should. */
  whyAbsent(): string | undefined {
    return this.running === undefined ? this.absence : undefined;
  }

  /**
   * Starts it and watches it from then on; resolves once it answers. One that an earlier run left is taken over, or
   * ended cleanly and started anew where the settings have changed. Rejects with a `Fault`; then nothing runs.
   */
  async start(): Promise<void> {
    await this.bringUp();
    this.watching = this.watch();
    void this.tend();
  }

  /** Ends it: it saves its session and tells its trackers; what does not end within a minute is killed. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.absence = 'rtorrent was stopped';
    await this.watching;
    const { running } = this;
    this.running = undefined;
    if (running !== undefined) await this.end(running);
    rmSync(this.settings.socketPath, { force: true });
  }

  private async bringUp(): Promise<void> {
    const version = await installedVersion();
    const rc = this.prepare();
    const { directory } = this.settings;
    const left = this.findLeft();
    for (const one of left) {
      const isKept =
        left.length === 1 && hasSameSettings(directory, rc) && (await answersAs(this.rpc, one.pid));
      if (isKept) this.running = one;
      else await this.end(one);
    }
    const isTakenOver = this.running !== undefined;
    this.running ??= await launch(directory, rc, version, this.stopping.signal);
    this.misses = 0;
    this.tell({ kind: 'started', version, pid: this.running.pid, isTakenOver });
  }

  /** Makes its directories. */
  private prepare(): RcSettings {
    const { directory, downloadDirectory, spaceLimitBytes, ...rest } = this.settings;
    const sessionDirectory = `${directory}/session`;
    try {
      mkdirSync(sessionDirectory, { recursive: true, mode: 0o700 });
      mkdirSync(downloadDirectory, { recursive: true });
    } catch (error) {
      throw new Fault(
        'refused',
        `cannot make the directories of rtorrent: ${(error as Error).message}`,
        'make the place writable, or set rtorrent_download_directory to one that is',
      );
    }
    const disk = measureFilesystem(bytesOfText(downloadDirectory));
    const guardBytes = guardOf(disk, spaceLimitBytes);
    return { ...rest, sessionDirectory, downloadDirectory, logPath: `${directory}/log`, guardBytes };
  }

  /** Those of an earlier run: by their command line and the directory that they work in, which is ours alone. */
  private findLeft(): readonly RunningRtorrent[] {
    const directory = realpathSync(this.settings.directory);
    const found = findOwnProcesses(
      (one) =>
        one.arguments.slice(-commandLine.length).join('\0') === commandLine.join('\0') &&
        workingDirectoryOf(one.pid) === directory,
    );
    return found.map(({ pid, identity }) => ({ pid, identity, child: undefined }));
  }

  /** Starts it again whenever it ends, until `stop`. */
  private async watch(): Promise<void> {
    let restMs = leastRestMs;
    while (!this.isStopping()) {
      const { running } = this;
      const sinceMs = performance.now();
      let sentence: string;
      if (running === undefined) {
        sentence = await this.tryAgain();
        if (sentence === '') continue;
      } else {
        await this.untilEnded(running);
        if (this.isStopping()) return;
        this.running = undefined;
        const isHung = this.misses >= this.limits.mostMisses;
        sentence = `rtorrent ${isHung ? 'hung, and was killed' : howItEnded(running)}`;
        if (performance.now() - sinceMs >= soundMs) restMs = leastRestMs;
      }
      this.absence = `${sentence}; it is started again`;
      this.tell({ kind: 'ended', sentence, againInMs: restMs });
      await this.rest(restMs);
      restMs = Math.min(mostRestMs, restMs * 2);
    }
  }

  /** Empty where it runs again, else why not. */
  private async tryAgain(): Promise<string> {
    try {
      await this.bringUp();
      return '';
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // What the system refuses, as to write on a full disk, may have passed by the next time.
      if (error instanceof Fault || code !== undefined) return message;
      throw error;
    }
  }

  private async untilEnded({ identity, pid }: RunningRtorrent): Promise<void> {
    while (!this.isStopping() && identityOf(pid) === identity) await this.rest(watchMs);
  }

  /** Keeps its log small, and ends it where it hangs. */
  private async tend(): Promise<void> {
    for (;;) {
      await this.rest(this.limits.everyMs);
      if (this.isStopping()) return;
      const { running } = this;
      if (running === undefined) continue;
      const answers = await answersAs(this.rpc, running.pid);
      this.misses = answers ? 0 : this.misses + 1;
      if (this.misses >= this.limits.mostMisses) signal(running, 'SIGKILL');
      if (answers) await boundLog(this.rpc, `${this.settings.directory}/log`, mostLogBytes);
    }
  }

  private async end(running: RunningRtorrent): Promise<void> {
    const patience = new AbortController();
    const saved = this.rpc.call('session.save').catch(() => undefined);
    await Promise.race([
      saved,
      delay(politeMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    for (const [name, limitMs] of [
      ['SIGINT', politeMs],
      ['SIGTERM', quickMs],
      ['SIGKILL', quickMs],
    ] as const) {
      signal(running, name);
      const endMs = performance.now() + limitMs;
      while (performance.now() < endMs) {
        if (identityOf(running.pid) !== running.identity) return;
        await delay(50);
      }
    }
    throw new Fault('failed', `rtorrent (process ${running.pid}) does not end`);
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async rest(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

function howItEnded({ child }: RunningRtorrent): string {
  if (child === undefined) return 'ended by itself';
  if (child.signalCode !== null) return `was ended by ${child.signalCode}`;
  return `ended by itself (exit code ${child.exitCode ?? 'unknown'})`;
}

function signal({ pid, identity }: RunningRtorrent, name: NodeJS.Signals): void {
  if (identityOf(pid) !== identity) return;
  try {
    process.kill(pid, name);
  } catch {
    // It ended just now.
  }
}
