/** Several things at once: no more than were allowed, all of them, and no loose end where one fails. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sideBySide } from '../../../src/driver/side-by-side.ts';

/** Work that is begun at once and ends when it is told to. */
function controlled(): {
  readonly begun: string[];
  readonly work: (name: string) => Promise<void>;
  end(name: string, error?: Error): Promise<void>;
} {
  const begun: string[] = [];
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  return {
    begun,
    work: (name) =>
      new Promise((resolve, reject) => {
        begun.push(name);
        ends.set(name, { resolve, reject });
      }),
    async end(name, error) {
      if (error === undefined) ends.get(name)?.resolve();
      else ends.get(name)?.reject(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('sideBySide', () => {
  it('begins as many as are allowed, and one more whenever one ends', async () => {
    const { begun, work, end } = controlled();
    const all = sideBySide(['a', 'b', 'c', 'd'], 2, work);
    assert.deepEqual(begun, ['a', 'b']);
    await end('b');
    assert.deepEqual(begun, ['a', 'b', 'c']);
    await end('c');
    await end('a');
    assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
    await end('d');
    await all;
  });

  it('waits for all that was begun before it rejects, and begins no more', async () => {
    const { begun, work, end } = controlled();
    const state = { isSettled: false };
    const all = sideBySide(['a', 'b', 'c'], 2, work).finally(() => (state.isSettled = true));
    const rejected = assert.rejects(all, /first/);
    await end('a', new Error('first'));
    assert.equal(state.isSettled, false);
    await end('b', new Error('second'));
    await rejected;
    assert.deepEqual(begun, ['a', 'b']);
  });

  it('does nothing where there is nothing to do', async () => {
    await sideBySide([], 3, () => Promise.reject(new Error('never')));
  });
});
