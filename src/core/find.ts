/** Finding a torrent by what a person calls it: its infohash, its name, the beginning of either, or a part of the name. */

import { printableText } from './bytes.ts';
import type { Infohash } from './metainfo.ts';

/** What a person can call. */
export interface Named {
  readonly infohash: Infohash;
  /** As it is displayed. */
  readonly name: string;
}

export type Found<T extends Named> =
  | { readonly kind: 'found'; readonly torrent: T }
  /** Nothing is called so. */
  | { readonly kind: 'none' }
  /** Several are, by name and infohash. */
  | { readonly kind: 'several'; readonly candidates: readonly T[] };

/** Shorter ones are names rather than the beginnings of infohashes. */
const leastHashDigits = 4;

/**
 * The exact before the beginning, the infohash before the name, and last a part of the name, in either case. A name may be
 * given as it is, or as it is displayed: what is invisible in it escaped.
 */
export function findTorrent<T extends Named>(called: string, torrents: Iterable<T>): Found<T> {
  const all = [...torrents].sort((one, other) =>
    one.name === other.name ? compare(one.infohash, other.infohash) : compare(one.name, other.name),
  );
  const displayed = printableText(called);
  const digits = called.toUpperCase();
  const isHash = /^[0-9A-F]+$/.test(digits) && digits.length >= leastHashDigits;
  const ways: readonly ((torrent: T) => boolean)[] = [
    ({ infohash }) => infohash === digits,
    ({ name }) => name === displayed || name === called,
    ({ infohash }) => isHash && infohash.startsWith(digits),
    ({ name }) => name.startsWith(displayed) || name.startsWith(called),
    ({ name }) => name.toLowerCase().includes(displayed.toLowerCase()),
  ];
  for (const isCalledSo of ways) {
    const [first, ...others] = called === '' ? [] : all.filter(isCalledSo);
    if (first === undefined) continue;
    return others.length === 0
      ? { kind: 'found', torrent: first }
      : { kind: 'several', candidates: [first, ...others] };
  }
  return { kind: 'none' };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
