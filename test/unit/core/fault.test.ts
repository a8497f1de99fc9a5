/** Faults: errors that carry their kind, their sentence and what to do about them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../../src/core/fault.ts';

describe('Fault', () => {
  it('is an error that can be told from every other', () => {
    const fault = new Fault('full', 'no room on the remote', 'make room there');
    assert.ok(fault instanceof Error);
    assert.equal(fault.name, 'Fault');
    assert.equal(fault.kind, 'full');
    assert.equal(fault.message, 'no room on the remote');
    assert.equal(fault.remedy, 'make room there');
    assert.ok(!(new Error('no room on the remote') instanceof Fault));
  });

  it('may know no remedy', () => {
    assert.equal(new Fault('gone', 'it is gone').remedy, undefined);
  });
});
