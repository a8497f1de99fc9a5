/** A small disk for a rig: an ext4 filesystem of its own, in a file. Mounting needs root, or sudo without a password. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';

/** Makes a filesystem of that size and mounts it at `directory`, whose parent is there. It keeps no blocks for root. */
export function mountSmallDisk(directory: string, bytes: number): void {
  const image = `${directory}.img`;
  writeFileSync(image, '');
  truncateSync(image, bytes);
  execFileSync('mkfs.ext4', ['-q', '-m', '0', image], { env: withSystemPath() });
  mkdirSync(directory, { recursive: true });
  asRoot('mount', ['-o', 'loop', image, directory]);
  asRoot('rmdir', [`${directory}/lost+found`]);
  if (process.getuid?.() !== 0) asRoot('chown', [String(process.getuid?.()), directory]);
}

/** Takes every filesystem away that is mounted below the directory: before it can be removed, and whatever was in use. */
export function unmountBelow(directory: string): void {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1]?.replaceAll('\\040', ' ') ?? '')
    .filter((path) => path.startsWith(`${directory}/`));
  for (const path of mounts.toReversed()) if (existsSync(path)) asRoot('umount', ['-l', path]);
}

function asRoot(program: string, args: readonly string[]): void {
  const isRoot = process.getuid?.() === 0;
  try {
    execFileSync(isRoot ? program : 'sudo', isRoot ? args : ['-n', program, ...args], {
      env: withSystemPath(),
      stdio: 'pipe',
    });
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: a small disk needs root, or sudo: ${String(error)}`);
  }
}

/** Debian's programs for filesystems are not on every user's path. */
function withSystemPath(): Record<string, string> {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin` };
}
