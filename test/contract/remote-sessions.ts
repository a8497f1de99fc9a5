/** What sessions of the rig's remote host find there: fewer programs, other programs, words of a login shell. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Rig } from '../e2e/rig.ts';

/** All that the scripts about pieces use of what POSIX promises. */
export const plainPrograms: readonly string[] = [
  'sh',
  'cat',
  'dd',
  'find',
  'ln',
  'mkdir',
  'mv',
  'printf',
  'rm',
  'rmdir',
  'sync',
];

export interface RemoteSessions {
  /** From now on each session begins with these lines, and has nothing but the programs of the directory, if one is given. */
  beginWith(lines: readonly string[], programs?: string): void;
  /** As they were at the start. */
  leaveAlone(): void;
  /** A new directory of links to programs: where they are, or one that is all of them. */
  programs(names: readonly string[], one?: string): string;
}

export function sessionsOf(rig: Rig): RemoteSessions {
  const keysPath = `${rig.directory}/sshd/authorized_keys`;
  const keys = readFileSync(keysPath, 'utf8');
  let count = 0;
  // By renaming: a login under way sees the old file or the new one, whole.
  const letIn = (text: string): void => {
    writeFileSync(`${keysPath}.new`, text);
    renameSync(`${keysPath}.new`, keysPath);
  };
  return {
    beginWith: (lines, programs) => {
      count += 1;
      const script = `${rig.directory}/session-${count}`;
      const path = programs === undefined ? [] : [`PATH='${programs}'`, 'export PATH'];
      const shell = programs === undefined ? 'sh' : `'${programs}/sh'`;
      const text = ['#!/bin/sh', ...lines, ...path, `exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`, ''];
      writeFileSync(script, text.join('\n'), { mode: 0o755 });
      letIn(`command="${script}" ${keys}`);
    },
    leaveAlone: () => {
      letIn(keys);
    },
    programs: (names, one) => {
      count += 1;
      const directory = `${rig.directory}/programs-${count}`;
      mkdirSync(directory);
      for (const name of names) symlinkSync(one ?? programPath(name), `${directory}/${name}`);
      return directory;
    },
  };
}

export function programPath(name: string): string {
  const path = execFileSync('sh', ['-c', 'type -P "$0" 2>/dev/null || command -v "$0"', name], {
    encoding: 'utf8',
  });
  const found = path.trim();
  // Builtins of the shell have no path of their own.
  return existsSync(found) ? found : `/usr/bin/${name}`;
}
