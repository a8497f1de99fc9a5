/** A lock that the kernel holds: it is gone with its process, however that ends. */

import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { Fault } from '../core/fault.ts';
import { localTime } from './local-time.ts';

export type LockAttempt =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'taken'; readonly holder: string };

/**
 * Takes the lock, or tells who has it. The lock belongs to the open file description (flock(2)): `flock` locks the one
 * it inherits from us and exits, and the lock stays with our descriptor, which no other program inherits.
 */
export function takeLock(path: string): LockAttempt {
  const descriptor = openLockFile(path);
  // Not by way of the process room: that loads for 40 ms, and an idle pass runs nothing else.
  const run = spawnSync('flock', ['--exclusive', '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    timeout: 10_000,
  });
  if (run.status === 0) {
    ftruncateSync(descriptor);
    writeSync(descriptor, `process ${process.pid}, since ${localTime(Date.now())}\n`, 0);
    return {
      kind: 'held',
      release: () => {
        closeSync(descriptor);
      },
    };
  }
  closeSync(descriptor);
  if (run.status === 1)
    return { kind: 'taken', holder: readFileSync(path, 'utf8').trim() || 'another process' };
  if ((run.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new Fault('missing-program', 'flock is not installed', 'install util-linux');
  }
  throw new Fault('failed', `cannot lock ${path}: ${run.error?.message ?? run.stderr.toString().trim()}`);
}

/**
 * Who holds the lock, without touching it; undefined where nobody does. The kernel lists its locks by inode in
 * /proc/locks; the process named there is the `flock` that has exited, so the holder is read from the file.
 */
export function lockHolder(path: string): string | undefined {
  try {
    const { ino } = statSync(path);
    const isHeld = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .some((line) => line.includes(' FLOCK ') && line.includes(`:${ino} `));
    return isHeld ? readFileSync(path, 'utf8').trim() : undefined;
  } catch {
    return undefined;
  }
}

function openLockFile(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    throw new Fault(
      'refused',
      `cannot open the lock ${path}: ${(error as Error).message}`,
      'make the directory writable, or set XDG_STATE_HOME to one that is',
    );
  }
}
