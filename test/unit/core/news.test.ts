/** Which actions are news, and the lists of kinds that a person writes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newsKindsOf, newsKinds, parseNewsKinds } from '../../../src/core/news.ts';

test('what moves a torrent on is news, in each way of moving it on; housekeeping is not', () => {
  const told = ['load', 'select', 'extend', 'roll', 'ship', 'prove', 'stream', 'purge', 'retire'].map(
    (action) => [action, newsKindsOf(action, 5).join()],
  );
  assert.deepEqual(told, [
    ['load', 'loaded'],
    ['select', 'loaded'],
    ['extend', 'loaded'],
    ['roll', 'purged,loaded'],
    ['ship', 'shipped'],
    ['prove', 'proved'],
    ['stream', 'shipped,proved'],
    ['purge', 'purged'],
    ['retire', 'retired'],
  ]);
  for (const action of ['unload', 'set-aside', 'tidy', 'place', 'start', 'notice', 'toString'])
    assert.deepEqual(newsKindsOf(action, 5), []);
  assert.deepEqual(newsKindsOf('roll', 0), ['loaded'], 'nothing has gone');
});

test('a list of kinds is read as people write it, and all stands for all', () => {
  assert.deepEqual(parseNewsKinds(' Problem, retired ,'), ['problem', 'retired']);
  assert.deepEqual(parseNewsKinds('all'), newsKinds);
  for (const wrong of ['', ' , ', 'problem, birth', 'all, problem'])
    assert.equal(parseNewsKinds(wrong), undefined);
});
