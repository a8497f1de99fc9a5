/** A slow line to the remote host: a TCP relay in the test process that passes on a limited number of bytes a second. */

import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { portOf } from './addresses.ts';

export interface SlowLink {
  /** Where it begins. */
  readonly address: string;
  readonly port: number;
  /** KiB a second towards the host, shared by all connections; 0 means no limit. */
  setRateKiB(rateKiB: number): void;
  /** All that has gone towards the host so far, over every connection. */
  sentBytes(): number;
  stop(): void;
}

/** Relays a port of its own at `address` to the target. The way back is not limited. */
export async function startSlowLink(
  address: string,
  target: { readonly host: string; readonly port: number },
  rateKiB: number,
): Promise<SlowLink> {
  let bytesPerMs = (rateKiB * 1024) / 1000;
  let nextFreeMs = 0;
  let sentBytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const host = connect(target);
    for (const socket of [client, host]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        host.destroy();
      });
    }
    host.pipe(client);
    client.on('end', () => host.end());
    client.on('data', (chunk) => {
      client.pause();
      sentBytes += chunk.length;
      host.write(chunk, () => {
        const nowMs = performance.now();
        nextFreeMs = Math.max(nowMs, nextFreeMs) + (bytesPerMs === 0 ? 0 : chunk.length / bytesPerMs);
        setTimeout(() => client.resume(), nextFreeMs - nowMs).unref();
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  server.unref();
  return {
    address,
    port: portOf(server),
    setRateKiB(rate) {
      bytesPerMs = (rate * 1024) / 1000;
      nextFreeMs = 0;
    },
    sentBytes: () => sentBytes,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
