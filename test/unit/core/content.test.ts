/** What an action is about: the files it names, by index or as such, else all of the torrent's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf } from '../../../src/core/content.ts';
import { downloads, makeManaged, makeMetainfo } from '../../support/world.ts';

const metainfo = makeMetainfo({ files: [1, 20, 300] });
const of = { managed: makeManaged(metainfo), directory: downloads };

test('an action is about the files that it names, or about all', () => {
  const { files } = metainfo;
  assert.deepEqual(contentOf({ ...of, kind: 'ship', files: files.slice(1) }), { files: 2, bytes: 320 });
  assert.deepEqual(contentOf({ ...of, kind: 'select', files: [0, 2], reservedBytes: 0, uploadedBytes: 0 }), {
    files: 2,
    bytes: 301,
  });
  assert.deepEqual(contentOf({ ...of, kind: 'unload' }), { files: 3, bytes: 321 });
});
