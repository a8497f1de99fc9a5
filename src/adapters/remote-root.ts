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

/** How the beginning of a script ends, and what it says, where all is not well. */
const absentExit = 77;
const unmarkedWord = 'rtorrent-low-space-driver has no mark here';

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
  /** Only what is marked is remembered: another may make it, or mount it, meanwhile. */
  private isMarked = false;
  private looking: Promise<RunRecord> | undefined;

  constructor(connection: SshConnection, { path, isPathInUse }: RootSettings) {
    this.connection = connection;
    this.path = path;
    this.isInUse = isPathInUse;
  }

  /** Whether the directory is there. Rejects with a `Fault` where it is not what files were shipped to. */
  async isThere(): Promise<boolean> {
    if (this.isMarked) return true;
    this.looking ??= this.ask(this.beginning()).finally(() => {
      this.looking = undefined;
    });
    return this.isThereBy(await this.looking);
  }

  /** The beginning of a script that goes on in the directory, if that is there; `isThereBy` takes what came of it. */
  beginning(): string {
    const path = quoteForShell(this.path);
    return `cd ${path} 2>/dev/null || exit ${absentExit}\ntest -e ./${rootMark} || echo '${unmarkedWord}'\n`;
  }

  /** As `isThere`, from the run of a script with that beginning. */
  isThereBy({ exitCode, stdout }: RunRecord): boolean {
    const isUnmarked = stdout.toString('latin1').split('\n').includes(unmarkedWord);
    const state: RootState = exitCode === absentExit ? 'absent' : isUnmarked ? 'unmarked' : 'marked';
    this.isMarked = state === 'marked';
    if (this.isInUse && state !== 'marked') throw this.gone(state);
    return state !== 'absent';
  }

  /** Makes it, marked. Idempotent. Rejects with a `Fault` where it is not what files were shipped to. */
  async make(): Promise<void> {
    if (this.isMarked) return;
    if (this.isInUse) {
      await this.isThere();
      return;
    }
    const path = quoteForShell(this.path);
    const run = await this.ask(`mkdir -p ${path} && : >>${path}/${rootMark}\n`);
    if (run.exitCode !== 0) throw faultOfRemoteRun(run, this.connection.host);
    this.isMarked = true;
  }

  /** The next call looks anew. */
  forget(): void {
    this.isMarked = false;
  }

  private gone(state: 'absent' | 'unmarked'): Fault {
    const mark = quoteForShell(`${this.path}/${rootMark}`);
    return new Fault(
      'gone',
      state === 'absent'
        ? `${this.path} is not there on ${this.connection.host}, though files were shipped to it`
        : `${this.path} on ${this.connection.host} is not what files were shipped to: its mark is missing`,
      `mount its disk there; where it is gone for good, run there: mkdir -p ${quoteForShell(this.path)} && touch ${mark}`,
    );
  }

  private async ask(script: string): Promise<RunRecord> {
    return await this.connection.script(script, scriptTimeoutMs);
  }
}
