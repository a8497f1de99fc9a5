/** What the questions of init suggest. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggestedSpace } from '../../../src/cli/init-questions.ts';
import { parseBytes } from '../../../src/core/units.ts';
import { gibibyte, mebibyte } from '../../support/world.ts';

test('the space that is suggested is never more than what is free, on a small disk as well', () => {
  assert.equal(suggestedSpace(100 * gibibyte), '80GiB');
  assert.equal(suggestedSpace(gibibyte), '819MiB');
  for (const free of [2 * mebibyte, 500 * mebibyte, 1.1 * gibibyte, 13 * gibibyte]) {
    assert.ok((parseBytes(suggestedSpace(free)) ?? Number.POSITIVE_INFINITY) <= free, String(free));
  }
});
