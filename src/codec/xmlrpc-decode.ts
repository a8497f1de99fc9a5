/** Reads XML-RPC answers as bytes, tolerant of the invalid XML that rtorrent writes for odd names. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString, displayText } from '../core/bytes.ts';
import { decodeBase64 } from './base64.ts';
import { CodecError } from './codec-error.ts';
import { decodeEntities, parseDouble, parseInteger } from './xmlrpc-text.ts';
import type { XmlRpcStruct, XmlRpcValue } from './xmlrpc-value.ts';
import { XmlRpcFault } from './xmlrpc-value.ts';

interface Scanner {
  readonly text: ByteString;
  at: number;
}

/** Arrays and structs inside each other; `d.multicall2` with `f.multicall=` in it gives 3. */
const MAXIMUM_DEPTH = 64;

/**
 * The value of an answer. Strings are passed on as bytes: invalid UTF-8 and raw control characters included, as both
 * 0.9.8 and 0.16 emit them for torrents with such names.
 *
 * @throws XmlRpcFault if the answer is a fault
 * @throws CodecError if it cannot be read, with the offset
 */
export function decodeResponse(body: ByteString): XmlRpcValue {
  const scanner: Scanner = { text: body, at: 0 };
  skipProlog(scanner);
  expect(scanner, '<methodResponse>');
  if (takeTag(scanner, '<fault>')) {
    const fault = faultOf(takeValue(scanner, 0));
    if (fault === undefined) fail('The answer is a fault without code and text', scanner.at);
    throw fault;
  }
  expect(scanner, '<params>');
  expect(scanner, '<param>');
  const value = takeValue(scanner, 0);
  expect(scanner, '</param>');
  expect(scanner, '</params>');
  expect(scanner, '</methodResponse>');
  skipSpace(scanner);
  if (scanner.at !== body.length) fail('There is something after the answer', scanner.at);
  return value;
}

/**
 * What `system.multicall` returned, one entry a call: its value, or the fault it met.
 *
 * @throws CodecError if the value is no such list
 */
export function decodeMulticall(value: XmlRpcValue): (XmlRpcValue | XmlRpcFault)[] {
  if (!isArray(value)) throw new CodecError('xmlrpc', 'The answer to system.multicall is not an array.');
  return value.map((entry, index) => {
    if (isArray(entry)) {
      const [first] = entry;
      if (entry.length === 1 && first !== undefined) return first;
    }
    const fault = faultOf(entry);
    if (fault !== undefined) return fault;
    throw new CodecError('xmlrpc', `Result ${index} of system.multicall is neither one value nor a fault.`);
  });
}

function faultOf(value: XmlRpcValue): XmlRpcFault | undefined {
  if (!(value instanceof Map)) return undefined;
  const struct: XmlRpcStruct = value;
  const code = struct.get(asByteString('faultCode'));
  const text = struct.get(asByteString('faultString'));
  if (typeof code !== 'number' || typeof text !== 'string') return undefined;
  return new XmlRpcFault(code, displayText(text));
}

function takeValue(scanner: Scanner, depth: number): XmlRpcValue {
  if (takeTag(scanner, '<value/>')) return asByteString('');
  expect(scanner, '<value>');
  const { text, at: start } = scanner;
  const open = nextTag(scanner);
  if (text.startsWith('</value>', open)) {
    scanner.at = open + '</value>'.length;
    return decodeEntities(slice(scanner, start, open));
  }
  skipSpace(scanner);
  if (scanner.at !== open) fail('A value has text before its type', start);
  const value = takeTyped(scanner, depth);
  expect(scanner, '</value>');
  return value;
}

