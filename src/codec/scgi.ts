/** SCGI as rtorrent speaks it: one request and one reply a connection. */

import { asByteString } from '../core/bytes.ts';
import { CodecError } from './codec-error.ts';
import { byteStringOf, bytesOf, isByteString } from './latin1.ts';

export interface ScgiReply {
  /** 200 for every answer of XML-RPC, faults included. */
  readonly status: number;
  /** A view of the bytes given. */
  readonly body: Uint8Array;
}

interface ReplyHead {
  readonly status: number;
  readonly headBytes: number;
  readonly bodyBytes: number;
}

/** rtorrent 0.9.8 closes the connection on a longer header block (scgi_task.cc). */
const MAXIMUM_HEADER_BYTES = 2000;

/** rtorrent's reply has some 80 bytes of headers. */
const MAXIMUM_REPLY_HEAD_BYTES = 4096;

/**
 * A request as bytes: netstring of headers, `CONTENT_LENGTH` first (rtorrent closes the connection otherwise), then
 * the body. `extra` are further headers, such as CONTENT_TYPE.
 *
 * @throws CodecError for headers that rtorrent would refuse
 */
export function encodeRequest(
  body: Uint8Array,
  extra: readonly (readonly [string, string])[] = [],
): Uint8Array {
  const headers: (readonly [string, string])[] = [
    ['CONTENT_LENGTH', String(body.length)],
    ['SCGI', '1'],
    ['REQUEST_METHOD', 'POST'],
    ['REQUEST_URI', '/RPC2'],
    ...extra,
  ];
  let block = '';
  for (const [name, value] of headers) {
    if (name === '' || `${name}${value}`.includes('\0')) fail('A header is empty or holds a NUL byte.');
    block += `${name}\0${value}\0`;
  }
  if (!isByteString(block)) fail('A header holds a character that is no byte.');
  if (block.length > MAXIMUM_HEADER_BYTES) fail(`The headers are longer than ${MAXIMUM_HEADER_BYTES} bytes.`);
  const head = bytesOf(asByteString(`${block.length}:${block},`));
  const request = new Uint8Array(head.length + body.length);
  request.set(head);
  request.set(body, head.length);
  return request;
}

/**
 * How many bytes the whole reply has, once enough of it is there to tell; undefined before that.
 *
 * @throws CodecError if this will never be a reply
 */
export function expectedLength(bytesSoFar: Uint8Array): number | undefined {
  const head = readHead(bytesSoFar);
  return head === undefined ? undefined : head.headBytes + head.bodyBytes;
}

/**
 * Reads a whole reply.
 *
 * @throws CodecError if the headers cannot be read, or the body is not exactly as long as they say
 */
export function parseResponse(bytes: Uint8Array): ScgiReply {
  const head = readHead(bytes);
  if (head === undefined) fail(`The reply ends within its headers, after ${bytes.length} bytes.`);
  const received = bytes.length - head.headBytes;
  if (received !== head.bodyBytes)
    fail(`The reply has ${received} bytes of the ${head.bodyBytes} it announces.`);
  return { status: head.status, body: bytes.subarray(head.headBytes) };
}

function readHead(bytes: Uint8Array): ReplyHead | undefined {
  const text = byteStringOf(bytes, 0, Math.min(bytes.length, MAXIMUM_REPLY_HEAD_BYTES));
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) {
    if (bytes.length >= MAXIMUM_REPLY_HEAD_BYTES)
      fail(`The reply has no end of headers in ${bytes.length} bytes.`);
    return undefined;
  }
  let status = 200;
  let bodyBytes: number | undefined;
  for (const line of text.slice(0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) fail('The reply has a header line without ":".');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = parseStatus(value);
    if (name !== 'content-length') continue;
    if (bodyBytes !== undefined) fail('The reply has two headers Content-Length.');
    if (!/^\d{1,15}$/.test(value)) fail('The Content-Length of the reply is not a number.');
    bodyBytes = Number(value);
  }
  if (bodyBytes === undefined) fail('The reply has no Content-Length.');
  return { status, headBytes: end + 4, bodyBytes };
}

function parseStatus(value: string): number {
  const digits = /^(\d{3})(?: |$)/.exec(value)?.[1];
  return digits === undefined
    ? fail('The Status of the reply is not a number of three digits.')
    : Number(digits);
}

function fail(message: string): never {
  throw new CodecError('scgi', message);
}
