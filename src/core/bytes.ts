/**
 * Byte strings: names and paths as the bytes they are on disk, carried in a JavaScript string whose every
 * code unit is one byte (0–255). Torrent names need not be UTF-8, so no name is decoded until a person reads it.
 */

declare const byteString: unique symbol;

const printableAscii = /^[ -~]*$/;

/** A string of bytes: each code unit is 0–255 ("latin1"). Comparable, hashable, usable as a map's key. */
export type ByteString = string & { readonly [byteString]: true };

/** Takes a string whose code units are bytes already, as `Buffer.toString('latin1')` gives. */
export function asByteString(latin1: string): ByteString {
  return latin1 as ByteString;
}

/** The UTF-8 bytes of ordinary text (a path from the configuration, say). */
export function bytesOfText(text: string): ByteString {
  let bytes = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes += character;
    else if (point < 0x800) bytes += unit(0xc0 | (point >> 6)) + tail(point);
    else if (point < 0x10000) bytes += unit(0xe0 | (point >> 12)) + tail(point >> 6) + tail(point);
    else bytes += unit(0xf0 | (point >> 18)) + tail(point >> 12) + tail(point >> 6) + tail(point);
  }
  return bytes as ByteString;
}

/** Joins path parts with `/`; a part that is empty is left out, and the root stays one `/`. */
export function joinPath(...parts: readonly ByteString[]): ByteString {
  let path = '';
  for (const part of parts) if (part !== '') path = path === '' ? part : `${path}/${part}`;
  return (path.startsWith('//') ? path.slice(1) : path) as ByteString;
}

/** The path without a `/` at its end; the root stays as it is. */
export function withoutTrailingSlash(path: ByteString): ByteString {
  return (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path) as ByteString;
}

/** All before the last `/` (empty where there is none). */
export function parentPath(path: ByteString): ByteString {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))) as ByteString;
}

/** All after the last `/`. */
export function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1) as ByteString;
}

/**
 * The bytes as text for a person: UTF-8 where it is valid; every other byte, and every control character, as
 * `\xNN`, so that no name can move a cursor, break a line or hide itself.
 */
export function displayText(bytes: ByteString): string {
  // Most names: they are the text already, and need not be made anew for each screen.
  if (printableAscii.test(bytes)) return bytes;
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const { point, length } = decodeAt(bytes, at);
    if (point === undefined || isControl(point)) {
      text += escapeByte(bytes.charCodeAt(at));
      at += 1;
    } else {
      text += String.fromCodePoint(point);
      at += length;
    }
  }
  return text;
}

/** Text of anybody's making (a message of another program), with control characters escaped likewise. */
export function printableText(text: string): string {
  return displayText(bytesOfText(text));
}

/** The text of bytes that are valid UTF-8, or undefined: for the few places that can take text alone. */
export function textOfBytes(bytes: ByteString): string | undefined {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const { point, length } = decodeAt(bytes, at);
    if (point === undefined) return undefined;
    text += String.fromCodePoint(point);
    at += length;
  }
  return text;
}

function unit(byte: number): string {
  return String.fromCharCode(byte);
}

function tail(point: number): string {
  return unit(0x80 | (point & 0x3f));
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** C0, DEL, C1, marks that reorder text on a screen or part its lines, and what is not seen at all. */
function isControl(point: number): boolean {
  return (
    point < 0x20 ||
    (point >= 0x7f && point < 0xa0) ||
    point === 0xad ||
    point === 0x61c ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x2028 && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    point === 0xfeff ||
    (point >= 0xe0000 && point <= 0xe007f)
  );
}

/** One UTF-8 sequence at `at` (RFC 3629: no overlong forms, no surrogates), or no code point. */
function decodeAt(bytes: ByteString, at: number): { point: number | undefined; length: number } {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { point: first, length: 1 };
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4 || at + length > bytes.length) return { point: undefined, length: 1 };
  let point = first & (0xff >> (length + 1));
  for (let index = 1; index < length; index += 1) {
    const next = bytes.charCodeAt(at + index);
    if ((next & 0xc0) !== 0x80) return { point: undefined, length: 1 };
    point = (point << 6) | (next & 0x3f);
  }
  const isOverlong = (length === 3 && point < 0x800) || (length === 4 && point < 0x10000);
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return { point: isOverlong || isSurrogate || point > 0x10ffff ? undefined : point, length };
}