function takeTyped(scanner: Scanner, depth: number): XmlRpcValue {
  const open = scanner.at;
  const tag = scanner.text.slice(open, scanner.text.indexOf('>', open) + 1);
  scanner.at = open + tag.length;
  switch (tag) {
    case '<i8>':
      return takeInteger(scanner, '</i8>');
    case '<string>':
      return decodeEntities(takeText(scanner, '</string>'));
    case '<i4>':
      return takeInteger(scanner, '</i4>');
    case '<array>':
      return takeArray(scanner, depth);
    case '<struct>':
      return takeStruct(scanner, depth);
    case '<int>':
      return takeInteger(scanner, '</int>');
    case '<ex.i8>':
      return takeInteger(scanner, '</ex.i8>');
    case '<boolean>':
      return takeInteger(scanner, '</boolean>');
    case '<double>':
      return parseDouble(takeText(scanner, '</double>')) ?? fail('A double cannot be read', open);
    case '<base64>':
      return decodeBase64(takeText(scanner, '</base64>')) ?? fail('A base64 text cannot be read', open);
    case '<nil>':
      expect(scanner, '</nil>');
      return null;
    case '<nil/>':
      return null;
    case '<string/>':
    case '<base64/>':
      return asByteString('');
    case '<struct/>':
      return new Map();
    default:
      return fail('A value has no type that is known', open);
  }
}

function takeInteger(scanner: Scanner, close: string): number | bigint {
  const start = scanner.at;
  return parseInteger(takeText(scanner, close)) ?? fail('An integer cannot be read', start);
}

function takeArray(scanner: Scanner, depth: number): XmlRpcValue[] {
  if (depth >= MAXIMUM_DEPTH) fail(`More than ${MAXIMUM_DEPTH} arrays and structs are nested`, scanner.at);
  const items: XmlRpcValue[] = [];
  if (!takeTag(scanner, '<data/>')) {
    expect(scanner, '<data>');
    while (!takeTag(scanner, '</data>')) items.push(takeValue(scanner, depth + 1));
  }
  expect(scanner, '</array>');
  return items;
}

function takeStruct(scanner: Scanner, depth: number): XmlRpcStruct {
  if (depth >= MAXIMUM_DEPTH) fail(`More than ${MAXIMUM_DEPTH} arrays and structs are nested`, scanner.at);
  const struct = new Map<ByteString, XmlRpcValue>();
  while (!takeTag(scanner, '</struct>')) {
    expect(scanner, '<member>');
    expect(scanner, '<name>');
    const name = decodeEntities(takeText(scanner, '</name>'));
    struct.set(name, takeValue(scanner, depth + 1));
    expect(scanner, '</member>');
  }
  return struct;
}

/** Takes text up to a closing tag. A `<` in it is an error: rtorrent always escapes that one. */
function takeText(scanner: Scanner, close: string): ByteString {
  const start = scanner.at;
  const open = nextTag(scanner);
  if (!scanner.text.startsWith(close, open)) fail(`${close} is missing`, open);
  scanner.at = open + close.length;
  return slice(scanner, start, open);
}

function nextTag(scanner: Scanner): number {
  const open = scanner.text.indexOf('<', scanner.at);
  return open < 0 ? fail('The answer ends too early', scanner.text.length) : open;
}

function takeTag(scanner: Scanner, tag: string): boolean {
  skipSpace(scanner);
  if (!scanner.text.startsWith(tag, scanner.at)) return false;
  scanner.at += tag.length;
  return true;
}

function expect(scanner: Scanner, tag: string): void {
  if (takeTag(scanner, tag)) return;
  fail(scanner.at < scanner.text.length ? `${tag} is missing` : 'The answer ends too early', scanner.at);
}

function skipSpace(scanner: Scanner): void {
  for (;;) {
    const code = scanner.text.charCodeAt(scanner.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    scanner.at += 1;
  }
}

/** A byte order mark, the XML declaration, comments. */
function skipProlog(scanner: Scanner): void {
  takeTag(scanner, '\xef\xbb\xbf');
  for (;;) {
    if (takeTag(scanner, '<?')) skipPast(scanner, '?>');
    else if (takeTag(scanner, '<!--')) skipPast(scanner, '-->');
    else return;
  }
}

function skipPast(scanner: Scanner, end: string): void {
  const at = scanner.text.indexOf(end, scanner.at);
  if (at < 0) fail('The answer ends too early', scanner.text.length);
  scanner.at = at + end.length;
}

function slice(scanner: Scanner, start: number, end: number): ByteString {
  return asByteString(scanner.text.slice(start, end));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}

function fail(problem: string, at: number): never {
  throw new CodecError('xmlrpc', `${problem} at byte ${at}.`);
}
