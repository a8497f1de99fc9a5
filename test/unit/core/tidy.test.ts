/** Tidying: leftovers that are not whole, but for the one that comes next. What leads to it is tested with selecting. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tidy } from '../../../src/core/tidy.ts';
import { downloads, makeLocal, makeMetainfo, makeWorld, mebibyte } from '../../support/world.ts';
import { situationIn, surroundingsIn } from './situation-in.ts';

const metainfo = makeMetainfo({ files: [64, 64, 64].map((size) => size * mebibyte) });

function tidied(next: number | undefined, allocated: readonly (number | undefined)[]): unknown {
  const local = makeLocal(
    metainfo,
    allocated.map((size) => size && size * mebibyte),
  );
  const world = makeWorld([{ metainfo, local }]);
  const file = next === undefined ? undefined : metainfo.files[next];
  const decision = tidy(situationIn(world, metainfo), surroundingsIn(world), file);
  return decision?.kind === 'tidy'
    ? { directory: decision.directory, files: decision.files.map(({ index }) => index) }
    : decision;
}

describe('tidy', () => {
  it('frees all that is unfinished but the next one', () => {
    assert.deepEqual(tidied(1, [10, 20, 30]), { directory: `${downloads}/torrent`, files: [0, 2] });
    assert.deepEqual(tidied(undefined, [10, 20, 30]), {
      directory: `${downloads}/torrent`,
      files: [0, 1, 2],
    });
  });

  it('leaves what is whole, and has nothing to do where that is all', () => {
    assert.deepEqual(tidied(1, [64, 20, 64]), undefined);
    assert.deepEqual(tidied(1, []), undefined);
  });
});
