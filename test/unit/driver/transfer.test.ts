/** A transfer looks at what lies under its names before it sends anything: what came meanwhile is not written over. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Ship } from '../../../src/core/action.ts';
import type { ByteString } from '../../../src/core/bytes.ts';
import { remotePathOf } from '../../../src/core/place.ts';
import type { Ports } from '../../../src/driver/ports.ts';
import { ship } from '../../../src/driver/transfer.ts';
import {
  downloads,
  makeLedger,
  makeManaged,
  makeMetainfo,
  makeTorrent,
  mebibyte,
} from '../../support/world.ts';

const metainfo = makeMetainfo({ name: 'one', files: [mebibyte] });
const [file] = metainfo.files;
if (file === undefined) throw new Error('there is a file');
const path = remotePathOf(metainfo, file, new Map());
const action: Ship = { kind: 'ship', managed: makeManaged(metainfo), directory: downloads, files: [file] };

/** What comes of it where the remote has that many bytes under the name, and what was written down and sent. */
async function shipped(
  sizeBytes: number | undefined,
  isOurs: boolean,
  isJustSeen = false,
): Promise<{ outcome: Outcome | string; done: readonly string[] }> {
  const there = new Map<ByteString, number>(sizeBytes === undefined ? [] : [[path, sizeBytes]]);
  const done: string[] = [];
  const ports = {
    clock: { nowMs: () => 0 },
    ledger: { beginShipment: async () => done.push('written down') },
    rtorrent: { look: async () => makeTorrent(metainfo, { isComplete: true }) },
    remote: {
      list: async () => {
        done.push('looked');
        return new Map(there);
      },
      ship: async () => {
        done.push('sent');
        there.set(path, mebibyte);
      },
    },
  };
  const shipments = new Map(isOurs ? [[path, metainfo.infohash]] : []);
  const watch = {
    onProgress: () => undefined,
    signal: new AbortController().signal,
    bandwidthBytesPerSecond: () => 0,
    windowBytes: () => undefined,
  };
  const outcome = await ship(action, ports as unknown as Ports, makeLedger({ shipments }), watch, isJustSeen);
  return { outcome, done };
}

for (const [title, sizeBytes, isOurs] of [
  ['nothing is there', undefined, false],
  ['a part of ours is there', 7, true],
] as const) {
  test(`it is sent where ${title}`, async () => {
    assert.deepEqual(await shipped(sizeBytes, isOurs), {
      outcome: '1 of 1 file',
      done: ['looked', 'written down', 'sent', 'looked'],
    });
  });
}

test('what was seen in this very turn is not looked at again before it is sent', async () => {
  const { done } = await shipped(undefined, false, true);
  assert.deepEqual(done, ['written down', 'sent', 'looked']);
});

for (const [title, sizeBytes, isOurs] of [
  ["another's has come", 7, false],
  ["another's of the same size has come", mebibyte, false],
  ['ours is whole already', mebibyte, true],
] as const) {
  test(`nothing is sent, nor claimed to be ours, where ${title}`, async () => {
    const { outcome, done } = await shipped(sizeBytes, isOurs);
    assert.deepEqual([typeof outcome === 'string' ? outcome : outcome.kind, done], ['stale', ['looked']]);
  });
}
