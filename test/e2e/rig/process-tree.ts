/** Which processes belong to a rig, as /proc tells: those that carry its mark, and the descendants of its sshd. */

import { readFileSync, readdirSync } from 'node:fs';

/**
 * The variable every process of a rig carries in its environment (its value is the rig's directory). sshd writes its
 * title over its own environment, so sshd is followed by descent instead.
 */
export const markVariable = 'LOW_SPACE_RIG';

export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  /** The kernel's name of it, at most 15 bytes. */
  readonly name: string;
  /** `PID@START`: never that of another process, also when the number is used again. */
  readonly identity: string;
}

/** Every process that runs (zombies left out). */
export function runningProcesses(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    const status = Number.isInteger(pid) ? readOrEmpty(`/proc/${pid}/stat`) : '';
    // proc(5): pid (comm) state ppid …, and the start time is field 22; comm may hold anything, parentheses too.
    const match = /^\d+ \((.*)\) (\S) (.*)$/s.exec(status);
    const fields = match?.[3]?.split(' ') ?? [];
    if (match === null || match[2] === 'Z' || match[2] === 'X') return [];
    return [{ pid, parentPid: Number(fields[0]), name: match[1] ?? '', identity: `${pid}@${fields[18]}` }];
  });
}

/** The identity of a process that runs, or undefined. */
export function identityOf(pid: number): string | undefined {
  return runningProcesses().find((entry) => entry.pid === pid)?.identity;
}

/** All below `pid`, without itself. */
export function descendantsOf(
  pid: number,
  all: readonly ProcessEntry[] = runningProcesses(),
): ProcessEntry[] {
  const children = all.filter((entry) => entry.parentPid === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

/** The rig's processes: by the mark of `directory`, and those of `identities` with their descendants. */
export function processesOfRig(directory: string, identities: Iterable<string>): ProcessEntry[] {
  const all = runningProcesses();
  const wanted = new Set(identities);
  const mark = `\0${markVariable}=${directory}\0`;
  const roots = all.filter(
    ({ pid, identity }) => wanted.has(identity) || `\0${readOrEmpty(`/proc/${pid}/environ`)}`.includes(mark),
  );
  const found = roots.flatMap((root) => [root, ...descendantsOf(root.pid, all)]);
  return [...new Map(found.map((entry) => [entry.identity, entry])).values()];
}

/** Kills all of the rig's processes for good, whatever they start meanwhile. Throws when some live on after 5 s. */
export async function killRigProcesses(directory: string, identities: Iterable<string>): Promise<void> {
  const untilMs = performance.now() + 5_000;
  // A killed sshd is no longer there to be followed: what was found once is remembered.
  const seen = new Set(identities);
  for (;;) {
    const alive = processesOfRig(directory, seen);
    if (alive.length === 0) return;
    if (performance.now() > untilMs) {
      throw new Error(
        `processes outlive SIGKILL: ${alive.map(({ pid, name }) => `${pid} ${name}`).join(', ')}`,
      );
    }
    for (const { pid, identity } of alive) {
      seen.add(identity);
      sendSignal(pid, 'SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Sends a signal; a process that is gone already is no failure. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A process may end, or belong to somebody else, while it is looked at. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
