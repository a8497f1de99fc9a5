/** Watches directories for changes: a word that it is worth looking, never a word on what happened. */

import type { FSWatcher } from 'node:fs';
import { statSync, watch } from 'node:fs';

/** What is written in several steps is looked at once. */
const settleMs = 100;
/** A directory that is not there, or has been replaced, is looked for again after this. */
const rearmMs = 10_000;

/**
 * Calls `onChange` soon after an entry of one of the directories comes, goes or changes, until the answer is called. They
 * need not be there yet. Where the system cannot watch (its watches are used up, say), it calls nothing.
 */
export function watchDirectories(paths: readonly string[], onChange: () => void): () => void {
  const watches = new Map<string, Watched>();
  let settle: NodeJS.Timeout | undefined;
  const changed = (): void => {
    arm();
    settle ??= setTimeout(() => {
      settle = undefined;
      onChange();
    }, settleMs);
  };
  const arm = (): void => {
    for (const path of paths) {
      const inode = inodeOf(path);
      const known = watches.get(path);
      if (known !== undefined && known.inode === inode) continue;
      known?.watcher.close();
      watches.delete(path);
      const watcher = inode === undefined ? undefined : start(path, changed, () => watches.delete(path));
      if (watcher !== undefined && inode !== undefined) watches.set(path, { watcher, inode });
    }
  };
  arm();
  const rearm = setInterval(arm, rearmMs);
  return () => {
    clearInterval(rearm);
    clearTimeout(settle);
    for (const { watcher } of watches.values()) watcher.close();
  };
}

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

function start(path: string, onChange: () => void, onEnd: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, onChange);
    watcher.on('error', () => {
      watcher.close();
      onEnd();
    });
    return watcher;
  } catch {
    return undefined;
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
