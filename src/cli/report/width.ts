/** How many columns a text takes on a screen, and texts cut to fit. */

import { createRequire } from 'node:module';
import type * as StringWidth from 'string-width';

/**
 * Characters that never join with the next one: Latin, Greek, Cyrillic, punctuation, and what tables and bars are drawn of, of
 * one column each. A soft hyphen and all that goes on top of another character are not among them.
 */
const narrow = String.raw`\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u2193\u2500-\u259f`;
/** The same of two columns: kana, Han, and whole syllables of Hangul. */
const wide = String.raw`\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff\uac00-\ud7a3`;
const allNarrow = new RegExp(`^[${narrow}]*$`);
const allPlain = new RegExp(`^[${narrow}${wide}]*$`);
const eachNarrow = new RegExp(`[${narrow}]`, 'g');

let stringWidth: typeof StringWidth.default | undefined;
let graphemes: Intl.Segmenter | undefined;

/** As string-width counts; plain characters, which most texts are made of, are counted at once. */
export function widthOf(text: string): number {
  if (allNarrow.test(text)) return text.length;
  if (allPlain.test(text)) return text.length + text.replaceAll(eachNarrow, '').length;
  // Loaded when first needed: it has every emoji in an expression, which takes as long to compile as Node to start.
  stringWidth ??= (createRequire(import.meta.url)('string-width') as typeof StringWidth).default;
  return stringWidth(text);
}

/** Cuts a text to so many columns, with an ellipsis in the last one. */
export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  if (allNarrow.test(text)) return `${text.slice(0, columns - 1)}…`;
  let kept = '';
  let width = 0;
  graphemes ??= new Intl.Segmenter();
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
