/** What a person has chosen to see on the live screen, and what each key changes about it. */

import type { Infohash } from '../../core/metainfo.ts';
import type { Priority } from '../../core/priority.ts';
import { priorities } from '../../core/priority.ts';
import type { Command } from '../../driver/commands.ts';
import type { StatusReport } from '../../driver/report.ts';
import type { StatusRow } from '../../driver/status.ts';
import { torrentStates } from '../../driver/status.ts';
import type { Key } from './keys.ts';

export interface View {
  readonly page: 'torrents' | 'help' | 'why';
  /** The torrent that keys are about. */
  readonly chosen: Infohash | undefined;
  /** The first line that is shown: of the torrents, or of the page. */
  readonly top: number;
  /** What the last key brought about; shown until the next one. */
  readonly message: string | undefined;
}

export const firstView: View = { page: 'torrents', chosen: undefined, top: 0, message: undefined };

/** What a key asks for beyond another view. */
export type Wish =
  | { readonly kind: 'quit' | 'suspend' | 'redraw' }
  /** The reasons of the chosen torrent, for the page that has just been opened. */
  | { readonly kind: 'why'; readonly infohash: Infohash }
  | { readonly kind: 'command'; readonly command: Command };

/** The torrents as the screen lists them: by state, and of one state in the order of the queue. */
export function listed({ torrents }: StatusReport): readonly StatusRow[] {
  const place = ({ state }: StatusRow): number => torrentStates.indexOf(state);
  return torrents.toSorted((one, other) => place(one) - place(other));
}

/** The place of the chosen torrent; the first where it is gone. */
export function chosenIndex(view: View, rows: readonly StatusRow[]): number {
  return Math.max(
    0,
    rows.findIndex(({ infohash }) => infohash === view.chosen),
  );
}

/** Moved so that the chosen line is among the `height` that are shown, and none is wasted. */
export function scrolled(top: number, index: number, count: number, height: number): number {
  const latest = Math.min(index, Math.max(0, count - height));
  return Math.max(0, Math.min(latest, Math.max(top, index - height + 1)));
}

/** `pageRows` is how far a page goes. */
export function pressed(
  view: View,
  key: Key,
  report: StatusReport,
  pageRows: number,
): { readonly view: View; readonly wish?: Wish } {
  const fresh = { ...view, message: undefined };
  if (key.kind === 'interrupt') return { view: fresh, wish: { kind: 'quit' } };
  if (key.kind === 'suspend') return { view: fresh, wish: { kind: 'suspend' } };
  const steps = stepsOf(key, pageRows);
  if (view.page !== 'torrents') {
    if (steps !== undefined) return { view: { ...fresh, top: Math.max(0, view.top + steps) } };
    const isBack = key.kind !== 'character' || ['q', '?', 'h'].includes(key.character);
    return { view: isBack ? { ...fresh, page: 'torrents', top: 0 } : fresh };
  }
  const rows = listed(report);
  const index = chosenIndex(view, rows);
  if (steps !== undefined) {
    const next = Math.min(rows.length - 1, Math.max(0, index + steps));
    return { view: { ...fresh, chosen: rows[next]?.infohash } };
  }
  return commanded(fresh, key, rows[index], report);
}

/** How far a key moves; undefined for one that does not. */
function stepsOf(key: Key, pageRows: number): number | undefined {
  const steps: Partial<Record<Key['kind'], number>> = {
    up: -1,
    down: 1,
    'page-up': -pageRows,
    'page-down': pageRows,
    home: Number.NEGATIVE_INFINITY,
    end: Number.MAX_SAFE_INTEGER,
  };
  const letters: Readonly<Record<string, number | undefined>> = { k: -1, j: 1, ' ': pageRows };
  return key.kind === 'character' ? letters[key.character] : steps[key.kind];
}

function commanded(
  view: View,
  key: Key,
  row: StatusRow | undefined,
  report: StatusReport,
): { readonly view: View; readonly wish?: Wish } {
  const letter = key.kind === 'character' ? key.character : '';
  if (letter === 'q') return { view, wish: { kind: 'quit' } };
  if (letter === '\f') return { view, wish: { kind: 'redraw' } };
  if (letter === '?' || letter === 'h') return { view: { ...view, page: 'help', top: 0 } };
  if (letter === 'P') {
    const kind = report.isAllPaused ? 'resume' : 'pause';
    return { view, wish: { kind: 'command', command: { kind, infohash: undefined } } };
  }
  if (row === undefined) return { view };
  if (key.kind === 'enter') {
    const { infohash } = row;
    return { view: { ...view, chosen: infohash, page: 'why', top: 0 }, wish: { kind: 'why', infohash } };
  }
  const command = commandOf(letter, row);
  const chosen = { ...view, chosen: row.infohash };
  return command === undefined ? { view } : { view: chosen, wish: { kind: 'command', command } };
}

function commandOf(letter: string, { infohash, isPaused, priority }: StatusRow): Command | undefined {
  switch (letter) {
    case 'p':
      return { kind: isPaused ? 'resume' : 'pause', infohash };
    case 'r':
      return { kind: 'retry', infohash };
    case '+':
      return { kind: 'priority', infohash, priority: neighbour(priority, -1) };
    case '-':
      return { kind: 'priority', infohash, priority: neighbour(priority, 1) };
    default:
      return undefined;
  }
}

function neighbour(priority: Priority, step: number): Priority {
  const index = priorities.indexOf(priority) + step;
  return priorities[Math.min(priorities.length - 1, Math.max(0, index))] ?? priority;
}
