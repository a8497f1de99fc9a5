/** The policy: both ways to prove content are known to everything that decides by them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Verify } from '../../../src/core/policy.ts';
import { recall } from '../../../src/core/prove.ts';
import { makeMetainfo, makeReceipt } from '../../support/world.ts';

/** One more way to verify does not compile until its rank is written here. */
const strictness: Readonly<Record<Verify, number>> = { size: 0, checksum: 1 };

describe('Verify', () => {
  it('has an order: what was proved more strictly holds for less, and not the other way round', () => {
    const metainfo = makeMetainfo();
    for (const proved of Object.keys(strictness) as Verify[]) {
      for (const asked of Object.keys(strictness) as Verify[]) {
        const receipt = recall(makeReceipt(metainfo, 0, proved), metainfo, asked);
        assert.equal(receipt !== undefined, strictness[proved] >= strictness[asked], `${proved}, ${asked}`);
      }
    }
  });
});
