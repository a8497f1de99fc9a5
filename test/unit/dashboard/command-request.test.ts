/** Commands as they come over the wire: exactly what is described, and nothing more. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCommand } from '../../../src/dashboard/command-request.ts';
import { infohashOf } from '../../support/world.ts';

const infohash = infohashOf('a');

describe('a command is read', () => {
  for (const kind of ['pause', 'resume', 'retry'] as const) {
    test(`${kind} of one torrent, and of all`, () => {
      const body = JSON.stringify({ kind, infohash: infohash.toLowerCase() });
      assert.deepEqual(parseCommand(body), { kind, infohash });
      assert.deepEqual(parseCommand(JSON.stringify({ kind })), { kind, infohash: undefined });
    });
  }

  test('priority of one torrent', () => {
    const body = JSON.stringify({ kind: 'priority', infohash, priority: 'low' });
    assert.deepEqual(parseCommand(body), { kind: 'priority', infohash, priority: 'low' });
  });
});

const wrong: readonly (readonly [body: string, sentence: RegExp])[] = [
  ['', /no JSON/],
  ['{', /no JSON/],
  ['null', /is an object/],
  ['[]', /is an object/],
  ['"pause"', /is an object/],
  ['{}', /kind is pause/],
  ['{"kind":"delete"}', /kind is pause/],
  ['{"kind":"__proto__"}', /kind is pause/],
  ['{"kind":"pause","force":true}', /has no "force"/],
  ['{"kind":"pause","infohash":"12"}', /40 hexadecimal/],
  ['{"kind":"pause","infohash":7}', /40 hexadecimal/],
  ['{"kind":"pause","priority":"high"}', /has no priority/],
  ['{"kind":"priority","priority":"high"}', /name its infohash/],
  [JSON.stringify({ kind: 'priority', infohash }), /high, normal or low/],
  [JSON.stringify({ kind: 'priority', infohash, priority: 'urgent' }), /high, normal or low/],
];

describe('what is no command gets a sentence', () => {
  for (const [body, sentence] of wrong) {
    test(body === '' ? '(nothing)' : body.slice(0, 60), () => {
      const result = parseCommand(body);
      assert.ok(typeof result === 'string');
      assert.match(result, sentence);
    });
  }
});
