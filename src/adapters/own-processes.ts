/** Looks at the processes of this user, as /proc tells of them; empty where there is no /proc. */

import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { readTextOrEmpty } from './read-text.ts';

export interface OwnProcess {
  readonly pid: number;
  /** Never that of another process, also when the number is used again. */
  readonly identity: string;
  readonly arguments: readonly string[];
}

/** The processes of this user for which `matches` holds. */
export function findOwnProcesses(matches: (one: OwnProcess) => boolean): readonly OwnProcess[] {
  const userId = process.getuid?.();
  return entriesOf('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || ownerOf(pid) !== userId) return [];
    const identity = identityOf(pid);
    if (identity === undefined) return [];
    const one = {
      pid,
      identity,
      arguments: readTextOrEmpty(`/proc/${pid}/cmdline`).split('\0').slice(0, -1),
    };
    return matches(one) ? [one] : [];
  });
}

/** `PID@START`; undefined where it has ended, also while its parent has not noticed. */
export function identityOf(pid: number): string | undefined {
  // proc_pid_stat(5): the name may hold anything; behind its parenthesis the state comes first, the start is the 20th.
  const status = readTextOrEmpty(`/proc/${pid}/stat`);
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields.length < 20 || fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${pid}@${fields[19]}`;
}

/** The directory that a process works in; undefined where that cannot be seen. */
export function workingDirectoryOf(pid: number): string | undefined {
  return linkOrUndefined(`/proc/${pid}/cwd`);
}

/** Inodes of the sockets that a process holds. */
export function socketInodesOf(pid: number): ReadonlySet<string> {
  const inodes = entriesOf(`/proc/${pid}/fd`).flatMap((entry) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOrUndefined(`/proc/${pid}/fd/${entry}`) ?? '')?.[1];
    return inode === undefined ? [] : [inode];
  });
  return new Set(inodes);
}

function ownerOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}

function linkOrUndefined(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
