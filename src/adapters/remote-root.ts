/** The directory on the remote that all is shipped into: looked at before it is written to, and marked as ours. */

import { Fault } from '../core/fault.ts';
import type { RunRecord } from './process.ts';
import { faultOfRemoteRun } from './remote-faults.ts';
import type { SshConnection } from './ssh.ts';
import { quoteForShell } from './ssh.ts';

/**
 * Marks the root that files are shipped to: where its disk is not mounted, the empty directory that is left has no mark.
 */
export const rootMark = '.rtorrent-low-space-driver';

/** For scripts that read and write no files' content. */
export const scriptTimeoutMs = 60_000;

type RootState = 'marked' | 'unmarked' | 'absent';

export interface RootSettings {
  /** Absolute. */
  readonly path: string;
  /** Something was shipped there before: then a path that is missing, or without our mark, is a disk that is not mounted. */
  readonly isPathInUse: boolean;
}

export class RemoteRoot {
  readonly path: string;
  private readonly connection: SshConnection;
  private readonly isInUse: boolean;
  private state: Promise<RootState> | undefined;

  constructor(connection: SshConnection, { path, isPathInUse }: RootSettings) {
    this.connection = connection;
    this.path = path;
    this.isInUse = isPathInUse;
  }

  /** Whether the directory is there. Rejects with a `Fault` where it is not what files were shipped to. */
  async isThere(): Promise<boolean> {
    return (await this.look()) !== 'absent';
  }

  /** Makes it, marked. Idempotent. */
  async make(): Promise<void> {
    if ((await this.look()) === 'marked') return;
    const path = quoteForShell(this.path);
    const run = await this.ask(`mkdir -p ${path} && : >>${path}/${rootMark}`);
    if (run.exitCode !== 0) throw faultOfRemoteRun(run, this.connection.host);
  }

  /** The next call looks anew. */
  forget(): void {
    this.state = undefined;
  }

  private async look(): Promise<RootState> {
    const path = quoteForShell(this.path);
    this.state ??= this.ask(`test -d ${path} || exit 1; test -e ${path}/${rootMark} || exit 2`).then(
      ({ exitCode }) => (exitCode === 0 ? 'marked' : exitCode === 2 ? 'unmarked' : 'absent'),
    );
    let state: RootState = 'absent';
    try {
      state = await this.state;
    } finally {
      // Only what is marked is remembered: another may make it, or mount it, meanwhile.
      if (state !== 'marked') this.state = undefined;
    }
    if (state === 'marked' || !this.isInUse) return state;
    const mark = quoteForShell(`${this.path}/${rootMark}`);
    throw new Fault(
      'gone',
      state === 'absent'
        ? `${this.path} is not there on ${this.connection.host}, though files were shipped to it`
        : `${this.path} on ${this.connection.host} is not what files were shipped to: its mark is missing`,
      `mount its disk there; where it is gone for good, run there: mkdir -p ${path} && touch ${mark}`,
    );
  }

  private async ask(script: string): Promise<RunRecord> {
    return await this.connection.script(`${script}\n`, scriptTimeoutMs);
  }
}
