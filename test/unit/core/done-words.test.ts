/** What was done, in words: of each action its own, and none of the code's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHappening, wordOfAction } from '../../../src/core/done-words.ts';

test('an action that was done, and one that failed', () => {
  assert.equal(wordOfAction('ship', 'done'), 'shipped');
  assert.equal(wordOfAction('ship', 'failed'), 'could not ship');
  assert.equal(wordOfAction('set-aside', 'done'), 'set aside');
  assert.equal(wordOfAction('set-aside', 'failed'), 'could not set aside');
  assert.equal(wordOfAction('roll', 'done'), 'moved on in');
  assert.equal(wordOfAction('roll', 'failed'), 'could not move on in');
});

test('no two actions are told alike', () => {
  const kinds = [
    'load',
    'select',
    'extend',
    'roll',
    'unload',
    'set-aside',
    'start',
    'tidy',
    'place',
  ] as const;
  const more = ['ship', 'prove', 'stream', 'purge', 'retire'] as const;
  const told = [...kinds, ...more].map((kind) => wordOfAction(kind, 'done'));
  assert.equal(new Set(told).size, told.length);
});

test('what happens beside actions is none', () => {
  assert.deepEqual((['notice', 'trouble', 'recovery', 'ship', 'retire'] as const).map(isHappening), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
