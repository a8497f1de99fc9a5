/** The remote over ssh keeps the contract about pieces, with GNU's tools, with busybox's, and with hardly any. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import type { Rig } from '../e2e/rig.ts';
import { startRig } from '../e2e/rig.ts';
import { openRealRemote, useProgramsOf } from './real-remote.ts';
import { pieceWorldOf } from './real-pieces.ts';
import { piecesContract } from './suites/pieces-contract.ts';

let rig: Rig;
let keys: string;

before(async () => {
  rig = await startRig();
  useProgramsOf(rig);
  keys = readFileSync(`${rig.directory}/sshd/authorized_keys`, 'utf8');
});

after(() => (rig as Rig | undefined)?.stop());

/** From now on, each session of the host begins with this script. */
function beginSessionsWith(name: string, lines: readonly string[]): void {
  const script = `${rig.directory}/session-${name}`;
  writeFileSync(script, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  writeFileSync(`${rig.directory}/sshd/authorized_keys`, `command="${script}" ${keys}`);
}

/** A directory of these programs alone, as links to where they are or to one that is all of them. */
function programs(name: string, names: readonly string[], one?: string): string {
  const directory = `${rig.directory}/bin-${name}`;
  mkdirSync(directory, { recursive: true });
  for (const program of names) {
    const real = one ?? execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    try {
      symlinkSync(real, `${directory}/${program}`);
    } catch {
      // It is there from the world before.
    }
  }
  return directory;
}

/** All that POSIX promises and the scripts use. */
const plainPrograms = ['sh', 'cat', 'dd', 'find', 'ln', 'mkdir', 'mv', 'printf', 'rm', 'rmdir', 'sync'];

piecesContract('pieces over ssh', async () => {
  writeFileSync(`${rig.directory}/sshd/authorized_keys`, keys);
  return pieceWorldOf(openRealRemote(rig));
});

piecesContract('pieces over ssh, to busybox', async () => {
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  const path = programs('busybox', [...plainPrograms, 'sha1sum', 'test', '['], busybox);
  beginSessionsWith('busybox', [`PATH=${path}`, 'export PATH', `exec ${path}/sh -c "$SSH_ORIGINAL_COMMAND"`]);
  return pieceWorldOf(openRealRemote(rig));
});

piecesContract('pieces over ssh, where nothing makes digests and the shell greets', async () => {
  const path = programs('plain', plainPrograms);
  beginSessionsWith('plain', [
    'echo welcome',
    `PATH=${path}`,
    'export PATH',
    `exec ${path}/sh -c "$SSH_ORIGINAL_COMMAND"`,
  ]);
  return pieceWorldOf(openRealRemote(rig));
});
