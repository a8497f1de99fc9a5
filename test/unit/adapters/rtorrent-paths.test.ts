/** Directories as rtorrent reports them: one name for one place. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ReportedPaths } from '../../../src/adapters/rtorrent-paths.ts';
import { asByteString, bytesOfText } from '../../../src/core/bytes.ts';

let top: string;
let paths: ReportedPaths;

before(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')));
  for (const path of ['home/downloads', 'cwd/downloads', 'real'])
    mkdirSync(join(top, path), { recursive: true });
  mkdirSync(Buffer.concat([Buffer.from(`${top}/real/`), Buffer.from([0xff, 0xe9])]));
  symlinkSync(join(top, 'real'), join(top, 'link'));
  paths = new ReportedPaths(bytesOfText(join(top, 'cwd')), join(top, 'home'));
});

after(() => {
  rmSync(top, { recursive: true, force: true });
});

function directory(reported: string): string {
  return paths.directory(asByteString(reported));
}

test('~ is the home, and a relative path is below the directory that rtorrent runs in', () => {
  assert.equal(directory('~'), join(top, 'home'));
  assert.equal(directory('~/downloads'), join(top, 'home/downloads'));
  assert.equal(directory('./downloads'), join(top, 'cwd/downloads'));
  assert.equal(directory('downloads'), join(top, 'cwd/downloads'));
});

test('symlinks, double slashes and dots on the way make no other place', () => {
  assert.equal(directory(`${top}/link`), join(top, 'real'));
  assert.equal(directory(`${top}//link/.`), join(top, 'real'));
});

test('what does not exist yet stays as it is reported, made absolute', () => {
  assert.equal(directory('~/not/there'), join(top, 'home/not/there'));
});

test('names that are not UTF-8 are resolved as any other', () => {
  assert.equal(directory(`${top}/link/\xff\xe9`), `${top}/real/\xff\xe9`);
});

test("a torrent's own directory keeps its name, even where that is a symlink: nothing is deleted through it", () => {
  assert.equal(paths.ownDirectory(asByteString(`${top}/link`)), `${top}/link`);
  assert.equal(paths.ownDirectory(asByteString(`${top}/link/torrent`)), `${top}/real/torrent`);
  assert.equal(paths.ownDirectory(asByteString('~/downloads/torrent')), `${top}/home/downloads/torrent`);
});
