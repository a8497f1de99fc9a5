/** The only upload slot of a streamed torrent is given up after the torrent has stopped, and never before. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { RtorrentRpc } from '../../../src/adapters/rtorrent-rpc.ts';
import { RtorrentStream } from '../../../src/adapters/rtorrent-stream.ts';
import { systemClock } from '../../../src/adapters/runtime.ts';
import { encodeHandshake } from '../../../src/codec/peer-wire.ts';
import type { XmlRpcCall, XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { Fault } from '../../../src/core/fault.ts';
import { makeMetainfo } from '../../support/world.ts';

const metainfo = makeMetainfo();
const most = 50;
const unchoke = Uint8Array.of(0, 0, 0, 1, 1);
const choke = Uint8Array.of(0, 0, 0, 1, 0);

/** An rtorrent that unchokes whoever comes, and writes down in which order it is told to stop and the slot is given up. */
class FakeRtorrent {
  readonly said: string[] = [];
  isRefusing = false;
  private socket: Socket | undefined;
  private isActive = false;
  private readonly server = createServer((socket) => {
    this.socket = socket;
    socket.once('data', () => {
      socket.write(encodeHandshake(metainfo.infohash, new Uint8Array(20).fill(1)));
      socket.write(unchoke);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.said.push('slot given up'));
  });

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    this.socket?.destroy();
    this.server.close();
  }

  chokeUs(): void {
    this.socket?.write(choke);
  }

  async givenUp(): Promise<void> {
    if (this.socket !== undefined && !this.socket.closed) await once(this.socket, 'close');
  }

  async multicall(calls: readonly XmlRpcCall[]): Promise<readonly XmlRpcValue[]> {
    const answers: XmlRpcValue[] = [];
    for (const { method } of calls) answers.push(await this.answer(method));
    return answers;
  }

  /** As an rtorrent that erases it would: no word of how. */
  async erase(): Promise<void> {
    await this.stop('erased');
  }

  private async answer(method: string): Promise<XmlRpcValue> {
    if (method === 'network.listen.port') return (this.server.address() as AddressInfo).port;
    if (method === 'network.bind_address') return asByteString('127.0.0.1');
    if (method === 'd.message' || method === 'd.bitfield') return asByteString('');
    if (method === 'd.start') this.isActive = true;
    if (method === 'd.stop') await this.stop('stopped');
    return method === 'd.is_active' && this.isActive ? 1 : 0;
  }

  private async stop(word: string): Promise<void> {
    if (this.isRefusing) throw new Fault('unreachable', 'rtorrent does not answer');
    // A slot that was given up before is seen by now: both ends are in this process.
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    this.said.push(word);
    this.isActive = false;
  }
}

async function withStream(
  check: (stream: RtorrentStream, fake: FakeRtorrent) => Promise<void>,
): Promise<void> {
  const fake = new FakeRtorrent();
  await fake.listen();
  try {
    const rpc = fake as unknown as RtorrentRpc;
    const timers = { set: 'schedule2', remove: 'schedule_remove2' };
    const stream = new RtorrentStream(rpc, systemClock, metainfo, timers, () => fake.erase());
    await stream.resume();
    assert.equal((await stream.tick(0, most)).isSlotHeld, true);
    await check(stream, fake);
  } finally {
    fake.close();
  }
}

test('a halt stops the torrent, and gives the slot up afterwards', async () => {
  await withStream(async (stream, fake) => {
    await stream.halt();
    await fake.givenUp();
    assert.deepEqual(fake.said, ['stopped', 'slot given up']);
    assert.equal((await stream.tick(0, most)).isSlotHeld, false);
  });
});

test('an end takes the torrent out, and gives the slot up afterwards', async () => {
  await withStream(async (stream, fake) => {
    await stream.close();
    await fake.givenUp();
    assert.deepEqual(fake.said, ['erased', 'slot given up']);
  });
});

test('the slot of a torrent that could not be stopped is kept, until it is', async () => {
  await withStream(async (stream, fake) => {
    fake.isRefusing = true;
    await assert.rejects(stream.halt(), { name: 'Fault' });
    await assert.rejects(stream.close(), { name: 'Fault' });
    assert.equal((await stream.tick(0, most)).isSlotHeld, true);
    assert.deepEqual(fake.said, []);
    fake.isRefusing = false;
    await stream.close();
    await fake.givenUp();
    assert.deepEqual(fake.said, ['erased', 'slot given up']);
  });
});

test('a slot that is taken from us stops the torrent before the next look', async () => {
  await withStream(async (stream, fake) => {
    fake.chokeUs();
    await fake.givenUp();
    const view = await stream.tick(0, most);
    assert.deepEqual([view.isActive, view.isSlotHeld], [false, false]);
    assert.deepEqual(fake.said, ['slot given up', 'stopped']);
  });
});
