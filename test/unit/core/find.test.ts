import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asByteString, displayText } from '../../../src/core/bytes.ts';
import { findTorrent } from '../../../src/core/find.ts';
import type { Infohash } from '../../../src/core/metainfo.ts';

const torrent = (bytes: string, digits: string) => ({
  name: displayText(asByteString(bytes)),
  infohash: digits.padEnd(40, '0') as Infohash,
});

const all = [
  torrent('debian', 'ABCDEF1'),
  torrent('debian-12', 'ABCDEF2'),
  torrent('fedora', '1234567'),
  torrent('caf\xc3\xa9', 'AAAA'),
  torrent('broken \xff\n', 'BBBB'),
  torrent('CAFE', 'FFFF'),
  torrent('two\nlines', 'DDDD'),
  torrent('same', 'C1'),
  torrent('same', 'C2'),
];

function found(called: string): string | readonly string[] {
  const answer = findTorrent(called, all);
  if (answer.kind === 'none') return 'none';
  if (answer.kind === 'found') return answer.torrent.infohash.replace(/0+$/, '');
  return answer.candidates.map(({ infohash }) => infohash.replace(/0+$/, ''));
}

describe('findTorrent', () => {
  it('takes a name, although others begin with it, and its beginning where it is the only one', () => {
    assert.equal(found('debian'), 'ABCDEF1');
    assert.equal(found('debian-'), 'ABCDEF2');
    assert.equal(found('fed'), '1234567');
    assert.deepEqual(found('deb'), ['ABCDEF1', 'ABCDEF2']);
  });

  it('takes an infohash, and its beginning, in either case', () => {
    assert.equal(found('abcdef1'.padEnd(40, '0')), 'ABCDEF1');
    assert.equal(found('ABCDEF2'), 'ABCDEF2');
    assert.equal(found('12345'), '1234567');
    assert.deepEqual(found('abcdef'), ['ABCDEF1', 'ABCDEF2']);
    // Too short for the beginning of an infohash.
    assert.equal(found('123'), 'none');
  });

  it('takes a name for a name although it looks like an infohash', () => {
    assert.equal(found('CAFE'), 'FFFF');
  });

  it('takes names of any bytes, as they are displayed', () => {
    assert.equal(found('café'), 'AAAA');
    assert.equal(found('broken \\xff\\x0a'), 'BBBB');
    assert.equal(found('broken'), 'BBBB');
    assert.equal(found('two\nlines'), 'DDDD', 'as it is');
    assert.equal(found('two\\x0al'), 'DDDD', 'as it is displayed');
    assert.equal(found('two\n'), 'DDDD');
  });

  it('takes a part of a name last, in either case', () => {
    assert.equal(found('BIAN-1'), 'ABCDEF2');
    assert.equal(found('edora'), '1234567');
    assert.deepEqual(found('bian'), ['ABCDEF1', 'ABCDEF2']);
    assert.equal(found('afé'), 'AAAA');
  });

  it('tells several of one name apart by their infohashes', () => {
    assert.deepEqual(found('same'), ['C1', 'C2']);
  });

  it('finds nothing where nothing is called so', () => {
    assert.deepEqual([found(''), found('nothing'), found('debain')], ['none', 'none', 'none']);
  });
});
