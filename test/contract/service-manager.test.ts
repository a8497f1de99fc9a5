/** The service manager hears what it is told, over sockets of both kinds, and nothing is sent where none asked. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { ServiceManager } from '../../src/adapters/service-manager.ts';
import { until } from '../e2e/rig/until.ts';
import { openNotifySocket } from '../support/notify-socket.ts';

let directory: string;

before(() => {
  directory = mkdtempSync(`${tmpdir()}/notify-`);
});

after(() => {
  delete process.env['NOTIFY_SOCKET'];
  rmSync(directory, { recursive: true });
});

/** The variable is this process's own: what it starts finds it there. */
function managerAt(path: string, more: Readonly<Record<string, string>> = {}): ServiceManager {
  process.env['NOTIFY_SOCKET'] = path;
  return new ServiceManager({ NOTIFY_SOCKET: path, ...more }, process.pid);
}

for (const [kind, pathIn] of [
  ['a path', () => `${directory}/notify`],
  ['an abstract name', () => `@rtorrent-low-space-driver-test-${process.pid}`],
] as const) {
  test(`messages arrive in order at ${kind}`, async () => {
    const path = pathIn();
    const socket = await openNotifySocket(path);
    try {
      const manager = managerAt(path);
      assert.equal(await manager.tell('READY=1', 'STATUS=looking'), undefined);
      assert.equal(await manager.tellReloading(), undefined);
      assert.equal(await manager.tell('STOPPING=1'), undefined);
      await until('all have come', () => socket.messages().length >= 3, 10_000);
      const [ready, reloading, stopping] = socket.messages();
      assert.equal(ready, 'READY=1\nSTATUS=looking');
      assert.match(reloading ?? '', /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
      assert.equal(stopping, 'STOPPING=1');
    } finally {
      await socket.close();
    }
  });
}

test('a socket where nobody listens is told in words', async () => {
  const words = await managerAt(`${directory}/nobody`).tell('READY=1');
  assert.match(words ?? '', /No such file/);
});

test('where no service manager asked, nothing is sent', async () => {
  assert.equal(await new ServiceManager({}, process.pid).tell('READY=1'), undefined);
});

test("the watchdog's period counts where it is meant for this process", () => {
  const path = `${directory}/notify`;
  const watchdog = { WATCHDOG_USEC: '30000000' };
  assert.equal(managerAt(path, watchdog).watchdogMs, 30_000);
  assert.equal(managerAt(path, { ...watchdog, WATCHDOG_PID: String(process.pid) }).watchdogMs, 30_000);
  assert.equal(managerAt(path, { ...watchdog, WATCHDOG_PID: '1' }).watchdogMs, undefined);
  assert.equal(managerAt(path).watchdogMs, undefined);
  assert.equal(new ServiceManager(watchdog, process.pid).watchdogMs, undefined);
});
