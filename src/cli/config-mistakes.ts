/** How mistakes of the configuration are put into words. */

import { closest, distance } from 'fastest-levenshtein';

export interface Mistake {
  readonly line: number;
  readonly message: string;
  /** The key whose value is wrong, with what is wrong about it; undefined where it is another kind of mistake. */
  readonly about?: { readonly key: string; readonly complaint: string };
}

/** What is wrong with a key that is none of the known ones. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = closest(key, known);
  const isNear = distance(key, nearest) <= Math.max(3, nearest.length / 3);
  return `${key} is no known key; ${isNear ? `did you mean ${nearest}?` : 'remove the line'}`;
}

/** A value as it is shown in a sentence. */
export function quote(value: string): string {
  return value === '' ? '(empty)' : `'${value}'`;
}
