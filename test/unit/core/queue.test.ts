import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Priority } from '../../../src/core/priority.ts';
import { inQueueOrder, queueOf } from '../../../src/core/queue.ts';
import { noWishes } from '../../../src/core/wishes.ts';
import { infohashOf, makeManaged, makeMetainfo } from '../../support/world.ts';

const torrent = (name: string, sizeBytes: number, priority: Priority = 'normal') =>
  makeManaged(makeMetainfo({ name, infohash: infohashOf(name), files: [sizeBytes] }), { priority });

describe('inQueueOrder', () => {
  it('orders by size, then by infohash, whatever the order was', () => {
    const torrents = [torrent('a', 5), torrent('b', 5), torrent('c', 4), torrent('d', 4)];
    const sorted = inQueueOrder(torrents, noWishes);
    assert.deepEqual(inQueueOrder([...torrents].reverse(), noWishes), sorted);
    const sizes = sorted.map(({ metainfo }) => metainfo.totalBytes);
    assert.deepEqual(sizes, [4, 4, 5, 5]);
    const [one, two, three, four] = sorted.map(({ metainfo }) => metainfo.infohash);
    assert.ok(one! < two! && three! < four!);
  });

  it('has the urgent first, however large, by the directory or by the last word of a command', () => {
    const [large, small, middle] = [torrent('a', 9, 'high'), torrent('b', 1, 'low'), torrent('c', 5)];
    const names = (priorities = noWishes.priorities): string =>
      inQueueOrder([small, middle, large], { ...noWishes, priorities })
        .map(({ metainfo }) => metainfo.name)
        .join('');
    assert.equal(names(), 'acb');
    assert.equal(names(new Map([[small.metainfo.infohash, 'high']])), 'bac');
    assert.equal(names(new Map([[large.metainfo.infohash, 'normal']])), 'cab');
    assert.equal(names(new Map([[middle.metainfo.infohash, 'low']])), 'abc');
  });
});

describe('queueOf', () => {
  const [first, second] = [torrent('a', 1), torrent('b', 2)];
  const managed = new Map([second, first].map((one) => [one.metainfo.infohash, one]));

  it('has all that are managed, in order', () => {
    assert.deepEqual(queueOf(managed, noWishes), [first, second]);
  });

  it('heeds a wish that is new, and a torrent that is', () => {
    assert.deepEqual(queueOf(managed, noWishes), [first, second]);
    const wishes = { ...noWishes, priorities: new Map([[second.metainfo.infohash, 'high' as const]]) };
    assert.deepEqual(queueOf(managed, wishes), [second, first]);
    assert.deepEqual(queueOf(new Map([[second.metainfo.infohash, second]]), wishes), [second]);
    assert.deepEqual(queueOf(managed, noWishes), [first, second]);
  });
});
