import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeBencode } from '../../../src/codec/bencode.ts';
import { takeTrackers } from '../../../src/codec/trackers.ts';
import { bytes, value } from './torrent-bytes.ts';

function hostsIn(plain: Parameters<typeof value>[0]): readonly string[] {
  const encoded = encodeBencode(value(plain));
  const cursor = { bytes: encoded, at: 0 };
  const hosts = new Set<string>();
  takeTrackers(cursor, hosts);
  assert.equal(cursor.at, encoded.length);
  return [...hosts];
}

describe('takeTrackers', () => {
  it('reads the host of an address, in any of its forms', () => {
    const hosts: Readonly<Record<string, readonly string[]>> = {
      'http://tracker.example/announce': ['tracker.example'],
      'https://Tracker.Example:443/secret/announce?key=1': ['tracker.example'],
      'udp://tracker.example:80': ['tracker.example'],
      'http://user:pass@tracker.example/announce': ['tracker.example'],
      'http://[2001:DB8::1]:6969/announce': ['2001:db8::1'],
      'http://10.0.0.1/': ['10.0.0.1'],
      'tracker.example': [],
      'http:/one-slash/': [],
      'http://': [],
      'http://with space/': [],
      'http://[half/announce': [],
      '': [],
      [`http://${'a'.repeat(300)}/`]: [],
    };
    for (const [address, expected] of Object.entries(hosts))
      assert.deepEqual(hostsIn(address), expected, address);
  });

  it('reads lists of lists, each host once, in their order', () => {
    const tiers = [['http://b/1', 'http://a/'], ['udp://B:9/2'], ['http://c/']];
    assert.deepEqual(hostsIn(tiers), ['b', 'a', 'c']);
  });

  it('passes over what is no address, and reads no more hosts than anybody has', () => {
    assert.deepEqual(hostsIn([7, { a: 'http://no/' }, ['http://yes/', -1]]), ['yes']);
    assert.equal(hostsIn(Array.from({ length: 1_000 }, (_, index) => `http://h${index}/`)).length, 64);
  });

  it('is no deeper than any other value may be', () => {
    const deep = bytes('l'.repeat(10_000));
    assert.throws(() => takeTrackers({ bytes: deep, at: 0 }, new Set()), { name: 'CodecError' });
  });
});
