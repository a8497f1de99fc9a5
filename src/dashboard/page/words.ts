/** Figures and times in the words of the page. */

import { formatBytes, formatDuration } from '../../core/units.ts';
import type { StatusRow } from '../../driver/status.ts';
import type { Chapter } from '../wire.ts';

/** A step that is done, and one that is to come. */
const chapterWords: Readonly<Record<Chapter['kind'], readonly [done: string, ahead: string]>> = {
  added: ['Added', 'Add'],
  loaded: ['Loaded', 'Load'],
  completed: ['Completed', 'Download'],
  seeded: ['Seeded', 'Seed'],
  shipped: ['Shipped', 'Ship'],
  proved: ['Proved', 'Prove'],
  deleted: ['Deleted here', 'Delete here'],
  retired: ['Retired', 'Retire'],
};

export function chapterWord({ kind, state }: Pick<Chapter, 'kind' | 'state'>): string {
  const [done, ahead] = chapterWords[kind];
  return state === 'done' ? done : ahead;
}

/** `40 GiB`, `2.5 GiB`: for the scale of a chart. */
export function shortBytes(bytes: number): string {
  return formatBytes(bytes).replace('.0 ', ' ');
}

/** `14:05`, or with the day where it was another one. */
export function clockTime(atMs: number, nowMs: number): string {
  const date = new Date(atMs);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === new Date(nowMs).toDateString()) return time;
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`;
}

export function fullTime(atMs: number): string {
  return new Date(atMs).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
}

/** `3m 20s`, `≥ 3m 20s`, or a dash. */
export function etaText({ etaMs, isEtaLeast }: Pick<StatusRow, 'etaMs' | 'isEtaLeast'>): string {
  if (etaMs === undefined) return '–';
  return `${isEtaLeast ? '≥ ' : ''}${formatDuration(etaMs)}`;
}

/** Rounded down: 100 % is said of nothing that is not whole. */
export function percentText(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
