/** Rows of rtorrent's answers: who has not changed is the same object, who has is another. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TorrentRows } from '../../../src/adapters/rtorrent-rows.ts';
import { fieldCommands } from '../../../src/adapters/rtorrent-fields.ts';
import type { XmlRpcValue } from '../../../src/codec/xmlrpc-value.ts';
import { asByteString } from '../../../src/core/bytes.ts';
import type { Infohash } from '../../../src/core/metainfo.ts';

const [first, second] = ['A'.repeat(40), 'B'.repeat(40)] as [Infohash, Infohash];

function rowOf(infohash: string, changed: Readonly<Record<string, XmlRpcValue>> = {}): XmlRpcValue {
  const plain: Readonly<Record<string, XmlRpcValue>> = {
    'd.hash=': asByteString(infohash),
    'd.name=': asByteString('name'),
    'd.directory=': asByteString('/downloads/name'),
    'd.message=': asByteString(''),
    'd.custom=drv.mode': asByteString(''),
    'd.custom=drv.uploaded': asByteString(''),
    'd.down.rate=': 100,
    ...changed,
  };
  return fieldCommands.map((command) => plain[command] ?? 0);
}

const nowMs = 31_000;

const asReported = (_: boolean, reported: ReturnType<typeof asByteString>): typeof reported => reported;

describe('TorrentRows', () => {
  it('answers with the same objects while nothing changes, in any order', () => {
    const rows = new TorrentRows();
    const before = rows.read([rowOf(first), rowOf(second)], asReported, nowMs);
    const after = rows.read([rowOf(second), rowOf(first)], asReported, nowMs);
    assert.equal(after.get(first), before.get(first));
    assert.equal(after.get(second), before.get(second));
    assert.notEqual(after.get(first), after.get(second));
  });

  for (const command of fieldCommands.slice(1)) {
    it(`sees a change of ${command}`, () => {
      const rows = new TorrentRows();
      const before = rows.read([rowOf(first)], asReported, nowMs).get(first);
      const isText =
        typeof (rowOf(first) as readonly XmlRpcValue[])[fieldCommands.indexOf(command)] === 'string';
      const row = rowOf(first, { [command]: isText ? asByteString('7') : 1 });
      const after = rows.read([row], asReported, nowMs).get(first);
      assert.notDeepEqual(after, before);
      assert.deepEqual(after, new TorrentRows().read([row], asReported, nowMs).get(first));
    });
  }

  it('sees that a link leads elsewhere, though rtorrent reports the same', () => {
    const rows = new TorrentRows();
    const linked = (target: string) => (): ReturnType<typeof asByteString> => asByteString(target);
    assert.equal(rows.read([rowOf(first)], linked('/one'), nowMs).get(first)?.reportedDirectory, '/one');
    const moved = rows.read([rowOf(first)], linked('/two'), nowMs).get(first);
    assert.equal(moved?.reportedDirectory, '/two');
    assert.equal(rows.read([rowOf(first)], linked('/two'), nowMs).get(first), moved);
  });

  it('tells the rate of the moment, though rtorrent reports the same', () => {
    const rows = new TorrentRows();
    const row = rowOf(first, { 'd.load_date=': 1 });
    const rateAt = (ms: number): number | undefined =>
      rows.read([row], asReported, ms).get(first)?.downRateBytesPerSecond;
    assert.deepEqual([11_000, 21_000, 61_000, 71_000].map(rateAt), [600, 300, 100, 100]);
  });

  it('forgets who is not there any more', () => {
    const rows = new TorrentRows();
    const before = rows.read([rowOf(first)], asReported, nowMs).get(first);
    assert.equal(rows.read([], asReported, nowMs).size, 0);
    const after = rows.read([rowOf(first)], asReported, nowMs).get(first);
    assert.notEqual(after, before);
    assert.deepEqual(after, before);
  });
});
