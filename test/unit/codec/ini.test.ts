/** INI text: what is a value, and how mistakes are told. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IniMistake } from '../../../src/codec/ini.ts';
import { parseIni } from '../../../src/codec/ini.ts';

function mistakes(...lines: readonly string[]): readonly IniMistake[] {
  return parseIni(lines.join('\n')).mistakes;
}

describe('parseIni', () => {
  it('reads sections, keys and values with their lines', () => {
    const text = '; comment\n[main]\n# comment\nPath = /srv/torrents\n\nlimit: 10 GB\n[ remote ]\nempty =\n';
    assert.deepEqual(parseIni(text), {
      entries: [
        { section: 'main', key: 'path', value: '/srv/torrents', line: 4 },
        { section: 'main', key: 'limit', value: '10 GB', line: 6 },
        { section: 'remote', key: 'empty', value: '', line: 8 },
      ],
      mistakes: [],
    });
  });

  it('gives # ; % = : no meaning within a value', () => {
    const text = '[a]\nk1 = a # b ; c\nk2 = %(x)s 100%\nk3 = a=b:c\nk4: a=b\nk5 = host:/path';
    assert.deepEqual(
      parseIni(text).entries.map(({ value }) => value),
      ['a # b ; c', '%(x)s 100%', 'a=b:c', 'a=b', 'host:/path'],
    );
  });

  it('takes a byte order mark and the line ends of other systems', () => {
    const { entries, mistakes: found } = parseIni('\ufeff[a]\r\nx = 1\r\ry = 2\n');
    assert.deepEqual(found, []);
    assert.deepEqual(entries, [
      { section: 'a', key: 'x', value: '1', line: 2 },
      { section: 'a', key: 'y', value: '2', line: 4 },
    ]);
  });

  it('reads an empty text', () => {
    assert.deepEqual(parseIni(''), { entries: [], mistakes: [] });
  });

  it('has no key with a meaning of its own', () => {
    const { entries } = parseIni('[__proto__]\n__proto__ = 1');
    assert.deepEqual(entries, [{ section: '__proto__', key: '__proto__', value: '1', line: 2 }]);
  });
});

describe('parseIni reports', () => {
  it('continuation lines of the old configuration', () => {
    assert.deepEqual(mistakes('[a]', 'x = 1', '  2', '', '  # a comment may be indented'), [
      {
        line: 3,
        message:
          'The line begins with white space: remove it, or join the line to the value above if it continues it.',
      },
    ]);
  });

  it('a key that comes twice, the first one standing', () => {
    const parsed = parseIni('[a]\nx = 1\n[b]\nx = 2\n[c]\nX: 3\nx = 4');
    assert.deepEqual(parsed.mistakes, [
      { line: 7, message: 'The key "x" of [c] comes twice, on lines 6 and 7: remove one of them.' },
    ]);
    assert.deepEqual(
      parsed.entries.map(({ section, value }) => section + value),
      ['a1', 'b2', 'c3'],
    );
  });

  it('a section that comes twice', () => {
    assert.deepEqual(mistakes('[a]', '[b]', '[a]', 'x = 1'), [
      { line: 3, message: 'The section [a] comes twice, on lines 1 and 3: move its keys together.' },
    ]);
  });

  it('a key before any section', () => {
    assert.deepEqual(mistakes('x = 1', '[a]'), [
      { line: 1, message: 'The key "x" stands before any [section]: move it into one.' },
    ]);
  });

  it('lines that are neither', () => {
    const section = 'A section is written as [name] on a line of its own.';
    assert.deepEqual(mistakes('[a', '[]', '[a] x = 1', '[b]', 'word', '= 1'), [
      { line: 1, message: section },
      { line: 2, message: section },
      { line: 3, message: section },
      { line: 5, message: 'The line has neither "=" nor ":": write it as key = value.' },
      { line: 6, message: 'There is no key before the separator: write it as key = value.' },
    ]);
  });
});

describe('parseIni, of something that is no INI', () => {
  it('stops after a hundred mistakes', () => {
    const { mistakes } = parseIni('nonsense\n'.repeat(5000));
    assert.equal(mistakes.length, 100);
  });
});
