/** Writes XML-RPC calls as rtorrent takes them: integers as i4 or i8, strings as bytes, base64. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString } from '../core/bytes.ts';
import { encodeBase64 } from './base64.ts';
import { CodecError } from './codec-error.ts';
import { isByteString } from './latin1.ts';
import type { XmlRpcCall, XmlRpcParameter } from './xmlrpc-value.ts';

const MAXIMUM_DEPTH = 64;

/**
 * The body of one call, as bytes. `load.*`, `throttle.*` and every other global command want an empty string as
 * their first parameter; that is the caller's to give. Bytes from 0x80 on go out as they are: rtorrent's parser wants
 * them to be UTF-8, and answers with a fault for control characters.
 *
 * @throws CodecError for what cannot be written: fractions, integers beyond 64 bits, text that is not bytes
 */
export function encodeCall(method: string, parameters: readonly XmlRpcParameter[]): ByteString {
  const parts = ['<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>', escapeText(method)];
  parts.push('</methodName><params>');
  for (const parameter of parameters) {
    parts.push('<param>');
    appendValue(parts, parameter, 0);
    parts.push('</param>');
  }
  parts.push('</params></methodCall>');
  return asByteString(parts.join(''));
}

/** Many calls as one `system.multicall`; `decodeMulticall` reads what it returns. */
export function encodeMulticall(calls: readonly XmlRpcCall[]): ByteString {
  const list = calls.map((call) => ({ methodName: asByteString(call.method), params: call.parameters }));
  return encodeCall('system.multicall', [list]);
}

function appendValue(parts: string[], value: XmlRpcParameter, depth: number): void {
  if (depth > MAXIMUM_DEPTH) refuse(`More than ${MAXIMUM_DEPTH} arrays and structs are nested.`);
  parts.push('<value>');
  if (typeof value === 'number' || typeof value === 'bigint') {
    parts.push(encodeInteger(value));
  } else if (typeof value === 'string') {
    parts.push('<string>', escapeText(value), '</string>');
  } else if (isArray(value)) {
    parts.push('<array><data>');
    for (const item of value) appendValue(parts, item, depth + 1);
    parts.push('</data></array>');
  } else if (value['base64'] instanceof Uint8Array) {
    parts.push('<base64>', encodeBase64(value['base64']), '</base64>');
  } else {
    appendStruct(parts, value as { readonly [name: string]: XmlRpcParameter }, depth);
  }
  parts.push('</value>');
}

function appendStruct(
  parts: string[],
  struct: { readonly [name: string]: XmlRpcParameter },
  depth: number,
): void {
  parts.push('<struct>');
  for (const [name, member] of Object.entries(struct)) {
    parts.push('<member><name>', escapeText(name), '</name>');
    appendValue(parts, member, depth + 1);
    parts.push('</member>');
  }
  parts.push('</struct>');
}

function encodeInteger(value: number | bigint): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) refuse(`${value} is not an exact integer.`);
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
    refuse(`${value} does not fit into 64 bits.`);
  const type = value >= -(2 ** 31) && value < 2 ** 31 ? 'i4' : 'i8';
  return `<${type}>${value === 0 ? 0 : value}</${type}>`;
}

function escapeText(text: string): string {
  if (!isByteString(text)) refuse('A string holds a character that is no byte.');
  if (!/[&<>\r]/.test(text)) return text;
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // A parser of XML would make a line feed of a plain carriage return.
      .replaceAll('\r', '&#13;')
  );
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: XmlRpcParameter): value is readonly XmlRpcParameter[] {
  return Array.isArray(value);
}

function refuse(message: string): never {
  throw new CodecError('xmlrpc', message);
}
