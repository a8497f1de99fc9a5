/** How this rtorrent names its timers is asked once a process of it, not with each torrent that is taken out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RtorrentRpc } from '../../../src/adapters/rtorrent-rpc.ts';
import { Rtorrent } from '../../../src/adapters/rtorrent.ts';
import { systemClock } from '../../../src/adapters/runtime.ts';
import type { XmlRpcCall, XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { XmlRpcFault } from '../../../src/codec/xmlrpc-value.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import { infohashOf } from '../../support/world.ts';

/** An rtorrent that holds no torrent, and writes down which timers it is told to set. */
class FakeRtorrent {
  processId = 1;
  methods: readonly string[] = ['schedule2', 'schedule_remove2'];
  asked = 0;
  readonly timers: string[] = [];

  readonly call = (method: string): Promise<XmlRpcValue> => {
    if (method === 'system.listMethods') this.asked += 1;
    return Promise.resolve(this.methods.map(asByteString));
  };

  readonly multicall = (calls: readonly XmlRpcCall[]): Promise<readonly (XmlRpcValue | XmlRpcFault)[]> =>
    Promise.resolve(calls.map(({ method }) => this.answerTo(method)));

  private answerTo(method: string): XmlRpcValue | XmlRpcFault {
    if (method.startsWith('schedule')) this.timers.push(method);
    if (method === 'system.pid') return this.processId;
    if (method === 'd.multicall2') return [];
    return method.startsWith('d.') ? new XmlRpcFault(-501, 'Could not find info-hash.') : asByteString('/');
  }
}

test('the names are asked again where another process answers', async () => {
  const fake = new FakeRtorrent();
  const rtorrent = new Rtorrent(fake as unknown as RtorrentRpc, systemClock, '/home', '/scratch');
  await rtorrent.observe();
  await rtorrent.erase(infohashOf('one'));
  await rtorrent.close(infohashOf('two'));
  await rtorrent.observe();
  await rtorrent.erase(infohashOf('three'));
  assert.equal(fake.asked, 1);

  fake.processId = 2;
  fake.methods = ['schedule', 'schedule.remove'];
  fake.timers.length = 0;
  await rtorrent.observe();
  await rtorrent.erase(infohashOf('four'));
  assert.equal(fake.asked, 2);
  assert.deepEqual(fake.timers, ['schedule', 'schedule.remove']);
});
