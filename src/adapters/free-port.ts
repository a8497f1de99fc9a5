/** Finds a TCP port of this host that nobody listens on. */

import { createServer } from 'node:net';
import type { PortRange } from '../codec/rtorrent-rc.ts';
import { Fault } from '../core/fault.ts';

/**
 * The first port of the range that can be listened on, as rtorrent looks for one: by trying. Undefined where none can.
 * Rejects with a `Fault` where the address is none of this host's. Somebody else may take the port a moment later.
 */
export async function firstFreePort(
  { first, last }: PortRange,
  address: string | undefined,
): Promise<number | undefined> {
  for (let port = first; port <= last; port += 1) {
    const code = await refusalOf(port, address);
    if (code === undefined) return port;
    if (code === 'EADDRNOTAVAIL') {
      throw new Fault('refused', `${address ?? 'any'} is no address of this host`);
    }
  }
  return undefined;
}

/** Why it cannot be listened on, as the system's code; undefined where it can. */
async function refusalOf(port: number, address: string | undefined): Promise<string | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code ?? 'unknown error');
    });
    server.listen({ port, host: address }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}
