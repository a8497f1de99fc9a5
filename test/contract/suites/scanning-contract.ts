/** The seedbox's contract about the managed directory: what is found in it, and what is taken out. */

import assert from 'node:assert/strict';
import { hostileNames } from './hostile-names.ts';
import type { SeedboxWorld } from './seedbox-world.ts';
import { managedPath, placeTorrent } from './seedbox-world.ts';
import { managedAt, smallTorrent } from './small-torrent.ts';
import type { Check } from './checks.ts';

export function scanning(check: Check<SeedboxWorld>): void {
  check('what is no torrent is rejected by name, and disturbs no other', async (world) => {
    const good = smallTorrent('good', { 'a/b': 'content', empty: '' });
    const at = placeTorrent(world, good, 'good.torrent');
    const junk: Readonly<Record<string, Uint8Array>> = {
      'empty.torrent': Buffer.alloc(0),
      'half.torrent': good.bytes.subarray(0, good.bytes.length / 2),
      'notes.txt': Buffer.from('not a torrent'),
      [`${hostileNames.at(-1)!}.torrent`]: Buffer.from('d4:infoi1ee'),
    };
    for (const [name, content] of Object.entries(junk)) world.write(managedPath(world, name), content);
    world.makeDirectory(managedPath(world, 'directory.torrent'));
    const { managed, rejected } = await world.seedbox.scan();
    const found = [...managed.values()].map((one) => ({ ...one, addedAtMs: 0 }));
    // As JSON: what a metainfo is made of is the implementation's own affair.
    assert.deepEqual(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify([managedAt(good, at)])));
    const expected = [...Object.keys(junk), 'directory.torrent'].map((name) => managedPath(world, name));
    assert.deepEqual(rejected.map(({ path }) => path).sort(), expected.sort());
    assert.ok(rejected.every(({ reason }) => /\w/.test(reason)));
  });

  check('a torrent that is there twice is one torrent with two files', async (world) => {
    const torrent = smallTorrent('twice', { file: 'content' });
    const paths = ['b.torrent', 'a.torrent', 'c.torrent'].map((name) => placeTorrent(world, torrent, name));
    const { managed, rejected } = await world.seedbox.scan();
    assert.deepEqual(
      [...managed.values()].map(({ torrentPaths }) => torrentPaths),
      [paths.sort()],
    );
    assert.equal(rejected.length, 0);
  });

  check('what is written, replaced and deleted between scans is seen', async (world) => {
    const [one, two] = [smallTorrent('one', { file: '1' }), smallTorrent('two', { file: '2' })];
    const path = managedPath(world, 'a.torrent');
    const names = async (): Promise<readonly string[]> =>
      [...(await world.seedbox.scan()).managed.values()].map(({ metainfo }) => metainfo.name);
    assert.deepEqual(await names(), []);
    world.write(path, one.bytes.subarray(0, 50));
    assert.deepEqual(await names(), []);
    world.write(path, one.bytes);
    assert.deepEqual(await names(), ['one']);
    assert.deepEqual(await names(), ['one']);
    // The two differ in no length.
    world.write(path, two.bytes);
    assert.deepEqual(await names(), ['two']);
    world.removeFile(path);
    assert.deepEqual(await names(), []);
  });

  check('a torrent is retired with all its copies, and nothing else is', async (world) => {
    const torrent = smallTorrent('done', { file: '1' });
    const other = placeTorrent(world, smallTorrent('other', { file: '2' }), 'other.torrent');
    const paths = ['done.torrent', 'copy.torrent'].map((name) => placeTorrent(world, torrent, name));
    const managed = managedAt(torrent, paths[0]!, paths[1]!);
    await world.seedbox.retire(managed);
    await world.seedbox.retire(managed);
    assert.deepEqual(world.entriesBelow(world.managedDirectory), ['other.torrent']);
    // Another torrent has taken the place of the one that is to go.
    await world.seedbox.retire(managedAt(torrent, other));
    assert.deepEqual(world.entriesBelow(world.managedDirectory), ['other.torrent']);
  });
}
