/** How mistakes of the configuration, and words that were mistyped, are put into words. */

import { closest, distance } from 'fastest-levenshtein';

export interface Mistake {
  readonly line: number;
  readonly message: string;
  /** The key whose value is wrong, with what is wrong about it; undefined where it is another kind of mistake. */
  readonly about?: { readonly key: string; readonly complaint: string };
}

/** What is wrong with a key that is none of the known ones. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestOf(key, known, 3);
  return `${key} is no known key; ${nearest === undefined ? 'remove the line' : `did you mean ${nearest}?`}`;
}

/**
 * What was meant, most likely, by a word that is none of the known ones; undefined where none is like it but for so many letters,
 * or a third of a long one.
 */
export function nearestOf(word: string, known: readonly string[], letters: number): string | undefined {
  const nearest = closest(word, known);
  return distance(word, nearest) <= Math.max(letters, nearest.length / 3) ? nearest : undefined;
}

/** A value as it is shown in a sentence. */
export function quote(value: string): string {
  return value === '' ? '(empty)' : `'${value}'`;
}
