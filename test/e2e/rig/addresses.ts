/**
 * Loopback addresses of a rig's own (127.x.y.*), so that two rigs at once never meet, and so that every peer has its own:
 * rtorrent 0.9.8 keeps one connection per peer address.
 */

import { randomInt } from 'node:crypto';
import type { Server } from 'node:net';
import { createServer } from 'node:net';

export interface Addresses {
  /** The rig's address with this last number, 1–253. */
  at(host: number): string;
  /** Words that a program is started with to run on this host, where hosts have networks of their own. */
  enter?(host: number): readonly string[];
  release(): void;
}

/** Holds a prefix by listening on a port that follows from it: whoever takes the same prefix fails to listen. */
export async function reserveAddresses(): Promise<Addresses> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const second = randomInt(16, 250);
    const third = randomInt(1, 250);
    const server = await listen(`127.${second}.${third}.254`, 10_000 + ((second * 256 + third) % 20_000));
    if (server === undefined) continue;
    server.unref();
    return { at: (host) => `127.${second}.${third}.${host}`, release: () => void server.close() };
  }
  throw new Error('no free prefix of loopback addresses in 50 attempts');
}

/** A port that is free at this address now; the prefix being ours, nobody else is after it. */
export async function freePort(address: string): Promise<number> {
  const server = await listen(address, 0);
  if (server === undefined) throw new Error(`cannot listen on ${address}`);
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function portOf(server: Server): number {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  return bound.port;
}

function listen(address: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, address, () => resolve(server));
  });
}
