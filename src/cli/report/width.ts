/** How many columns a text takes on a screen, and texts cut to fit. */

import stringWidth from 'string-width';

const plain = /^[\x20-\x7e]*$/;

/** As string-width counts; plain ASCII, which most texts are, is counted at once. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

const graphemes = new Intl.Segmenter();

/** Cuts a text to so many columns, with an ellipsis in the last one. */
export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
