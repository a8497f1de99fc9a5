/**
 * The ssh connections to the remote: one for questions, one for each transfer at a time, and one for the next. Within one
 * connection an answer waits behind all that a transfer has handed to ssh (2 MiB each): at 1 MiB/s a listing took 8 s there,
 * and 0.1 s beside it.
 */

import type { SshSettings } from './ssh.ts';
import { SshConnection } from './ssh.ts';

const loginTimeoutMs = 60_000;

export class SshLines {
  /** For whatever is answered in a moment. */
  readonly questions: SshConnection;
  private readonly settings: SshSettings;
  private readonly all: SshConnection[];
  /** Of those for transfers, the ones that have none; the one that was used last is used next. */
  private readonly idle: SshConnection[] = [];
  private opening: Promise<void> | undefined;
  private closing = new AbortController();

  constructor(settings: SshSettings) {
    this.settings = settings;
    this.questions = new SshConnection(settings);
    this.all = [this.questions];
  }

  get host(): string {
    return this.settings.host;
  }

  /**
   * Does work over a connection that no other work goes over meanwhile. Where that was the last one which was ready, another
   * is opened beside: a login takes about a second, in which the next transfer would send nothing.
   */
  async alone<T>(work: (connection: SshConnection) => Promise<T>): Promise<T> {
    const ready = this.idle.pop();
    // Where none was, it may be that nobody can log in.
    if (ready !== undefined && this.idle.length === 0) void this.open().catch(() => undefined);
    const connection = ready ?? this.another();
    try {
      return await work(connection);
    } finally {
      this.idle.push(connection);
    }
  }

  /** Opens one for a transfer to come, but one at a time. Rejects with a `Fault`: whoever is given it tries it anew. */
  async open(): Promise<void> {
    this.opening ??= this.login().finally(() => {
      this.opening = undefined;
    });
    await this.opening;
  }

  private async login(): Promise<void> {
    const connection = this.another();
    try {
      await connection.script('exit 0\n', loginTimeoutMs, this.closing.signal);
    } finally {
      this.idle.push(connection);
    }
  }

  /** Ends all of them and removes their sockets. Idempotent. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.opening?.catch(() => undefined);
    this.closing = new AbortController();
    await Promise.all(this.all.map((connection) => connection.close()));
  }

  private another(): SshConnection {
    const connection = new SshConnection(this.settings);
    this.all.push(connection);
    return connection;
  }
}
