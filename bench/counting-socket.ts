/** Counts the requests to rtorrent: a unix socket that passes each connection on, and SCGI has one for each request. */

import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CountingSocket {
  readonly path: string;
  count(): number;
  stop(): void;
}

export async function openCountingSocket(path: string, targetPath: string): Promise<CountingSocket> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (asking) => {
    count += 1;
    const answering = connect({ path: targetPath, allowHalfOpen: true });
    for (const [socket, other] of [
      [asking, answering],
      [answering, asking],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    path,
    count: () => count,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
