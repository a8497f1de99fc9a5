/** The control socket's file: who may open it, what happens to an old one, and how a path that is too long is reached. */

import { closeSync, constants, openSync, statSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { connect } from 'node:net';
import { basename, dirname } from 'node:path';
import { Fault } from '../core/fault.ts';

/** The kernel takes 107 bytes (unix(7)). */
const mostPathBytes = 107;

/**
 * Listens on the path; the socket is its owner's alone from the first moment. Rejects with a `Fault` where another process
 * answers on it, or it cannot be made.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (await isAnswering(path)) {
    throw new Fault('refused', `another process answers on ${path}`, 'end that one first');
  }
  const short = shortPath(path);
  // What is there and does not answer was left by a process that is gone.
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        reject(new Fault('refused', `cannot make the socket ${path}: ${error.message}`));
      });
      // The file is made within this call.
      server.listen({ path: short.path }, resolve);
      process.umask(before);
    });
  } finally {
    process.umask(before);
    short.release();
  }
}

/** Whether somebody listens on it. */
export async function isAnswering(path: string): Promise<boolean> {
  const short = shortPath(path);
  try {
    return await new Promise<boolean>((resolve) => {
      const socket = connect({ path: short.path, timeout: 5_000 });
      const end = (answer: boolean) => (): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.once('connect', end(true));
      // Somebody who is too busy to answer is there all the same.
      socket.once('timeout', end(true));
      socket.once('error', end(false));
    });
  } finally {
    short.release();
  }
}

/** The path itself, or where it is too long for the kernel a short one that leads there until it is released. */
export function shortPath(path: string): { readonly path: string; readonly release: () => void } {
  if (Buffer.byteLength(path) <= mostPathBytes) return { path, release: () => undefined };
  const descriptor = openDirectory(dirname(path));
  if (descriptor === undefined) return { path, release: () => undefined };
  return {
    path: `/proc/self/fd/${descriptor}/${basename(path)}`,
    release: () => {
      closeSync(descriptor);
    },
  };
}

function openDirectory(directory: string): number | undefined {
  try {
    return openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
}
