/** Finding a managed torrent by what a person calls it: its infohash, its name, or the beginning of either. */

import { bytesOfText, displayText } from './bytes.ts';
import type { ManagedTorrent } from './metainfo.ts';

export type Found =
  | { readonly kind: 'found'; readonly managed: ManagedTorrent }
  /** Nothing is called so. */
  | { readonly kind: 'none' }
  /** Several are, by name and infohash. */
  | { readonly kind: 'several'; readonly candidates: readonly ManagedTorrent[] };

/** Shorter ones are names rather than the beginnings of infohashes. */
const leastHashDigits = 4;

/**
 * The exact before the beginning, the infohash before the name. A name may be given as its bytes are, or as it is
 * displayed.
 */
export function findTorrent(called: string, torrents: Iterable<ManagedTorrent>): Found {
  const all = [...torrents].sort(({ metainfo: one }, { metainfo: other }) =>
    one.name === other.name ? compare(one.infohash, other.infohash) : compare(one.name, other.name),
  );
  const bytes = bytesOfText(called);
  const digits = called.toUpperCase();
  const isHash = /^[0-9A-F]+$/.test(digits) && digits.length >= leastHashDigits;
  const ways: readonly ((torrent: ManagedTorrent) => boolean)[] = [
    ({ metainfo }) => metainfo.infohash === digits,
    ({ metainfo: { name } }) => name === bytes || displayText(name) === called,
    ({ metainfo: { infohash } }) => isHash && infohash.startsWith(digits),
    ({ metainfo: { name } }) => name.startsWith(bytes) || displayText(name).startsWith(called),
  ];
  for (const isCalledSo of ways) {
    const [first, ...others] = called === '' ? [] : all.filter(isCalledSo);
    if (first === undefined) continue;
    return others.length === 0
      ? { kind: 'found', managed: first }
      : { kind: 'several', candidates: [first, ...others] };
  }
  return { kind: 'none' };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
