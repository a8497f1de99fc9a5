/** An answer that comes in pieces, into memory that an earlier one has left. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Reply } from '../../../src/adapters/rtorrent-reply.ts';

function answerOf(body: string): Buffer {
  return Buffer.from(
    `Status: 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** Feeds it, so many bytes at a time; whole after the last ones, and not before. */
function feed(reply: Reply, answer: Buffer, step: number): void {
  for (let at = 0; at < answer.length; at += step) {
    assert.equal(reply.isWhole(), false);
    reply.add(answer.subarray(at, at + step));
  }
  assert.equal(reply.isWhole(), true);
  assert.deepEqual(reply.bytes(), answer);
}

describe('Reply', () => {
  for (const step of [1, 100, 70_000]) {
    it(`is whole when its head says so, ${step} bytes at a time`, () => {
      feed(new Reply(undefined), answerOf('x'.repeat(200_000)), step);
    });
  }

  it('leaves its memory to the next one, of which nothing of it is seen', () => {
    const one = new Reply(undefined);
    feed(one, answerOf('a'.repeat(300_000)), 65_536);
    const spare = one.memoryIfSmall();
    assert.ok(spare !== undefined);
    const next = new Reply(spare);
    feed(next, answerOf('b'.repeat(10)), 3);
    assert.equal(next.memoryIfSmall(), spare);
  });

  it('keeps no memory that is too large', () => {
    const reply = new Reply(undefined);
    reply.add(Buffer.alloc(17 * 1024 ** 2));
    assert.equal(reply.memoryIfSmall(), undefined);
  });

  it('takes no memory on the word of a head, and is never whole without one', () => {
    const boast = new Reply(undefined);
    boast.add(Buffer.from('Status: 200 OK\r\nContent-Length: 999999999999999\r\n\r\nx'));
    boast.add(Buffer.alloc(100_000));
    assert.equal(boast.isWhole(), false);
    assert.ok((boast.memoryIfSmall()?.length ?? Infinity) < 1024 ** 2);
    const garbage = new Reply(undefined);
    garbage.add(Buffer.alloc(5_000, 'x'));
    garbage.add(answerOf('late'));
    assert.equal(garbage.isWhole(), false);
  });
});
