/** Names that cannot be files, and paths that cannot be side by side. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asByteString } from '../../../src/core/bytes.ts';
import type { MetainfoFile } from '../../../src/core/metainfo.ts';
import { clashProblem, nameProblem } from '../../../src/codec/torrent-paths.ts';
import { bytes } from './torrent-bytes.ts';

function problemOf(name: string): string | undefined {
  // Neighbours on both sides: only the range may count.
  return nameProblem(bytes(`/${name}/`), 1, 1 + name.length);
}

function clashOf(...paths: readonly string[]): string | undefined {
  return clashProblem(
    paths.map((path, index): MetainfoFile => {
      return { index, path: asByteString(path), lengthBytes: 1, offsetBytes: index, isPadding: false };
    }),
  );
}

it('knows the names that no directory can hold', () => {
  assert.equal(problemOf(''), 'is empty');
  assert.equal(problemOf('.'), 'is "."');
  assert.equal(problemOf('..'), 'is ".."');
  assert.equal(problemOf('../x'), 'contains a "/"');
  assert.equal(problemOf('x\0'), 'contains a NUL byte');
  assert.equal(problemOf('\xff'.repeat(256)), 'is longer than 255 bytes');
  for (const fine of ['...', '.x', '..x', ' ', '\n', '\xff'.repeat(255), '-rf', '~']) {
    assert.equal(problemOf(fine), undefined, fine);
  }
});

it('finds a path that comes twice, wherever it stands', () => {
  assert.equal(clashOf('b', 'a', 'c', 'b'), 'The path "b" comes twice.');
  assert.equal(clashOf('d/b', 'a', 'd/b'), 'The path "d/b" comes twice.');
  assert.equal(clashOf('\x1b', '\x1b'), 'The path "\\x1b" comes twice.');
});

it('finds a file that is a directory too, whatever sorts between them', () => {
  assert.equal(clashOf('a', 'a!', 'a-b', 'a.txt', 'a/x'), 'The path "a" is both a file and a directory.');
  assert.equal(clashOf('a/b/c/d', 'a/b'), 'The path "a/b" is both a file and a directory.');
});

it('lets different paths be', () => {
  assert.equal(clashOf(), undefined);
  assert.equal(clashOf('a'), undefined);
  assert.equal(clashOf('a', 'A', 'ab', 'c/a', 'c/ab', 'c/x/a'), undefined);
});
