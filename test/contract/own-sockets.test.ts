/** Where this very process listens, as the kernel tells it. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { ListenOptions, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { tcpListenersOf, unixListenersOf } from '../../src/adapters/own-sockets.ts';
import { portOf } from '../e2e/rig/addresses.ts';

const directory = mkdtempSync(`${tmpdir()}/sockets-`);
const servers: Server[] = [];

after(() => {
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true });
});

function listen(options: ListenOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    server.once('error', reject);
    server.listen(options, () => resolve(server));
  });
}

test('unix sockets that are listened on are found by their paths, blanks and all', async () => {
  const path = `${directory}/a socket`;
  await listen({ path });
  connect({ path }).once('error', () => undefined);
  assert.deepEqual(
    unixListenersOf(process.pid).filter((one) => one.startsWith(directory)),
    [path],
  );
  assert.deepEqual(unixListenersOf(1_000_000_000), []);
});

test('TCP ports are found, and whether others reach them', async () => {
  const near = portOf(await listen({ host: '127.0.0.1', port: 0 }));
  const alsoNear = portOf(await listen({ host: '127.9.8.7', port: 0 }));
  const far = portOf(await listen({ host: '0.0.0.0', port: 0 }));
  const found = new Map(tcpListenersOf(process.pid).map(({ port, isLoopback }) => [port, isLoopback]));
  assert.deepEqual([found.get(near), found.get(alsoNear), found.get(far)], [true, true, false]);
});
