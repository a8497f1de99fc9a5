/**
 * The ssh connections to the remote: one for questions, and one for each transfer at a time. Within one connection an answer
 * waits behind all that a transfer has handed to ssh (2 MiB each): at 1 MiB/s a listing took 8 s there, and 0.1 s beside it.
 */

import type { SshSettings } from './ssh.ts';
import { SshConnection } from './ssh.ts';

export class SshLines {
  /** For whatever is answered in a moment. */
  readonly questions: SshConnection;
  private readonly settings: SshSettings;
  private readonly all: SshConnection[];
  /** Of those for transfers, the ones that have none; the one that was used last is used next. */
  private readonly idle: SshConnection[] = [];

  constructor(settings: SshSettings) {
    this.settings = settings;
    this.questions = new SshConnection(settings);
    this.all = [this.questions];
  }

  get host(): string {
    return this.settings.host;
  }

  /** Does work over a connection that no other work goes over meanwhile. */
  async alone<T>(work: (connection: SshConnection) => Promise<T>): Promise<T> {
    const connection = this.idle.pop() ?? this.another();
    try {
      return await work(connection);
    } finally {
      this.idle.push(connection);
    }
  }

  /** Ends all of them and removes their sockets. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((connection) => connection.close()));
  }

  private another(): SshConnection {
    const connection = new SshConnection(this.settings);
    this.all.push(connection);
    return connection;
  }
}
