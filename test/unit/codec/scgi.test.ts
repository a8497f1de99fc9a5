/** SCGI requests and replies. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeRequest, expectedLength, parseResponse } from '../../../src/codec/scgi.ts';
import { bytes, text } from './torrent-bytes.ts';

const REPLY = 'Status: 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello';

describe('encodeRequest', () => {
  it('puts CONTENT_LENGTH first, as rtorrent wants it', () => {
    assert.equal(
      text(encodeRequest(bytes('<xml\xff>'))),
      '62:CONTENT_LENGTH\x006\0SCGI\x001\0REQUEST_METHOD\0POST\0REQUEST_URI\0/RPC2\0,<xml\xff>',
    );
  });

  it('appends further headers', () => {
    const request = text(encodeRequest(bytes(''), [['CONTENT_TYPE', 'text/xml']]));
    assert.equal(request.endsWith('REQUEST_URI\0/RPC2\0CONTENT_TYPE\0text/xml\0,'), true);
    assert.equal(request.startsWith('84:CONTENT_LENGTH\x000\0'), true);
  });

  it('refuses headers that rtorrent would not take', () => {
    const refuses = (name: string, content: string, message: string): void =>
      assert.throws(() => encodeRequest(bytes(''), [[name, content]]), {
        name: 'CodecError',
        format: 'scgi',
        message,
      });
    refuses('X', 'y'.repeat(2000), 'The headers are longer than 2000 bytes.');
    refuses('X', 'a\0b', 'A header is empty or holds a NUL byte.');
    refuses('', 'a', 'A header is empty or holds a NUL byte.');
    refuses('X', '€', 'A header holds a character that is no byte.');
  });
});

describe('parseResponse', () => {
  const refuses = (reply: string, message: string): void =>
    assert.throws(() => parseResponse(bytes(reply)), { name: 'CodecError', format: 'scgi', message });

  it('splits status and body', () => {
    const reply = parseResponse(bytes(REPLY));
    assert.equal(reply.status, 200);
    assert.equal(text(reply.body), 'hello');
  });

  it('takes header names in any case, in any order, and a missing status as 200', () => {
    const reply = parseResponse(bytes('content-length:0\r\nSTATUS: 404\r\n\r\n'));
    assert.deepEqual([reply.status, reply.body.length], [404, 0]);
    assert.equal(parseResponse(bytes('Content-Length: 0\r\n\r\n')).status, 200);
  });

  it('refuses every reply that is cut, and one that is too long', () => {
    for (let length = 0; length < REPLY.length; length += 1) {
      assert.throws(
        () => parseResponse(bytes(REPLY.slice(0, length))),
        { name: 'CodecError' },
        String(length),
      );
    }
    refuses(REPLY.slice(0, -1), 'The reply has 4 bytes of the 5 it announces.');
    refuses(`${REPLY}!`, 'The reply has 6 bytes of the 5 it announces.');
    refuses('', 'The reply ends within its headers, after 0 bytes.');
  });

  it('refuses headers that cannot be read', () => {
    refuses('Status: 200 OK\r\n\r\n', 'The reply has no Content-Length.');
    refuses('Content-Length: -1\r\n\r\n', 'The Content-Length of the reply is not a number.');
    refuses('Content-Length: 1e3\r\n\r\n', 'The Content-Length of the reply is not a number.');
    refuses(`Content-Length: ${'9'.repeat(16)}\r\n\r\n`, 'The Content-Length of the reply is not a number.');
    refuses('Content-Length: 0\r\nContent-Length: 0\r\n\r\n', 'The reply has two headers Content-Length.');
    refuses('Status: OK\r\n\r\n', 'The Status of the reply is not a number of three digits.');
    refuses('nonsense\r\n\r\n', 'The reply has a header line without ":".');
  });
});

describe('expectedLength', () => {
  it('is known as soon as the headers are', () => {
    const headBytes = REPLY.indexOf('hello');
    for (let length = 0; length <= REPLY.length; length += 1) {
      const expected = expectedLength(bytes(REPLY.slice(0, length)));
      assert.equal(expected, length < headBytes ? undefined : REPLY.length);
    }
  });

  it('gives up on headers that do not end', () => {
    assert.equal(expectedLength(bytes('x'.repeat(4095))), undefined);
    assert.throws(() => expectedLength(bytes('x'.repeat(4096))), {
      name: 'CodecError',
      message: 'The reply has no end of headers in 4096 bytes.',
    });
  });
});
