/** The control socket: its owner's alone, taken over from the dead and from nobody else, at a path of any length. */

import assert from 'node:assert/strict';
import { linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { Dashboard } from '../../../src/dashboard/server.ts';
import { isAnswering } from '../../../src/dashboard/socket-file.ts';
import { makeDashboardWorld, serve } from './made-world.ts';

describe('the socket', () => {
  test("is its owner's alone", async (t) => {
    const { socketPath } = await serve(t);
    assert.equal(statSync(socketPath).mode & 0o777, 0o600);
  });

  test('that a dead process left is replaced; one that somebody answers on is not', async (t) => {
    const served = await serve(t);
    const second = new Dashboard(makeDashboardWorld(), dirname(served.socketPath));
    t.after(() => second.close());
    await assert.rejects(second.listenOnSocket(served.socketPath), /another process answers/);
    assert.equal(await isAnswering(served.socketPath), true);
    const left = join(dirname(served.socketPath), 'left.sock');
    await leaveSocket(left);
    assert.equal(await isAnswering(left), false);
    await second.listenOnSocket(left);
    assert.equal(await isAnswering(left), true);
  });

  test('works below a path that is too long for the kernel', async (t) => {
    const served = await serve(t);
    const deep = join(dirname(served.socketPath), 'x'.repeat(100), 'y'.repeat(100));
    mkdirSync(deep, { recursive: true });
    t.after(() => rmSync(deep, { recursive: true, force: true }));
    const dashboard = new Dashboard(makeDashboardWorld(), deep);
    t.after(() => dashboard.close());
    await dashboard.listenOnSocket(join(deep, 'control.sock'));
    assert.equal(await isAnswering(join(deep, 'control.sock')), true);
    assert.equal(statSync(join(deep, 'control.sock')).mode & 0o777, 0o600);
  });

  test('a port that is taken is a fault with its remedy', async (t) => {
    const served = await serve(t);
    const dashboard = new Dashboard(makeDashboardWorld(), dirname(served.socketPath));
    t.after(() => dashboard.close());
    await assert.rejects(dashboard.listenOnPort('127.0.0.1', served.port, undefined), {
      kind: 'refused',
      remedy: /free/,
    });
  });
});

/** A socket file whose process is gone: unlinking is what a clean end does, so the file is kept by a second name. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.old`, resolve));
  linkSync(`${path}.old`, path);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
