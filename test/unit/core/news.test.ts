/** Which actions are news, and the lists of kinds that a person writes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newsKindOf, newsKinds, parseNewsKinds } from '../../../src/core/news.ts';

test('what moves a torrent on is news; housekeeping is not', () => {
  assert.deepEqual(
    ['load', 'select', 'ship', 'prove', 'purge', 'retire', 'unload', 'tidy', 'notice', 'toString'].map(
      newsKindOf,
    ),
    [
      'loaded',
      'loaded',
      'shipped',
      'proved',
      'purged',
      'retired',
      undefined,
      undefined,
      undefined,
      undefined,
    ],
  );
});

test('a list of kinds is read as people write it, and all stands for all', () => {
  assert.deepEqual(parseNewsKinds(' Problem, retired ,'), ['problem', 'retired']);
  assert.deepEqual(parseNewsKinds('all'), newsKinds);
  for (const wrong of ['', ' , ', 'problem, birth', 'all, problem'])
    assert.equal(parseNewsKinds(wrong), undefined);
});
