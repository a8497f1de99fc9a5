/** The windows of torrents that go through in parts or are streamed, for a terminal: how their bytes stand, a line each. */

import type { TorrentWindow } from '../../core/torrent-window.ts';
import { formatBytes } from '../../core/units.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const columns = [
  { title: 'WINDOW OF', align: 'left', shrinksTo: 24 },
  { title: 'AT A TIME', align: 'right' },
  { title: 'IN FLIGHT', align: 'right' },
  { title: 'FETCHED', align: 'right' },
  { title: 'SHIPPED', align: 'right' },
  { title: 'PROVED', align: 'right' },
  { title: 'OF', align: 'right' },
] as const;

/** A head and a line for each that has a window; nothing where none has. */
export function windowLines(
  rows: readonly { readonly name: string; readonly window?: TorrentWindow | undefined }[],
  width: number,
): readonly string[] {
  const cells = rows.flatMap(({ name, window }) => {
    if (window === undefined || window.windowBytes === 0) return [];
    const { windowBytes, inFlightBytes, fetchedBytes, shippedBytes, provedBytes, totalBytes } = window;
    const figures = [windowBytes, inFlightBytes, fetchedBytes, shippedBytes, provedBytes, totalBytes];
    return [[name, ...figures.map(formatBytes)]];
  });
  return cells.length === 0 ? [] : renderTable(columns, cells, width);
}

/** Below what was printed before; nothing where none has a window. */
export function printWindows(output: Terminal, rows: Parameters<typeof windowLines>[0]): void {
  const lines = windowLines(rows, output.columns);
  if (lines.length > 0) for (const line of ['', ...lines]) output.line(line);
}
