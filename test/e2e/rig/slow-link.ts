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

interface Line {
  bytesPerMs: number;
  freeAtMs: number;
  sentBytes: number;
}

/** What waits to be passed on, of one connection: enough that a timer that is late costs the line nothing. */
const mostQueuedBytes = 96 * 1024;

/** Relays a port of its own at `address` to the target. The way back is not limited. */
export async function startSlowLink(
  address: string,
  target: { readonly host: string; readonly port: number },
  rateKiB: number,
): Promise<SlowLink> {
  const line: Line = { bytesPerMs: (rateKiB * 1024) / 1000, freeAtMs: 0, sentBytes: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const host = connect(target);
    for (const socket of [client, host]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    host.on('close', () => client.destroy());
    host.pipe(client);
    passOn(client, host, line);
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
      line.bytesPerMs = (rate * 1024) / 1000;
      line.freeAtMs = 0;
    },
    sentBytes: () => line.sentBytes,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Each chunk leaves when the line has had time for it and for all before it, whenever the timers fire. */
function passOn(client: Socket, host: Socket, line: Line): void {
  const queue: { readonly chunk: Buffer; readonly leavesAtMs: number }[] = [];
  let queuedBytes = 0;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const leave = (): void => {
    timer = undefined;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const waitMs = next.leavesAtMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(leave, waitMs).unref();
        return;
      }
      queue.shift();
      line.sentBytes += next.chunk.length;
      // A host that takes nothing holds up who sends.
      host.write(next.chunk, () => {
        queuedBytes -= next.chunk.length;
        if (queuedBytes <= mostQueuedBytes) client.resume();
      });
    }
    if (isOver) host.end();
  };
  client.on('data', (chunk) => {
    line.freeAtMs = Math.max(performance.now(), line.freeAtMs);
    if (line.bytesPerMs > 0) line.freeAtMs += chunk.length / line.bytesPerMs;
    queue.push({ chunk, leavesAtMs: line.freeAtMs });
    queuedBytes += chunk.length;
    if (queuedBytes > mostQueuedBytes) client.pause();
    if (timer === undefined) leave();
  });
  const finish = (): void => {
    isOver = true;
    if (timer === undefined) leave();
  };
  client.on('end', finish);
  client.on('close', finish);
}
