/** Both ends of the control socket: what the daemon serves, its client understands. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ControlClient } from '../../../src/cli/control-client.ts';
import { applyChange } from '../../../src/dashboard/difference.ts';
import type { StreamMessage } from '../../../src/dashboard/wire.ts';
import type { StatusReport } from '../../../src/driver/report.ts';
import { infohashOf, makeWorld } from '../../support/world.ts';
import { expectNamed } from '../dashboard/described.ts';
import { driverEvent, serve, threeTorrents } from '../dashboard/made-world.ts';

test('where nobody answers every method says so', async (t) => {
  const { socketPath } = await serve(t);
  const client = new ControlClient(join(dirname(socketPath), 'nobody.sock'));
  assert.equal(await client.status(), undefined);
  assert.equal(await client.plan(), undefined);
  assert.equal(await client.history(5), undefined);
  assert.equal(await client.story(infohashOf('a')), undefined);
  assert.equal(await client.tell({ kind: 'pause', infohash: undefined }), undefined);
  assert.equal(await client.watch(() => undefined, new AbortController().signal), false);
});

test('status, plan, story and history come as they are', async (t) => {
  const { socketPath, world } = await serve(t);
  const client = new ControlClient(socketPath);
  assert.equal(await client.status(), undefined, 'nothing was looked at yet');
  world.show(threeTorrents());
  const status = await client.status();
  assert.deepEqual(
    status?.torrents.map(({ name, state }) => [name, state]),
    [
      ['seeding', 'seeding'],
      ['parts', 'shipping'],
      ['large', 'waiting'],
    ],
  );
  const story = await client.story(infohashOf('parts'));
  assert.equal(story?.name, 'parts');
  assert.match(story.why?.sentence ?? '', /^being shipped/);
  assert.ok(story.why?.facts.some(({ about }) => about === 'under way'));
  assert.equal(await client.story(infohashOf('nobody')), undefined);
  assert.deepEqual(await client.history(5), []);
  const planned = await client.plan();
  assert.deepEqual(
    planned?.waits.map(({ name, reason, start }) => [name, reason.kind, start?.ms]),
    [
      ['parts', 'job', 0],
      ['large', 'file-too-large', undefined],
    ],
  );
});

test('a command arrives, and its outcome comes back', async (t) => {
  const { socketPath, world } = await serve(t);
  const client = new ControlClient(socketPath);
  const command = { kind: 'priority', infohash: infohashOf('a'), priority: 'high' } as const;
  assert.deepEqual(await client.tell(command), { kind: 'done', detail: 'as told' });
  assert.deepEqual(world.commands, [command]);
  world.outcome = { kind: 'failed', message: 'not so', remedy: 'otherwise' };
  assert.deepEqual(await client.tell({ kind: 'retry', infohash: undefined }), world.outcome);
});

test('who watches is told everything, then what changes, then what happens', async (t) => {
  const { socketPath, world } = await serve(t);
  const messages: StreamMessage[] = [];
  const controller = new AbortController();
  const watching = new ControlClient(socketPath).watch((message) => {
    messages.push(message);
    expectNamed('StreamMessage', message);
    // Each message brings about the next one: no waiting for time to pass.
    if (messages.length === 1) world.show(makeWorld([]));
    if (messages.length === 2) world.monitor.recordEvent(driverEvent());
    if (messages.length === 3) controller.abort();
  }, controller.signal);
  world.show(threeTorrents());
  assert.equal(await watching, true);
  assert.deepEqual(
    messages.map(({ kind }) => kind),
    ['report', 'change', 'event'],
  );
  const [first, second] = messages;
  assert.ok(first?.kind === 'report' && second?.kind === 'change');
  assert.equal(first.report.torrents.length, 3);
  assert.deepEqual(applyChange(first.report, second.change).torrents, []);
});

test('who comes later is told what the others know', async (t) => {
  const { socketPath, world } = await serve(t);
  world.show(threeTorrents());
  const controller = new AbortController();
  const first: StreamMessage[] = [];
  const second: StatusReport[] = [];
  const client = new ControlClient(socketPath);
  const watching = client.watch((message) => {
    first.push(message);
    if (first.length > 1) return;
    void client.watch((other) => {
      if (other.kind === 'report') second.push(other.report);
      controller.abort();
    }, controller.signal);
  }, controller.signal);
  await watching;
  assert.equal(first[0]?.kind === 'report' && first[0].report.takenAtMs, second[0]?.takenAtMs);
});

test('who does not read is left behind, and told everything anew once it reads', async (t) => {
  const { socketPath, world } = await serve(t);
  world.show(threeTorrents());
  const socket = connect(socketPath);
  socket.write('GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await new Promise<void>((resolve) => socket.once('readable', () => resolve()));
  // Far more than the buffers of both ends take.
  const detail = 'x'.repeat(100_000);
  const count = 1000;
  for (let index = 0; index < count; index += 1) world.monitor.recordEvent(driverEvent({ detail }));
  const received = await new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.split('event: report').length > 2) resolve(text);
    });
  });
  socket.destroy();
  const [missed] = received.split('event: report').slice(1);
  assert.ok((missed?.length ?? 0) < (count * detail.length) / 4, 'what it did not read was not kept for it');
});

test('a daemon that answers in no way that is known is a fault', async (t) => {
  const { socketPath } = await serve(t);
  const path = join(dirname(socketPath), 'odd.sock');
  const server = createServer((_, response) => response.end('<html>'));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => server.close());
  const client = new ControlClient(path);
  await assert.rejects(client.status(), { name: 'Fault', kind: 'garbled' });
});
