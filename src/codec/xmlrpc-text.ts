/** The text between two tags of XML-RPC: entities, integers, doubles. */

import type { ByteString } from '../core/bytes.ts';
import { asByteString, bytesOfText } from '../core/bytes.ts';

const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** `&#x10ffff;` has ten characters; a few leading zeros are allowed for. */
const MAXIMUM_ENTITY_LENGTH = 16;

/** A double in plain digits can have some 310 before the point; rtorrent writes far fewer. */
const MAXIMUM_DOUBLE_LENGTH = 400;

const CHARACTER_ZERO = 0x30;

/**
 * The text with its entities replaced; a character reference gives the character's UTF-8 bytes. An `&` that begins no
 * known entity stays as it is: one badly written name must not cost the whole answer.
 */
export function decodeEntities(text: ByteString): ByteString {
  let ampersand = text.indexOf('&');
  if (ampersand < 0) return text;
  const parts: string[] = [];
  let from = 0;
  while (ampersand >= 0) {
    const window = text.slice(ampersand + 1, ampersand + 1 + MAXIMUM_ENTITY_LENGTH);
    const length = window.indexOf(';');
    const character = length < 0 ? undefined : entityBytes(window.slice(0, length));
    if (character !== undefined) {
      parts.push(text.slice(from, ampersand), character);
      from = ampersand + length + 2;
    }
    ampersand = text.indexOf('&', Math.max(from, ampersand + 1));
  }
  parts.push(text.slice(from));
  return asByteString(parts.join(''));
}

/** An exact integer of at most 64 bits, white space around it allowed; undefined for anything else. */
export function parseInteger(text: string): number | bigint | undefined {
  let at = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const isNegative = at === 1;
  // Up to 15 digits a sum of doubles is exact.
  if (text.length - at > 15 || text.length === at) return parseLongInteger(text);
  let value = 0;
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - CHARACTER_ZERO;
    if (digit < 0 || digit > 9) return parseLongInteger(text);
    value = value * 10 + digit;
  }
  return isNegative && value !== 0 ? -value : value;
}

export function parseDouble(text: string): number | undefined {
  if (text.length > MAXIMUM_DOUBLE_LENGTH) return undefined;
  const trimmed = text.trim();
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

function parseLongInteger(text: string): number | bigint | undefined {
  const trimmed = text.length > 64 ? '' : text.trim();
  if (!/^[+-]?\d{1,20}$/.test(trimmed)) return undefined;
  const exact = BigInt(trimmed.replace('+', ''));
  if (BigInt.asIntN(64, exact) !== exact) return undefined;
  const rounded = Number(exact);
  return Number.isSafeInteger(rounded) ? rounded : exact;
}

function entityBytes(name: string): string | undefined {
  const digits = /^#(?:(\d+)|[xX]([0-9a-fA-F]+))$/.exec(name);
  if (digits === null) return NAMED_ENTITIES.get(name);
  const point =
    digits[1] === undefined ? Number.parseInt(digits[2] ?? '', 16) : Number.parseInt(digits[1], 10);
  const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isCharacter ? bytesOfText(String.fromCodePoint(point)) : undefined;
}
