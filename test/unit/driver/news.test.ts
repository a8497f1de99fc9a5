/** News: each thing is told once, when it happens, and what was so before is no news. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';
import { plan } from '../../../src/core/plan.ts';
import type { News } from '../../../src/core/news.ts';
import { hostProblem } from '../../../src/core/problems.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { Newsroom } from '../../../src/driver/news.ts';
import { makeLocal, makeMetainfo, makePolicy, makeWorld, nowMs } from '../../support/world.ts';

const metainfo = makeMetainfo({ name: 'a\xff' });

function look(newsroom: Newsroom, snapshot: Snapshot): readonly News[] {
  return newsroom.newsOf({ kind: 'moment', moment: { snapshot, plan: plan(snapshot, makePolicy()) } });
}

const unfinished = makeWorld([{ metainfo, loaded: {} }]);
const finished = makeWorld([{ metainfo, loaded: { isComplete: true }, local: makeLocal(metainfo) }]);
const unseen: Snapshot = {
  ...unfinished,
  rtorrent: { seen: false, reason: 'nobody answers', remedy: 'start it' },
};

test('a torrent that gets complete is news once; one that was complete is none', () => {
  const newsroom = new Newsroom();
  assert.deepEqual(look(newsroom, unfinished), []);
  const [news, ...more] = look(newsroom, finished);
  assert.deepEqual([news?.kind, news?.name, more], ['completed', String.raw`a\xff`, []]);
  assert.deepEqual(look(newsroom, finished), []);
  assert.deepEqual(look(new Newsroom(), finished), []);
});

test('not seen is not unfinished', () => {
  const newsroom = new Newsroom();
  look(newsroom, finished);
  look(newsroom, unseen);
  assert.deepEqual(look(newsroom, finished), []);
});

test('a problem is told when it comes, with its fix, and again when it comes back', () => {
  const newsroom = new Newsroom();
  const kinds = (snapshot: Snapshot): readonly unknown[] =>
    look(newsroom, snapshot).map(({ kind, severity, remedy }) => [kind, severity, remedy]);
  const told = [['problem', 'error', 'start it']];
  assert.deepEqual(kinds(unseen), told);
  assert.deepEqual(kinds(unseen), []);
  assert.deepEqual(kinds(unfinished), []);
  assert.deepEqual(kinds(unseen), told);
});

test('a problem that is gone for a while only is not told again', () => {
  const newsroom = new Newsroom();
  const told = (snapshot: Snapshot, goneAtMs?: number): number => {
    const onsets = new Map([['rtorrent-unseen', { sinceMs: nowMs - 5, goneAtMs }]]);
    return look(newsroom, { ...snapshot, ledger: { ...snapshot.ledger, onsets } }).length;
  };
  assert.equal(look(newsroom, unseen).length, 1);
  assert.deepEqual(
    [told(unfinished), told(unfinished, nowMs), told(unseen, nowMs), told(unseen)],
    [0, 0, 0, 0],
  );
  assert.deepEqual(look(newsroom, unfinished), []);
  assert.equal(look(newsroom, unseen).length, 1, 'the ledger has forgotten it: it was over');
});

test('what keeps the driver from looking is told once, until it has looked again', () => {
  const newsroom = new Newsroom();
  const problem = hostProblem(new Fault('refused', 'no directory', 'make it'), nowMs);
  const told = (): readonly unknown[] =>
    newsroom
      .newsOf({ kind: 'obstacle', problem })
      .map(({ kind, sentence, remedy }) => [kind, sentence, remedy]);
  const once = [['problem', 'nothing can be done: no directory', 'make it']];
  assert.deepEqual(told(), once);
  assert.deepEqual(told(), []);
  look(newsroom, unfinished);
  assert.deepEqual(told(), once);
});

test('an action that was done is news; one that failed shows as a problem', () => {
  const newsroom = new Newsroom();
  const event = {
    number: 1,
    atMs: nowMs,
    kind: 'ship',
    infohash: metainfo.infohash,
    name: metainfo.name,
    outcome: 'done',
    detail: '2 files',
    remedy: undefined,
    bytes: 7,
    tookMs: 5,
  } as const;
  assert.deepEqual(newsroom.newsOf({ kind: 'event', event }), [
    {
      kind: 'shipped',
      atMs: nowMs,
      infohash: metainfo.infohash,
      name: String.raw`a\xff`,
      sentence: String.raw`a\xff was shipped: 2 files`,
      bytes: 7,
      tookMs: 5,
    },
  ]);
  assert.deepEqual(newsroom.newsOf({ kind: 'event', event: { ...event, outcome: 'failed' } }), []);
  assert.deepEqual(newsroom.newsOf({ kind: 'event', event: { ...event, kind: 'unload' } }), []);
});
