import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPaused, noWishes, priorityOf } from '../../../src/core/wishes.ts';
import { infohashOf, makeManaged, makeMetainfo } from '../../support/world.ts';

const infohash = infohashOf('one');

describe('wishes', () => {
  it('pause one torrent, or all', () => {
    assert.equal(isPaused(infohash, noWishes), false);
    assert.equal(isPaused(infohash, { ...noWishes, paused: new Set([infohash]) }), true);
    assert.equal(isPaused(infohash, { ...noWishes, paused: new Set([infohashOf('two')]) }), false);
    assert.equal(isPaused(infohash, { ...noWishes, isAllPaused: true }), true);
  });

  it('have the last word about a priority', () => {
    const managed = makeManaged(makeMetainfo({ infohash }), { priority: 'low' });
    assert.equal(priorityOf(managed, noWishes), 'low');
    assert.equal(priorityOf(managed, { ...noWishes, priorities: new Map([[infohash, 'high']]) }), 'high');
  });
});
