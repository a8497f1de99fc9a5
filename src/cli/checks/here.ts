/** Checks of this host beside rtorrent: the managed directory and the programs that are called. */

import { accessSync, constants, statSync } from 'node:fs';
import { runProgram } from '../../adapters/process.ts';
import type { Finding } from './finding.ts';

export function checkManagedDirectory(managedDirectory: string): Finding {
  const check = 'managed directory';
  try {
    if (!statSync(managedDirectory).isDirectory()) {
      return {
        check,
        state: 'problem',
        detail: `${managedDirectory} is no directory`,
        remedy: 'name the directory with your .torrent files',
      };
    }
    accessSync(managedDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
    return { check, state: 'ok', detail: managedDirectory };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return {
      check,
      state: 'problem',
      detail: `${managedDirectory} ${isMissing ? 'does not exist' : 'is not readable and writable'}`,
      remedy: isMissing
        ? `mkdir -p ${managedDirectory}`
        : `make it yours: chown -R "$USER" ${managedDirectory}`,
    };
  }
}

export async function checkLocalRsync(): Promise<Finding> {
  const check = 'rsync here';
  const run = await runProgram({ file: 'rsync', arguments: ['--version'], timeoutMs: 10_000 });
  const version = /version (\S+)/.exec(run.stdout.toString())?.[1];
  return version === undefined
    ? {
        check,
        state: 'problem',
        detail: 'rsync is not installed',
        remedy: 'install rsync (apt-get install rsync)',
      }
    : { check, state: 'ok', detail: `version ${version}` };
}
