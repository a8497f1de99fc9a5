/** Runs programs: one record for any run, success or not, with every limit of ours watched over the whole process group. */

import { existsSync } from 'node:fs';
import { Fault } from '../core/fault.ts';

export interface ProgramOrder {
  readonly file: string;
  readonly arguments: readonly string[];
  /** Given on standard input, then closed. Of an iterable each chunk is asked for when there is room: a sign of life. */
  readonly input?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly directory?: string;
  /** The run is ended after this long, whatever it does. */
  readonly timeoutMs: number;
  /** The run is ended when it has written nothing for this long. */
  readonly silenceMs?: number;
  /** The run is ended when it has written more than this to standard output. */
  readonly outputLimitBytes?: number;
  /** Called with each piece of standard output as it comes; what goes here is not collected as well. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/** Which of our limits ended a run. The first one counts. */
export type RunLimit = 'timeout' | 'silence' | 'output' | 'cancelled';

export interface RunRecord {
  /** For a person: the program and its arguments, quoted where they need it. */
  readonly command: string;
  readonly exitCode: number | undefined;
  /** The signal that ended it, if one did. */
  readonly signal: string | undefined;
  readonly limit: RunLimit | undefined;
  /** The program is not there at all. */
  readonly isMissing: boolean;
  readonly stdout: Buffer;
  /** The last part of it, at most 64 KiB; the system's words where the program could not be started. */
  readonly stderr: string;
  readonly durationMs: number;
}

const defaultOutputLimitBytes = 256 * 1024 ** 2;
const stderrLimitBytes = 64 * 1024;
/** Between the polite signal and the one that cannot be refused. */
const graceMs = 5_000;
/**
 * Between the end of a program and the end of its pipes, while nothing comes out of them: another process may hold them
 * open, as the ssh that shares its connection does with those of every ssh, for as long as a hung host does not answer.
 */
const drainMs = 1_000;

/** Runs a program to its end and tells how it went; never rejects for what the program did. */
export async function runProgram(order: ProgramOrder): Promise<RunRecord> {
  // Loaded when first needed: that takes longer than all else at the start, and most passes run nothing.
  const { execa } = await import('execa');
  const startedAt = performance.now();
  const stdout: Uint8Array[] = [];
  let stdoutBytes = 0;
  let stderr: Buffer = Buffer.alloc(0);
  // A group of its own: what the program started (rsync its ssh) ends with it.
  const running = execa(order.file, [...order.arguments], {
    ...(order.directory === undefined ? {} : { cwd: order.directory }),
    ...inputOf(order.input, () => {
      watch.heard();
    }),
    detached: true,
    reject: false,
    buffer: false,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  const watch = new Watch(order, (signal) => {
    killGroup(running.pid, signal);
  });
  let drain: NodeJS.Timeout | undefined;
  running.nodeChildProcess.once('exit', () => {
    drain = setTimeout(() => {
      running.stdout.destroy();
      running.stderr.destroy();
    }, drainMs);
  });
  running.stdout.on('data', (chunk: Buffer) => {
    watch.heard();
    drain?.refresh();
    stdoutBytes += chunk.length;
    if (stdoutBytes > (order.outputLimitBytes ?? defaultOutputLimitBytes)) watch.hit('output');
    else if (order.onOutput === undefined) stdout.push(chunk);
    else order.onOutput(chunk);
  });
  running.stderr.on('data', (chunk: Buffer) => {
    watch.heard();
    drain?.refresh();
    stderr = Buffer.concat([stderr, chunk]).subarray(-stderrLimitBytes);
  });
  try {
    const result = await running;
    return {
      command: showCommand(order.file, order.arguments),
      exitCode: result.exitCode,
      signal: result.signal,
      limit: watch.limit,
      // A working directory that is not there gives the same code.
      isMissing: result.code === 'ENOENT' && (order.directory === undefined || existsSync(order.directory)),
      stdout: Buffer.concat(stdout),
      stderr: running.pid === undefined ? (result.originalMessage ?? '') : stderr.toString('utf8'),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    // What outlives the polite signal has lost its leader; after an end of its own, a program may leave others behind.
    if (watch.limit !== undefined) killGroup(running.pid, 'SIGKILL');
    clearTimeout(drain);
    watch.end();
  }
}

function inputOf(
  input: ProgramOrder['input'],
  onTaken: () => void,
): { input: Uint8Array } | { stdin: 'ignore' | AsyncGenerator<Uint8Array> } {
  if (input === undefined) return { stdin: 'ignore' };
  return input instanceof Uint8Array ? { input } : { stdin: watched(input, onTaken) };
}

async function* watched(
  input: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  onTaken: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    onTaken();
    yield chunk;
  }
}

/** One sentence about a run that failed: the program, how it ended, and what it complained of first. */
export function describeRun(run: RunRecord): string {
  // What it says when we end it tells nothing.
  const complaint = run.limit === undefined ? (run.stderr.trim().split('\n')[0]?.trim() ?? '') : '';
  return `${programOf(run)} ${endOf(run)}${complaint === '' ? '' : `: ${complaint}`}`;
}

/** The fault of a run that hit a limit or could not start; undefined where the program itself has the say. */
export function faultOfLimits(run: RunRecord): Fault | undefined {
  if (run.isMissing) {
    const program = programOf(run);
    return new Fault('missing-program', `${program} is not installed`, `install ${program}`);
  }
  return run.limit === undefined ? undefined : new Fault('limit', describeRun(run));
}

function programOf({ command }: RunRecord): string {
  return command.split(' ', 1)[0] ?? command;
}

function endOf(run: RunRecord): string {
  switch (run.limit) {
    case 'timeout':
      return `was ended after ${Math.round(run.durationMs / 1000)} s`;
    case 'silence':
      return 'was ended because nothing moved any more';
    case 'output':
      return 'was ended because it wrote too much';
    case 'cancelled':
      return 'was cancelled';
    case undefined:
      if (run.signal !== undefined) return `was ended by ${run.signal}`;
      return run.exitCode === undefined ? 'could not be started' : `failed with exit code ${run.exitCode}`;
  }
}

/** Ends the run when one of its limits is hit. */
class Watch {
  limit: RunLimit | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();
  private silence: NodeJS.Timeout | undefined;
  private readonly order: ProgramOrder;
  private readonly kill: (signal: NodeJS.Signals) => void;
  private readonly cancel = (): void => {
    this.hit('cancelled');
  };

  constructor(order: ProgramOrder, kill: (signal: NodeJS.Signals) => void) {
    this.order = order;
    this.kill = kill;
    this.after(order.timeoutMs, () => {
      this.hit('timeout');
    });
    this.heard();
    if (order.signal?.aborted === true) this.cancel();
    else order.signal?.addEventListener('abort', this.cancel);
  }

  heard(): void {
    const { silenceMs } = this.order;
    if (silenceMs === undefined) return;
    if (this.silence !== undefined) this.silence.refresh();
    else {
      this.silence = this.after(silenceMs, () => {
        this.hit('silence');
      });
    }
  }

  hit(limit: RunLimit): void {
    if (this.limit !== undefined) return;
    this.limit = limit;
    this.kill('SIGTERM');
    this.after(graceMs, () => {
      this.kill('SIGKILL');
    });
  }

  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.order.signal?.removeEventListener('abort', this.cancel);
  }

  private after(milliseconds: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(action, Math.min(milliseconds, 2 ** 31 - 1));
    this.timers.add(timer);
    return timer;
  }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

function showCommand(file: string, parts: readonly string[]): string {
  const shown = [file, ...parts].map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part}'`));
  return shown.join(' ').slice(0, 300);
}
