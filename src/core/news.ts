/** News: what the user's own programs are told, in the fewest words that are worth a message. */

import type { Action } from './action.ts';
import type { Infohash } from './metainfo.ts';
import type { ProblemKind, Severity } from './problems.ts';

export const newsKinds = [
  'loaded',
  'completed',
  'shipped',
  'proved',
  'purged',
  'retired',
  'problem',
] as const;

export type NewsKind = (typeof newsKinds)[number];

export interface News {
  readonly kind: NewsKind;
  readonly atMs: number;
  /** Absent where it is about no single torrent. */
  readonly infohash?: Infohash | undefined;
  readonly name?: string | undefined;
  /** What a person would want to read. */
  readonly sentence: string;
  /** Of a problem: which it is, how bad, and what to do about it. */
  readonly problem?: ProblemKind | undefined;
  readonly severity?: Severity | undefined;
  readonly remedy?: string | undefined;
  /** Content that it is about, and how long it took. */
  readonly bytes?: number | undefined;
  readonly tookMs?: number | undefined;
}

const kindsOfActions: ReadonlyMap<string, readonly NewsKind[]> = new Map<Action['kind'], readonly NewsKind[]>(
  [
    ['load', ['loaded']],
    ['select', ['loaded']],
    ['extend', ['loaded']],
    // Files go, and others come in their place.
    ['roll', ['purged', 'loaded']],
    ['ship', ['shipped']],
    ['prove', ['proved']],
    // It ends when the whole file was seen on the remote.
    ['stream', ['shipped', 'proved']],
    ['purge', ['purged']],
    ['retire', ['retired']],
  ],
);

/**
 * None for what is nobody's news: the driver's own housekeeping. What is set aside is told as a problem. `bytes` of content are
 * what it was about.
 */
export function newsKindsOf(action: string, bytes: number): readonly NewsKind[] {
  // A torrent in parts may go on before anything of it can go.
  if (action === 'roll' && bytes === 0) return ['loaded'];
  return kindsOfActions.get(action) ?? [];
}

/** The kinds named in a list with commas; undefined where one is not known. `all` stands for all. */
export function parseNewsKinds(text: string): readonly NewsKind[] | undefined {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (names.length === 1 && names[0] === 'all') return newsKinds;
  const kinds = names.map((name) => newsKinds.find((kind) => kind === name));
  return names.length === 0 || kinds.includes(undefined)
    ? undefined
    : kinds.filter((kind) => kind !== undefined);
}
