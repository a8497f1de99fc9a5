/** News as JSON, as hooks get it: one object, with a time that people can read beside the number. */

import type { News } from '../core/news.ts';

export function jsonOfNews({ kind, atMs, ...rest }: News): string {
  return JSON.stringify({ event: kind, at: new Date(atMs).toISOString(), atMs, ...rest });
}
